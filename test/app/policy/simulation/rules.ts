/** What must be true of every cycle, whatever happened before: said in the terms of people, not of the stage. */
import type { CycleReport } from '../../../../src/core/report/report.ts';
import { groupFaults, commitGroupFaults, rolloutFaults } from './together-rules.ts';
import type { KeyPast } from './key-past.ts';
import type { Proofs } from './proofs.ts';
import type { Quarantines } from './quarantines.ts';
import type { SimulatedRegistry } from './registry.ts';
import type { SimulatedApp } from './simulated-world.ts';
import { hourMs, minuteMs, type ProjectWindow } from './story.ts';
import { isHeld, isOpen } from './times.ts';
import type { Wanted } from './wanted.ts';

/** What stands where each Application is written to, and in its base. */
export interface Standing {
  readonly bases: readonly string[];
  readonly targets: readonly string[];
}

/** One cycle. Times: `nowMs` by the clock of the program, `trueMs` by that of everybody else. */
export interface Played {
  readonly begin: { readonly nowMs: number; readonly trueMs: number };
  readonly end: { readonly nowMs: number; readonly trueMs: number };
  readonly before: Standing;
  readonly after: Standing;
  /** Of ours in this cycle: Applications that each of them writes. */
  readonly commits: readonly (readonly number[])[];
  readonly report: CycleReport;
  readonly apps: readonly SimulatedApp[];
  readonly wanted: readonly Wanted[];
  /** Applications on hold by the ConfigMap. */
  readonly held: ReadonlySet<number>;
  readonly isFrozen: boolean;
  /** The server says that our clock is wrong. */
  readonly isClockWrong: boolean;
  readonly windows: readonly ProjectWindow[];
}

/** What happened until then, as somebody outside knows it. */
export interface Past {
  readonly registry: SimulatedRegistry;
  readonly keys: readonly KeyPast[];
  readonly proofs: Proofs;
  readonly quarantines: Quarantines;
  /** When all that was remembered was lost last. */
  readonly lostMs: number;
  /** Times of our commits since the last restart, and of all. */
  readonly sinceRestartMs: readonly (readonly number[])[];
  readonly commitsMs: readonly (readonly number[])[];
  readonly allCommitsMs: readonly number[];
  readonly perHour: number | undefined;
  /** By so much clocks that are trusted may differ. */
  readonly slackMs: number;
}

/** What is wrong with the cycle: one sentence each. */
export function faultsOf(cycle: Played, past: Past): readonly string[] {
  return [
    ...cycle.after.targets.flatMap((to, index) => changeFaults(index, to, cycle, past)),
    ...groupFaults(cycle),
    ...commitGroupFaults(cycle),
    ...rolloutFaults(cycle, past),
    ...commonFaults(cycle, past),
  ];
}

function changeFaults(index: number, to: string, cycle: Played, past: Past): readonly string[] {
  if (to === cycle.before.targets[index]) return [];
  const rules: Readonly<Record<string, boolean>> = {
    ...gatesOn(index, cycle, past),
    ...sievesOn(index, to, cycle, past),
    'is beyond its limit': isBeyondLimit(index, cycle, past),
  };
  const broken = Object.entries(rules).flatMap(([what, isBroken]) => (isBroken ? [what] : []));
  const from = cycle.before.targets[index];
  const at = new Date(cycle.end.trueMs).toISOString();
  return broken.map((what) => `app${index} ${what}: ${from} -> ${to} at ${at}`);
}

/** Whatever the version. */
export function gatesOn(
  index: number,
  { wanted, apps, isFrozen, held, begin, end, isClockWrong, windows }: Played,
  { sinceRestartMs, slackMs, perHour }: Pick<Past, 'sinceRestartMs' | 'slackMs' | 'perHour'>,
): Readonly<Record<string, boolean>> {
  const own = wanted[index];
  const app = apps[index];
  if (own === undefined || app === undefined) return {};
  const ofProject = app.project === 'team' ? windows : [];
  const isOpenAt = (text: string, nowMs: number) =>
    isOpen(text, { app: app.name, windows: ofProject, nowMs });
  const lastMs = sinceRestartMs[index]?.at(-1);
  return {
    'is frozen': isFrozen,
    'is on hold': held.has(index) || own.all('hold').some((text) => isHeld(text, end.nowMs)),
    'has a closed window': own
      .all('window')
      .some((text) => !isOpenAt(text, begin.nowMs) && !isOpenAt(text, end.nowMs)),
    'has no clock': isClockWrong && (own.isTimed || perHour !== undefined),
    rests: lastMs !== undefined && end.trueMs + slackMs - lastMs < own.ms('interval'),
  };
}

/** What speaks against one version. */
export function sievesOn(
  index: number,
  to: string,
  { wanted, apps, before, end }: Played,
  { registry, keys, proofs, quarantines, lostMs, slackMs }: Past,
): Readonly<Record<string, boolean>> {
  const own = wanted[index];
  const app = apps[index];
  if (own === undefined || app === undefined) return {};
  const from = before.bases[index] ?? '';
  const knownMs = Math.max(lostMs, registry.firstMs(app.image, to) ?? 0);
  const step = registry.compare(app, to, from);
  const { skipped } = own;
  return {
    'is too young': end.trueMs + slackMs - knownMs < own.ms('min-age'),
    'is pinned to another one': own.isPinned && own.all('pin')[0] !== to,
    'is skipped': skipped.has(to),
    'is not proven at its source': own.source !== undefined && !proofs.has(own.source, to),
    'was taken back':
      own.respectsRollback && (keys[index]?.undoes(to, { ...app, skipped }, registry) ?? false),
    'is in quarantine': own.ofVersions('quarantine').length > 0 && quarantines.isBad(app.image, to),
    'is lowered': !own.isPinned && step !== undefined && step < 0 && to !== registry.choice(app),
  };
}

function isBeyondLimit(index: number, { wanted, end }: Played, { commitsMs, slackMs }: Past): boolean {
  return exceeds([...(commitsMs[index] ?? []), end.trueMs], wanted[index]?.perHour, slackMs);
}

/** In any time at most what was saved up, and what came since. */
function exceeds(timesMs: readonly number[], perHour: number | undefined, slackMs: number): boolean {
  if (perHour === undefined) return false;
  const last = timesMs.at(-1) ?? 0;
  return timesMs.some((ms, i) => {
    const refilled = (perHour * (last - ms + slackMs + minuteMs)) / hourMs;
    return timesMs.length - i > perHour + refilled;
  });
}

/** Of all together. */
function commonFaults(
  { commits, end, wanted }: Played,
  { allCommitsMs, perHour, slackMs }: Past,
): readonly string[] {
  // a group that is larger than the limit goes once all of it is saved up
  const isGrouped = commits.some((written) => written.some((index) => wanted[index]?.group !== undefined));
  const counted = isGrouped ? commits.slice(0, perHour) : commits;
  const timesMs = [...allCommitsMs, ...counted.map(() => end.trueMs)];
  const isBeyond = commits.length > 0 && exceeds(timesMs, perHour, slackMs);
  return isBeyond ? [`more than ${perHour} commits an hour`] : [];
}
