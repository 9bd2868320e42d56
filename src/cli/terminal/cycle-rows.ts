/** What a cycle did, as rows for people. */
import { annotationPrefix } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { type ImageRef, versionText } from '../../core/image/image.ts';
import type { ImageChange } from '../../core/plan.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { ToldProblem } from '../../core/report/telling.ts';
import { mark, shown, type Style } from './style.ts';
import type { ChangeRow, ProblemRow } from './rows.ts';

/** One row for each image that was, or would be, written. */
export function changeRows(report: ApplicationReport, style: Style): readonly ChangeRow[] {
  const { write, changes } = report;
  if (write === undefined || write.kind === 'failed' || write.kind === 'unchanged') return [];
  const { files, where } = placeOf(write);
  return changes.map((change) => {
    const isBack = change.direction === 'down';
    const reason = isBack
      ? reasonOf(report.decisions.find(({ alias }) => alias === change.alias))
      : undefined;
    return {
      kind: 'change',
      symbol: isBack ? '↓' : '✓',
      colour: isBack ? 'yellow' : 'green',
      application: shown(style, report.app),
      alias: shown(style, change.alias),
      version: movedText(change, style),
      detail: shown(style, reason ?? files),
      where: shown(style, where),
    };
  });
}

type Written = Extract<ApplicationReport['write'], { kind: 'committed' | 'patched' | 'dry-run' }>;

function placeOf(write: Written): { readonly files: string; readonly where: string } {
  if (write.kind === 'patched') return { files: 'live Application', where: '' };
  if (write.kind === 'committed') {
    const files = new Set(write.scalars.map(({ path }) => path));
    return { files: [...files].join(', '), where: `${write.sha.slice(0, 7)} ${write.branch}` };
  }
  const { would } = write;
  if (would.kind === 'patch') return { files: 'live Application', where: 'dry run' };
  return { files: would.files.map(({ path }) => path).join(', '), where: `dry run, ${would.branch}` };
}

function movedText({ oldTag, newTag, digest }: ImageChange, style: Style): string {
  const from = oldTag === '' ? '?' : shortened(oldTag);
  const to = digest !== undefined && oldTag === newTag ? `@${digest}` : newTag;
  return `${shown(style, from)} ${mark(style, '→')} ${shown(style, shortened(to))}`;
}

/** Of a digest as much as people compare. */
function shortened(version: string): string {
  return version.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, '$1');
}

/** The rule that dropped the version which ran. */
function reasonOf(decision: Decision | undefined): string | undefined {
  if (decision?.kind !== 'update') return undefined;
  const running = decision.from?.tag ?? '';
  const by = decision.trace.dropped.find(({ examples }) => examples.includes(running));
  return by === undefined ? undefined : `(${by.rule})`;
}

const looks = {
  error: { symbol: '✗', colour: 'red' },
  warning: { symbol: '!', colour: 'yellow' },
  info: { symbol: 'i', colour: 'cyan' },
} as const;

/** All that the log's line about the problem says. */
export function problemRow(problem: ToldProblem, style: Style): ProblemRow {
  const { level, message, fields, named } = problem;
  const { advice, error, ...others } = fields;
  const about = problem.decisions.filter(({ app }) => named.includes(app));
  const [only] = named;
  const isOne = named.length === 1;
  return {
    kind: 'problem',
    ...looks[level],
    application: isOne ? shown(style, only ?? '') : countText(named),
    alias: isOne ? shown(style, about.map(({ decision }) => decision.alias).join(', ')) : '',
    version: isOne && about.length === 1 ? shown(style, staysText(about[0]?.decision)) : '',
    message: shown(style, message + factsText(message, others)),
    more: [...(named.length > 1 ? [shown(style, named.join(', '))] : []), ...stackOf(error, style)],
    ...(typeof advice === 'string' ? { advice: shown(style, advice) } : {}),
  };
}

function countText(named: readonly AppKey[]): string {
  return named.length === 0 ? '' : `${named.length} Applications`;
}

function staysText(decision: Decision | undefined): string {
  const ref = stayingAt(decision);
  const version = ref === undefined ? '' : versionText(ref);
  return version === '' ? '' : `stays ${shortened(version)}`;
}

function stayingAt(decision: Decision | undefined): ImageRef | undefined {
  switch (decision?.kind) {
    case 'current':
    case 'held':
    case 'waiting':
      return decision.at;
    case 'failed':
      return decision.from;
    case 'update':
    case 'skipped':
    case undefined:
      return undefined;
  }
}

/** These tell machines what the row, or its message, tells people. */
const toldOtherwise: ReadonlySet<string> = new Set(['alias', 'image', 'code']);

/** What the message leaves to the fields of the log's line. */
function factsText(message: string, fields: Readonly<Record<string, unknown>>): string {
  const facts = Object.entries(fields).flatMap(([name, value]) => {
    if (typeof value !== 'string' || value === '' || toldOtherwise.has(name)) return [];
    const text = value.replace(annotationPrefix, '');
    return message.includes(text) ? [] : [`${name} ${text}`];
  });
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

/** Of a bug: where it is. */
function stackOf(error: unknown, style: Style): readonly string[] {
  if (!(error instanceof Error)) return [];
  return (error.stack ?? '')
    .split('\n')
    .slice(1)
    .map((line) => shown(style, line.trim()));
}
