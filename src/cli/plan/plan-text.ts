/** A plan for people: what changes and what fails, and the rest as numbers. */
import { counted } from '../../core/base/counted.ts';
import type { Problem } from '../../core/report/problems.ts';
import { oneLine } from '../print/one-line.ts';
import { type Column, tableLines, wrapped } from '../print/table.ts';
import type {
  PlanDocument,
  PlannedChange,
  PlanNumbers,
  WithheldImage,
  WithheldVersion,
} from './plan-document.ts';

const planColumns: readonly Column[] = [
  { title: 'APPLICATION' },
  { title: 'IMAGE' },
  { title: 'NOW' },
  { title: 'THEN' },
  { title: 'WHERE', keepsEnd: true },
  { title: 'NOTE' },
];

/** Longest line of running text: wider ones are hard to read. */
const widestText = 120;
const narrowestText = 40;

/** `withDiffs`: what would become of the files follows the table. */
export function planText(plan: PlanDocument, width: number, withDiffs: boolean): string {
  const rows = [...plan.changes.map(planRow), ...plan.withheld.map(withheldRow)];
  const table = rows.length === 0 ? [] : tableLines(planColumns, rows, width);
  const textWidth = Math.max(narrowestText, Math.min(width, widestText));
  const told = (level: Problem['level']) => plan.problems.filter((problem) => problem.level === level);
  const parts = [
    table,
    ...told('error').map((problem) => problemLines(problem, '✗', textWidth)),
    ...told('warning').map((problem) => problemLines(problem, '!', textWidth)),
    ...(withDiffs ? diffParts(plan) : []),
    wrapped(numbersText(plan.numbers), textWidth, '  '),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function planRow(change: PlannedChange): readonly string[] {
  const { application, alias, image, from, to, where } = change;
  return [application, alias === '' ? image : alias, shortTag(from), shortTag(to), where, noteOf(change)];
}

/** It stays what it is, and the note says what it is kept from. */
function withheldRow(held: WithheldImage): readonly string[] {
  const { application, alias, image, stays } = held;
  return [
    application,
    alias === '' ? image : alias,
    shortTag(stays),
    shortTag(stays),
    '',
    withheldText(held),
  ];
}

/** `2.1.5 waiting until 2026-12-01 08:00 UTC: …`. */
export function withheldText({ version, kind, until, reason }: WithheldVersion): string {
  const end = until === undefined ? '' : ` until ${until.slice(0, 16).replace('T', ' ')} UTC`;
  return `${shortTag(version)} ${kind}${end}: ${reason}`;
}

export function noteOf({ digest, direction, writeBranch, passedOver = [] }: PlannedChange): string {
  const notes = [
    ...(digest === undefined ? [] : [`digest ${shortTag(digest)}`]),
    ...(direction === undefined ? [] : ['downgrade']),
    ...(writeBranch === undefined ? [] : [`on ${writeBranch}`]),
    ...passedOver.slice(0, 1).map(withheldText),
  ];
  return notes.join(', ');
}

const shownDigits = 12;

/** As much of a digest as tells it from others. */
export function shortTag(tag: string): string {
  const digest = /^(.*sha256:)([0-9a-f]{64})$/.exec(tag);
  return digest === null ? tag : `${digest[1]}${digest[2]?.slice(0, shownDigits)}`;
}

const shownApplications = 3;

function problemLines(
  { message, applications, fields }: Problem,
  mark: string,
  width: number,
): readonly string[] {
  const { advice, image } = fields;
  const [alone, ...others] = applications;
  const more = applications.length - shownApplications;
  const names =
    typeof image === 'string' && alone !== undefined && others.length === 0
      ? `${alone}: ${image}`
      : `${applications.slice(0, shownApplications).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    ...wrapped(message, width, '  ', `${mark} `),
    ...(names === '' ? [] : wrapped(names, width, '  ', '  ')),
    ...(typeof advice === 'string' ? wrapped(advice, width, '    ', '  → ') : []),
  ];
}

function diffParts({ commits, patches }: PlanDocument): readonly (readonly string[])[] {
  return [
    ...commits.map(({ application, repository, branch, files }) => [
      `# ${oneLine(application)} → ${oneLine(branch)} of ${oneLine(repository)}`,
      files.map(({ diff }) => diff.replace(/\n$/, '')).join('\n'),
    ]),
    ...patches.map(({ application, operations }) => [
      `# ${oneLine(application)} → live application`,
      ...operations.map((operation) => oneLine(JSON.stringify(operation))),
    ]),
  ];
}

/** `3 of 800 Applications would change: 2 commits in 1 repository; …` */
export function numbersText(numbers: PlanNumbers): string {
  const { applications, changing, failing, commits, repositories, patches, registryRequests } = numbers;
  const writes = [
    ...(commits === 0
      ? []
      : [`${counted(commits, 'commit')} in ${counted(repositories, 'repository', 'repositories')}`]),
    ...(patches === 0 ? [] : [counted(patches, 'patch', 'patches')]),
  ];
  const rest = [
    ...(failing === 0 ? [] : [`${counted(failing, 'Application')} with failures`]),
    ...(numbers.upToDate === 0 ? [] : [counted(numbers.upToDate, 'image up to date', 'images up to date')]),
    ...(numbers.withheld === 0 ? [] : [counted(numbers.withheld, 'image withheld', 'images withheld')]),
    ...(numbers.skipped === 0 ? [] : [counted(numbers.skipped, 'image skipped', 'images skipped')]),
    ...(numbers.warnings === 0 ? [] : [counted(numbers.warnings, 'warning')]),
    counted(registryRequests, 'registry request'),
    `${(numbers.durationMs / 1000).toFixed(1)} s`,
  ];
  const head =
    changing === 0
      ? `None of ${counted(applications, 'Application')} would change`
      : `${changing} of ${counted(applications, 'Application')} would change: ${writes.join(', ')}`;
  return `${head}; ${rest.join(', ')}`;
}
