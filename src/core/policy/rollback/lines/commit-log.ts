/** The commits behind a head, and what our lines in them say. */
import { order, type OrderedVersion } from '../../order.ts';
import type { Strategy } from '../../../strategy/strategy.ts';
import { isOnBehalf, type KeyPlace, parseChanges, placeText } from './change-line.ts';

export interface LoggedCommit {
  readonly id: string;
  /** First parent first. */
  readonly parents: readonly string[];
  /** It has parents that were not looked at: `parents` is empty. */
  readonly isCut: boolean;
  readonly committedAtMs: number;
  /** Whole, where it holds what was looked for; else "". */
  readonly message: string;
}

/** No commit stands before one of its children. */
export type CommitLog = readonly LoggedCommit[];

export interface WrittenVersion {
  readonly commit: LoggedCommit;
  readonly to: OrderedVersion;
}

export interface LineLog {
  readonly log: CommitLog;
  /** By the text of the place, the newest commit first, in one commit in the order of its lines. */
  readonly written: ReadonlyMap<string, readonly WrittenVersion[]>;
  /** The places of `written`. */
  readonly places: readonly KeyPlace[];
  /** Commits with lines of ours, which touch nothing that they do not name. */
  readonly ours: ReadonlySet<string>;
}

/** Reads the lines of a log once, for all of its keys. Commits on behalf of a person are not ours. */
export function readLines(log: CommitLog): LineLog {
  const written = new Map<string, WrittenVersion[]>();
  const ours = new Set<string>();
  const places: KeyPlace[] = [];
  for (const commit of log) {
    if (commit.message === '' || isOnBehalf(commit.message)) continue;
    for (const { place, to } of parseChanges(commit.message)) {
      ours.add(commit.id);
      if (to === undefined) continue;
      const text = placeText(place);
      const known = written.get(text) ?? [];
      if (known.length === 0) places.push(place);
      known.push({ commit, to });
      written.set(text, known);
    }
  }
  return { log, written, places, ours };
}

export function writtenAt({ written }: LineLog, place: KeyPlace): readonly WrittenVersion[] {
  return written.get(placeText(place)) ?? [];
}

/** Those in commits that are no ancestors of another of them. */
export function lastWritten({ log }: LineLog, all: readonly WrittenVersion[]): readonly WrittenVersion[] {
  const ids = new Set(all.map(({ commit }) => commit.id));
  const before = ancestorsOf(log, ids);
  return all.filter(({ commit }) => !before.has(commit.id));
}

/** The newest by order; where the order does not tell, the one that was committed, or stands, last. */
export function newestOf(strategy: Strategy, written: readonly WrittenVersion[]): WrittenVersion | undefined {
  const commits = Map.groupBy(written, ({ commit }) => commit.id)
    .values()
    .toArray();
  let newest: WrittenVersion | undefined;
  for (const one of commits.toReversed().flat()) {
    const isOlder = newest !== undefined && order(strategy, one.to, newest.to) === 'older';
    if (!isOlder) newest = one;
  }
  return newest;
}

/** Whatever is reachable from the commits; of themselves only what is reachable from another one. */
export function ancestorsOf(log: CommitLog, ids: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { id, parents } of log)
    if (ids.has(id) || found.has(id)) for (const parent of parents) found.add(parent);
  return found;
}

/** How many commits lie neither among these nor behind them; 0 where all of those are ours, and touch what they name. */
export function commitsSince({ log, ours }: LineLog, ids: ReadonlySet<string>): number {
  const before = ancestorsOf(log, ids);
  const since = log.filter(({ id }) => !ids.has(id) && !before.has(id));
  return since.every(({ id }) => ours.has(id)) ? 0 : since.length;
}

/** Whether a revision is the commit, or has it as an ancestor; undefined: the log does not reach far enough to tell. */
export function containsCommit(log: CommitLog, revision: string, commit: string): boolean | undefined {
  if (revision === commit) return true;
  const wanted = log.find(({ id }) => id === commit);
  if (wanted === undefined || !log.some(({ id }) => id === revision)) return undefined;
  const behind = ancestorsOf(log, new Set([revision]));
  if (behind.has(commit)) return true;
  const isCutBefore = log.some(
    ({ id, isCut, committedAtMs }) =>
      isCut && committedAtMs > wanted.committedAtMs && (behind.has(id) || id === revision),
  );
  return isCutBefore ? undefined : false;
}
