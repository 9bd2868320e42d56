/** What must be true of every cycle, whatever happened before: said in the terms of people, not of the stage. */
import type { CycleReport } from '../../../../src/core/report/report.ts';
import { hourMs, type Minor, minuteMs, type Plan, sourceOf } from './story.ts';

/** One cycle, with what Git held before and after it. */
export interface Played {
  readonly beginMs: number;
  readonly endMs: number;
  readonly before: readonly Minor[];
  readonly after: readonly Minor[];
  /** Of ours in this cycle. */
  readonly commits: number;
  readonly report: CycleReport;
  /** Applications on hold by the ConfigMap. */
  readonly held: ReadonlySet<number>;
  readonly isFrozen: boolean;
  /** Of each Application: annotations that are there. */
  readonly policies: readonly Plan['policies'][];
}

/** What happened until then, as somebody outside knows it. */
export interface Past {
  /** Newest version that a commit brought to the key since our last one, and with it. */
  readonly highest: readonly Minor[];
  /** When the digest that the tag names was first pushed, or all that we knew was lost since. */
  readonly knownSinceMs: (index: number, minor: Minor) => number;
  /** Times of our commits since the last restart, and of all. */
  readonly sinceRestartMs: readonly (readonly number[])[];
  readonly commitsMs: readonly (readonly number[])[];
  /** How much the wall clock was set, in all. */
  readonly jumpedMs: number;
  readonly newest: (index: number) => Minor;
  /** True: the version has run healthily there for long enough, and has not been taken away since. */
  readonly isProven: (index: number, minor: Minor) => boolean;
  readonly imageOf: (index: number) => number;
  readonly perHour: number | undefined;
  readonly allCommitsMs: readonly number[];
}

/** What is wrong with the cycle: one sentence each. */
export function faultsOf(cycle: Played, past: Past): readonly string[] {
  return [
    ...cycle.after.flatMap((to, index) => changeFaults(index, to, cycle, past)),
    ...groupFaults(cycle),
    ...rolloutFaults(cycle, past),
    ...commonFaults(cycle, past),
    ...reportFaults(cycle),
  ];
}

function changeFaults(index: number, to: Minor, cycle: Played, past: Past): readonly string[] {
  const { before, policies, held, isFrozen, beginMs, endMs } = cycle;
  const from = before[index] ?? 0;
  if (to === from) return [];
  const own = policies[index] ?? {};
  const isPinned = own['pin'] !== undefined;
  const rules: Readonly<Record<string, boolean>> = {
    'is frozen': isFrozen,
    'is on hold': held.has(index) || isHeld(own['hold'], endMs),
    'has a closed window': !isOpen(own['window'], beginMs) && !isOpen(own['window'], endMs),
    'is too young': endMs - past.knownSinceMs(index, to) + past.jumpedMs < msOf(own['min-age']),
    'is pinned to another one': isPinned && own['pin'] !== `1.${to}.0`,
    'is skipped': !isPinned && (own['skip-tags'] ?? '').startsWith(`1.${to}.0`),
    'is not proven at its source': !isPinned && isUnproven(sourceOf(own), to, past),
    'was taken back': takesBack(index, from, to, own, past),
    'is lowered': !isPinned && to < from && to !== past.newest(index),
    rests: isResting(past.sinceRestartMs[index] ?? [], own['interval'], endMs + past.jumpedMs),
    'is beyond its limit': exceeds(
      [...(past.commitsMs[index] ?? []), endMs],
      own['max-commits-per-hour'],
      past.jumpedMs,
    ),
  };
  return Object.entries(rules).flatMap(([what, isBroken]) =>
    isBroken ? [`app${index} ${what}: ${from} -> ${to} at ${new Date(endMs).toISOString()}`] : [],
  );
}

function takesBack(index: number, from: Minor, to: Minor, own: Plan['policies'], past: Past): boolean {
  if (own['rollback'] !== 'respect' || own['pin'] !== undefined) return false;
  const highest = past.highest[index] ?? 0;
  return from < highest && to <= highest;
}

function isHeld(text: string | undefined, nowMs: number): boolean {
  if (text === undefined) return false;
  // a date alone means the end of that day
  return text === 'true' || nowMs < Date.parse(`${text.replace('until=', '')}T00:00:00Z`) + 24 * hourMs;
}

