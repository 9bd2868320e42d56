/** An explanation for people. */
import { counted } from '../../core/base/counted.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { ago } from '../../web/page/texts.ts';
import { oneLine } from '../print/one-line.ts';
import { wrapped } from '../print/table.ts';
import type { ShownCandidate } from './candidates.ts';
import type {
  DaemonProblem,
  ExplainedImage,
  ExplainedWarning,
  Explanation,
  ShownRegistry,
  ShownWrite,
} from './explanation.ts';
import type { ShownDecision } from './shown-decision.ts';
import type { ShownSetting } from './settings-shown.ts';

export interface TextOptions {
  readonly width: number;
  readonly nowMs: number;
  /** All candidates, and settings that nobody set. */
  readonly showsAll: boolean;
}

const titleWidth = 12;
const indent = ' '.repeat(titleWidth);
const widestText = 120;
const shownCandidates = 30;

export function explainText(explanation: Explanation, options: TextOptions): string {
  const { application, images, settings, write, warnings, unsupported, daemon = [] } = explanation;
  const width = Math.max(40, Math.min(options.width, widestText));
  const limited = { ...options, width };
  const parts = [
    ...images.map((image) => imageLines(application, image, limited)),
    ...(images.length === 0 ? [[oneLine(application)]] : []),
    [
      ...rows('settings', settingTexts(settings, true), width),
      ...(unsupported === undefined ? [] : row('decision', `not processed: ${unsupported}`, width)),
      ...(write === undefined ? [] : writeLines(write, limited)),
      ...warnings.flatMap((warning) => warningRows(warning, limited)),
      ...daemon.flatMap((problem) => daemonLines(problem, limited)),
    ],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function imageLines(
  application: string,
  { alias, entry, settings, registry, candidates, decision, since, doubtSince }: ExplainedImage,
  options: TextOptions,
): readonly string[] {
  const { width, showsAll } = options;
  return [
    oneLine(`${application}  ${entry}${alias === '' ? '  (without alias)' : ''}`),
    ...rows('rules', settingTexts(settings, showsAll), width),
    ...(registry === undefined ? [] : row('registry', registryText(registry, options.nowMs), width)),
    ...candidateLines(candidates, showsAll),
    ...row('decision', decisionText(decision), width),
    ...(decision.advice === undefined ? [] : row('', `→ ${decision.advice}`, width)),
    ...policyRows(decision, width),
    ...(decision.remarks ?? []).flatMap((remark) => row('note', remark, width)),
    ...sinceRow(since, options),
    ...(decision.doubt === undefined
      ? []
      : warningRows({ message: decision.doubt, ...optionalProperty('since', doubtSince) }, options)),
  ];
}

/** `update-strategy semver (default)`; of those that nobody set only the strategy is of interest. */
function settingTexts(settings: readonly ShownSetting[], showsAll: boolean): readonly string[] {
  return settings
    .filter(({ setting, from }) => showsAll || !from.startsWith('default') || setting === 'update-strategy')
    .map(({ setting, value, from, reach }) => {
      const origin = reach === 'application' && from !== 'image-list' ? `${from}, of the application` : from;
      return `${setting} ${value} (${origin})`;
    });
}

function registryText(registry: ShownRegistry, nowMs: number): string {
  const { name, apiUrl, tags, digest, login, askedAt, requestsLeft } = registry;
  const place = name === apiUrl.replace(/^https?:\/\//, '') ? name : `${name} (${apiUrl})`;
  const seconds = askedAt === undefined ? 0 : Math.round((nowMs - Date.parse(askedAt)) / 1000);
  const parts = [
    ...(tags === undefined ? [] : [counted(tags, 'tag')]),
    ...(digest === undefined ? [] : [digest]),
    askedAt === undefined ? 'no answer' : `asked ${seconds} s ago`,
    login === undefined ? 'without login' : `with the login ${login}`,
    ...(requestsLeft === undefined ? [] : [`${requestsLeft} requests left`]),
  ];
  return `${place}: ${parts.join(', ')}`;
}

function candidateLines(candidates: readonly ShownCandidate[], showsAll: boolean): readonly string[] {
  if (candidates.length === 0) return [];
  const shown = showsAll ? candidates : shortened(candidates);
  const longest = shown.reduce((most, { tag }) => Math.max(most, tag.length), 0);
  const lines = shown.map(({ tag, rule, isRunning, built }) => {
    const notes = [rule, ...(isRunning === true ? ['running'] : []), ...(built === undefined ? [] : [built])];
    return oneLine(`${rule === 'chosen' ? '   → ' : '     '}${tag.padEnd(longest)}  ${notes.join(', ')}`);
  });
  const counts = Map.groupBy(candidates, ({ rule }) => rule);
  const sums = Array.from(counts, ([rule, those]) => `${those.length} ${rule}`).join(', ');
  const hidden = candidates.length - shown.length;
  const more = hidden === 0 ? [] : [`     … and ${hidden} more, shown with --all`];
  return [oneLine(`  candidates  ${candidates.length}: ${sums}`), ...lines, ...more];
}

/** The chosen and the running one are always among them. */
function shortened(candidates: readonly ShownCandidate[]): readonly ShownCandidate[] {
  const first = candidates.slice(0, shownCandidates);
  const running = candidates.find(({ isRunning }) => isRunning === true);
  return running === undefined || first.includes(running) ? first : [...first.slice(0, -1), running];
}

function decisionText({ state, from, to, message }: ShownDecision): string {
  switch (state) {
    case 'would-change':
      return `${from === '' ? '' : `${from} → `}${to}: ${message}`;
    case 'up-to-date':
    case 'held':
      return from === '' ? message : `${from} stays: ${message}`;
    case 'failed':
      return to === ''
        ? `failed: ${message}`
        : `${from === '' ? '' : `${from} → `}${to}, but it cannot be written`;
  }
}

const shownBetter = 10;

/** Since when a policy withholds the version, and what it withholds of what is better than the choice. */
function policyRows({ policy, passedOver = [] }: ShownDecision, width: number): readonly string[] {
  const since = policy?.since;
  const more = passedOver.length - shownBetter;
  return [
    ...(since === undefined ? [] : row('', `${policy?.code} since ${minuteText(since)}`, width)),
    ...passedOver
      .slice(0, shownBetter)
      .flatMap(({ version, message }) => row('better', `${version}, withheld by ${message}`, width)),
    ...(more > 0 ? row('', `… and ${more} more`, width) : []),
  ];
}

function minuteText(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

function warningRows({ message, since }: ExplainedWarning, options: TextOptions): readonly string[] {
  return [...row('warning', message, options.width), ...sinceRow(since, options)];
}

function daemonLines({ message, advice, since }: DaemonProblem, options: TextOptions): readonly string[] {
  return [
    ...row('daemon', `the running daemon fails: ${message}`, options.width),
    ...(advice === undefined ? [] : row('', `→ ${advice}`, options.width)),
    ...sinceRow(since, options),
  ];
}

function sinceRow(since: string | undefined, { width, nowMs }: TextOptions): readonly string[] {
  if (since === undefined) return [];
  const now = new Date(nowMs).toISOString();
  return row(
    'since',
    `${since.replace(/\.\d+Z$/, 'Z')} (${ago(since, now)}), says the running daemon`,
    width,
  );
}

function writeLines(write: ShownWrite, options: TextOptions): readonly string[] {
  const { width } = options;
  switch (write.kind) {
    case 'commit': {
      const { repository, branch, files } = write;
      const diffs = files.flatMap(({ diff }) => diff.replace(/\n$/, '').split('\n'));
      return [
        ...row('write', `${branch} of ${repository}`, width),
        ...diffs.map((line) => `     ${oneLine(line)}`),
      ];
    }
    case 'patch':
      return [
        ...row('write', 'a patch of the live Application', width),
        ...write.operations.map((operation) => `     ${oneLine(JSON.stringify(operation))}`),
      ];
    case 'unchanged':
      return row('write', 'nothing: the target holds the wanted values already', width);
    case 'failed':
      return [
        ...row('write', `failed: ${write.message}`, width),
        ...(write.advice === undefined ? [] : row('', `→ ${write.advice}`, width)),
        ...sinceRow(write.since, options),
      ];
  }
}

/** One below the other, the title before the first. */
function rows(title: string, texts: readonly string[], width: number): readonly string[] {
  return texts.flatMap((text, index) => row(index === 0 ? title : '', text, width));
}

function row(title: string, text: string, width: number): readonly string[] {
  return wrapped(text, width, `${indent}    `, `  ${title.padEnd(titleWidth)}`);
}
