/** Whether a version of ours was taken back, from the lines of commits alone (spec/policies.md 2.3, 2.5). */
import { order, type OrderedVersion } from '../order.ts';
import {
  commitsSince,
  lastWritten,
  type LineLog,
  newestOf,
  type WrittenVersion,
  writtenAt,
} from './lines/commit-log.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import { sameVersion } from './lines/image-version.ts';
import { writtenSince } from './returned-digest.ts';

export type LineJudgement =
  /** Nobody but us has committed since we wrote what is there, or what we wrote is no longer wanted. */
  | { readonly kind: 'free' }
  /** No line of the key is seen, and the history goes on. */
  | { readonly kind: 'deeper' }
  /** Whoever leaves no lines may have changed the value since: the values of the file tell. */
  | {
      readonly kind: 'values';
      /** Our last commits at the key: what lies behind them is settled. */
      readonly settled: ReadonlySet<string>;
      /** Commits since those; absent: there are none of ours. */
      readonly since?: number;
      /** What is there is what we wrote last, so there is little to fear. */
      readonly isOurs: boolean;
    }
  | {
      readonly kind: 'taken';
      readonly versions: readonly OrderedVersion[];
      readonly writtenAtMs: number;
      readonly settled: ReadonlySet<string>;
    };

/** `isDeepest`: no more of the history is to be had. */
export function judgeLines(facts: KeyFacts, lines: LineLog, isDeepest: boolean): LineJudgement {
  const written = writtenAt(lines, facts.place);
  const last = lastWritten(lines, written);
  const newest = newestOf(facts.strategy, last);
  if (newest === undefined) {
    const goesOn = lines.log.some(({ isCut }) => isCut);
    return goesOn && !isDeepest ? { kind: 'deeper' } : { kind: 'values', settled: new Set(), isOurs: false };
  }
  const settled = new Set(last.map(({ commit }) => commit.id));
  const taken = facts.strategy.kind === 'digest' ? takenDigests(facts, written) : takenVersion(facts, newest);
  if (taken !== undefined) {
    const versions = taken.filter(facts.admits);
    if (versions.length === 0) return { kind: 'free' };
    return { kind: 'taken', versions, writtenAtMs: newest.commit.committedAtMs, settled };
  }
  const since = commitsSince(lines, settled);
  if (since === 0) return { kind: 'free' };
  return { kind: 'values', settled, since, isOurs: sameVersion(facts.held, newest.to) };
}

function takenDigests(
  { held }: KeyFacts,
  written: readonly WrittenVersion[],
): readonly OrderedVersion[] | undefined {
  const since = writtenSince(written, held);
  return since.length === 0 ? undefined : since.map(({ to }) => to);
}

function takenVersion(
  facts: KeyFacts,
  { to, commit }: WrittenVersion,
): readonly OrderedVersion[] | undefined {
  const version = dated(facts, to, commit.committedAtMs);
  const place = order(facts.strategy, dated(facts, facts.held), version);
  return place === 'older' || place === 'unknown' ? [version] : undefined;
}
