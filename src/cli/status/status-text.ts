/** A status for a terminal: what is wrong first. */
import { counted } from '../../core/base/counted.ts';
import {
  type ImageState,
  imageStates,
  type StatusApplication,
  type StatusDocument,
  type StatusProblem,
} from '../../web/status/document.ts';
import { oneLine } from '../print/one-line.ts';
import { type Column, tableLines, wrapped } from '../print/table.ts';
import { ago } from '../../web/page/texts.ts';
import type { Colour } from '../terminal/style.ts';

export type Paint = (colour: Colour, text: string) => string;

const marks = { error: '✗', warning: '!', info: 'i' } as const;
const colours = { error: 'red', warning: 'yellow', info: 'dim' } as const;
/** Applications in the table, whatever fails or waits; a rollout for all would push the problems off the screen. */
const shownApplications = 20;
/** Names of Applications below a problem; all are in --json. */
const shownNames = 5;

const columns: readonly Column[] = [
  { title: 'APPLICATION' },
  { title: 'IMAGE' },
  { title: 'RUNNING' },
  { title: 'WANTED' },
  { title: 'STATE' },
  { title: 'FOR' },
  { title: 'REASON', yields: true },
];

export function statusText(document: StatusDocument, width: number, all: boolean, paint: Paint): string {
  const inOrder = document.applications
    .filter(({ state }) => all || state !== 'up-to-date')
    .toSorted((a, b) => imageStates.indexOf(a.state) - imageStates.indexOf(b.state));
  const shown = all ? inOrder : inOrder.slice(0, shownApplications);
  const rows = shown.flatMap((application) => rowsOf(application, document.at));
  return [
    ...headLines(document, width, paint),
    ...document.problems.flatMap((problem) => problemLines(problem, document.at, width, paint)),
    ...heldLines(document, width),
    ...quotaLines(document, width),
    ...(rows.length === 0 ? [] : ['', ...tableLines(columns, rows, width)]),
    ...(all ? [] : leftOutLines(document, inOrder.slice(shown.length))),
    '',
  ].join('\n');
}

/** What the table leaves out, in numbers. */
function leftOutLines(
  { applications }: StatusDocument,
  cut: readonly StatusApplication[],
): readonly string[] {
  const count = (of: readonly StatusApplication[], wanted: ImageState) =>
    of.filter(({ state }) => state === wanted).length;
  const states = imageStates.filter((state) => count(cut, state) > 0);
  const upToDate = count(applications, 'up-to-date');
  const lines = [
    ...(cut.length === 0
      ? []
      : [
          `${counted(cut.length, 'more Application')}: ${states.map((state) => `${count(cut, state)} ${state}`).join(', ')}`,
        ]),
    ...(upToDate === 0 ? [] : [`${counted(upToDate, 'Application')} up to date`]),
  ];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `${line} (--all shows them)`)];
}

/** True where somebody should look: the exit code tells it. */
export function needsCare({ state, problems, leader }: StatusDocument): boolean {
  if (leader?.leads === false) return false; // what it knows is how things were
  return state === 'stuck' || problems.some(({ level }) => level !== 'info');
}

function headLines(document: StatusDocument, width: number, paint: Paint): readonly string[] {
  const { state, stateSince, at, version, startedAt, lastCycle, nextCycleAt, leader } = document;
  const mood =
    leader?.leads === false
      ? paint('dim', 'stands by')
      : state === 'stuck'
        ? paint('red', `stuck for ${ago(stateSince ?? at, at)}`)
        : needsCare(document)
          ? paint('yellow', state === 'working' ? 'working, with problems' : 'problems')
          : paint('green', state === 'working' ? 'working' : 'healthy');
  const cycle =
    lastCycle === undefined
      ? 'no cycle yet'
      : `last cycle ${ago(lastCycle.startedAt, at)} ago: ${counted(lastCycle.applications, 'Application')}, ${counted(lastCycle.images, 'image')}, ${lastCycle.updated} updated, ${lastCycle.skipped} skipped, ${lastCycle.errors} failed`;
  const next = nextCycleAt === undefined ? '' : `; next in ${ago(at, nextCycleAt)}`;
  return [
    `${mood}  ${oneLine(version)}, up ${ago(startedAt, at)}`,
    ...leaderLines(document, width),
    ...wrapped(cycle + next, width, ''),
  ];
}

/** Of several replicas: which one this is, and who works. */
function leaderLines({ leader }: StatusDocument, width: number): readonly string[] {
  if (leader === undefined) return [];
  const { leads, name = '' } = leader;
  const whose = name === '' ? 'nobody leads' : `${oneLine(name)} leads`;
  return wrapped(leads ? `this replica leads: ${oneLine(name)}` : `${whose}; what follows is old`, width, '');
}

function problemLines(
  { level, message, advice, since, applications, about }: StatusProblem,
  at: string,
  width: number,
  paint: Paint,
): readonly string[] {
  const [alone, ...others] = applications;
  const image = others.length === 0 && about['image'] !== undefined ? `: ${oneLine(about['image'])}` : '';
  const named = applications.length === 1 ? `${alone}${image}` : applications.slice(0, shownNames).join(', ');
  const more = applications.length > shownNames ? ` and ${applications.length - shownNames} more` : '';
  const [first = '', ...rest] = wrapped(`${message} (for ${ago(since, at)})`, width, '    ', '  ');
  return [
    `${paint(colours[level], marks[level])} ${first.trimStart()}`,
    ...rest,
    ...(advice === undefined ? [] : wrapped(advice, width, '    ', '  → ')),
    ...(named === '' ? [] : wrapped(named + more, width, '    ', '    ')),
  ];
}

function heldLines({ registries, at }: StatusDocument, width: number): readonly string[] {
  return registries.flatMap(({ host, held }) => {
    if (held === undefined) return [];
    const until = held.until === undefined ? '' : ` for ${ago(at, held.until)}`;
    return wrapped(`${host} is held back${until}: ${held.reason}`, width, '    ', '~ ');
  });
}

/** How near the limit is, of those that tell it. */
function quotaLines({ registries, at }: StatusDocument, width: number): readonly string[] {
  return registries.flatMap(({ host, quota }) => {
    if (quota === undefined) return [];
    const of = quota.limit === undefined ? '' : ` of ${quota.limit}`;
    const reset =
      quota.resetAt === undefined || quota.resetAt <= at ? '' : `, reset in ${ago(at, quota.resetAt)}`;
    return wrapped(`${host}: ${quota.left}${of} requests left${reset}`, width, '    ', '  ');
  });
}

function rowsOf({ name, images, state, since, reason = '' }: StatusApplication, at: string) {
  if (images.length === 0) return [[name, '', '', '', state, ago(since, at), reason]];
  return images.map((image, index) => [
    index === 0 ? name : '',
    image.alias === '' ? image.image : image.alias,
    image.running ?? '',
    image.wanted ?? '',
    image.state,
    ago(image.since, at),
    image.reason ?? (index === 0 && image.state === state ? reason : ''),
  ]);
}