/** By the two texts that stories have. */
export function isOpen(text: string | undefined, nowMs: number): boolean {
  if (text === undefined) return true;
  const hour = new Date(nowMs).getUTCHours();
  if (text.startsWith('allow')) return hour >= 10 && hour < 14;
  const isWorkday = (ms: number) => ![0, 6].includes(new Date(ms).getUTCDay());
  return !((hour >= 12 && isWorkday(nowMs)) || (hour < 8 && isWorkday(nowMs - 24 * hourMs)));
}

function msOf(text = '0h'): number {
  const number = Number.parseInt(text, 10);
  return number * (text.endsWith('d') ? 24 * hourMs : hourMs);
}

function isResting(commitsMs: readonly number[], interval: string | undefined, nowMs: number): boolean {
  const last = commitsMs.at(-1);
  return last !== undefined && nowMs - last < msOf(interval);
}

/** In any time at most what was saved up, and what came since. */
function exceeds(timesMs: readonly number[], limit: string | undefined, jumpedMs: number): boolean {
  if (limit === undefined) return false;
  const perHour = Number(limit);
  const last = timesMs.at(-1) ?? 0;
  return timesMs.some((ms, i) => {
    const refilled = (perHour * (Math.abs(last - ms) + jumpedMs + minuteMs)) / hourMs;
    return timesMs.length - i > perHour + refilled;
  });
}

function isUnproven(source: number | undefined, minor: Minor, past: Past): boolean {
  return source !== undefined && !past.isProven(source, minor);
}

/** Of those who take an image in turn, one goes first. */
function rolloutFaults({ before, after, policies }: Played, past: Past): readonly string[] {
  const cohort = [...after.keys()].filter((index) => policies[index]?.['rollout'] !== undefined);
  const moved = cohort.filter((index) => {
    const { group, pin } = policies[index] ?? {};
    return after[index] !== before[index] && group === undefined && pin === undefined;
  });
  const byVersion = Map.groupBy(moved, (index) => `${past.imageOf(index)}:${after[index] ?? '?'}`);
  return [...byVersion].flatMap(([version, all]) => {
    const minor = after[all[0] ?? 0] ?? 0;
    const peers = cohort.filter((index) => past.imageOf(index) === past.imageOf(all[0] ?? 0));
    const isProven = peers.some((index) => past.isProven(index, minor));
    return all.length < 2 || isProven ? [] : [`${all.length} take ${version} first`];
  });
}

/** Of all together. */
function commonFaults(
  { commits, endMs }: Played,
  { allCommitsMs, perHour, jumpedMs }: Past,
): readonly string[] {
  const timesMs = [...allCommitsMs, ...Array.from({ length: commits }, () => endMs)];
  const limit = perHour === undefined ? undefined : String(perHour);
  return commits > 0 && exceeds(timesMs, limit, jumpedMs) ? [`more than ${limit} commits an hour`] : [];
}

/** Members move together, to one version. */
function groupFaults({ before, after, policies }: Played): readonly string[] {
  const members = [...after.keys()].filter((index) => policies[index]?.['group'] !== undefined);
  const moved = members.filter((index) => after[index] !== before[index]);
  const versions = new Set(members.map((index) => after[index]));
  if (moved.length === 0 || versions.size === 1) return [];
  const shown = (all: readonly Minor[]) =>
    members.map((index) => `app${index} ${all[index] ?? '?'}`).join(', ');
  return [`the group is split: ${shown(before)} -> ${shown(after)}`];
}

/** Each is told of once; who is withheld has one reason, and stays. */
function reportFaults({ report, before, after }: Played): readonly string[] {
  return report.applications.flatMap(({ app, decisions, write }) => {
    const index = Number(app.replace('argocd/app', ''));
    const stays = before[index] === after[index];
    return decisions.flatMap((decision) => {
      if (decision.kind === 'failed') {
        const isExpected = decision.failure.message.startsWith('pinned tag');
        return isExpected ? [] : [`${app} failed: ${decision.failure.message}`];
      }
      if (write?.kind === 'failed') return [`${app} is not written: ${write.failure.message}`];
      if (decision.kind !== 'held' && decision.kind !== 'waiting') return [];
      const { code, also } = decision.reason;
      if (also.includes(code)) return [`${app} has the reason ${code} twice`];
      return stays ? [] : [`${app} is withheld (${code}), and written`];
    });
  });
}
