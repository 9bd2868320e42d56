/** Whether a version was taken back, from the values that stood at the key; and who is to blame (spec/policies.md 2.4). */
import { order } from '../order.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import type { LineJudgement } from './judge-lines.ts';
import { sameVersion } from './lines/image-version.ts';
import { type KeyPast, type PastCommit, walkPast, type Walk, type WalkRules } from './past-values.ts';
import { isMeantHere, isProvedOurs } from './proved-ours.ts';
import { returnIn } from './returned-digest.ts';
import { type TakenBack, blamed } from './taken-back.ts';

export type ValueJudgement =
  | {
      readonly kind: 'free';
      readonly seenBackToMs?: number;
      /** Commits in which the file, or the key, appears: it may have been another one before. */
      readonly appearances: readonly PastCommit[];
    }
  /** Nothing is found so far, and the history goes on. */
  | { readonly kind: 'deeper' }
  | { readonly kind: 'taken-back'; readonly taken: TakenBack };

export interface Past {
  readonly commits: KeyPast;
  /** No more of the history is to be had. */
  readonly isDeepest: boolean;
  readonly nowMs: number;
}

/** Older commits than these are let go by, for nobody wants to go on from there. */
const longAgoMs = 30 * 24 * 60 * 60 * 1000;

/** `lines`: what the lines of commits have told; with `taken`, the values only name whom to blame. */
export function judgeValues(
  facts: KeyFacts,
  lines: Extract<LineJudgement, { kind: 'values' | 'taken' }>,
  { commits, isDeepest, nowMs }: Past,
): ValueJudgement {
  const walk = walkPast(commits, walkRules(facts, lines.settled));
  if (lines.kind === 'taken') return { kind: 'taken-back', taken: takenByLines(facts, lines, commits, walk) };
  const { held } = facts;
  if (walk.lowering !== undefined) {
    const { newer, by } = walk.lowering;
    const taken: TakenBack = {
      code: 'rollback',
      held,
      versions: [newer],
      by: blamed(by),
      sinceMs: by.committedAtMs,
    };
    return { kind: 'taken-back', taken };
  }
  const returned = takenByReturn(facts, lines.settled, commits);
  if (returned !== undefined) return { kind: 'taken-back', taken: returned };
  const { appearances } = walk;
  if (!walk.isCut) return { kind: 'free', appearances };
  if (!isDeepest) return { kind: 'deeper' };
  if (lines.settled.size > 0) return { kind: 'free', appearances };
  const oldestMs = Math.min(...commits.map(({ committedAtMs }) => committedAtMs));
  if (nowMs - oldestMs >= longAgoMs) return { kind: 'free', seenBackToMs: oldestMs, appearances };
  const why = `the last ${commits.length} commits have no line of ours for this key, and are of less than 30 days`;
  return { kind: 'taken-back', taken: { code: 'rollback-unsure', held, versions: [], why } };
}

function walkRules(facts: KeyFacts, settled: ReadonlySet<string>): WalkRules {
  const { strategy, held, admits, place, traces } = facts;
  return {
    strategy,
    held,
    admits,
    settled,
    dated: (version) => dated(facts, version),
    isOurs: (commit, from, to) => isProvedOurs(commit, { from, to }, place, traces),
    isOursElsewhere: (commit, from, to) =>
      isProvedOurs(commit, { from, to }, place, traces) && isMeantHere(commit, place, traces),
  };
}

/** Somebody without lines may have gone up since, and have been taken back with ours. */
function takenByLines(
  { held, strategy }: KeyFacts,
  { versions: ours, writtenAtMs, settled }: Extract<LineJudgement, { kind: 'taken' }>,
  commits: KeyPast,
  { lowering }: Walk,
): TakenBack {
  const by = lowering?.by ?? setterOf(commits, settled);
  const sinceMs = by?.committedAtMs ?? writtenAtMs;
  const above = lowering === undefined ? [] : [lowering.newer];
  const newer = above.filter((version) => ours.every((one) => order(strategy, version, one) === 'newer'));
  const versions = [...newer, ...ours];
  return { code: 'rollback', held, versions, sinceMs, ...optionalProperty('by', by && blamed(by)) };
}

/** Who put there what is there now, along first parents, and after our last commit. */
function setterOf(commits: KeyPast, settled: ReadonlySet<string>): PastCommit | undefined {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  let at = commits[0];
  while (at !== undefined && !settled.has(at.id)) {
    const before: PastCommit | undefined = byId.get(at.parents[0] ?? '');
    if (before === undefined) return undefined;
    if (!sameVersion(before.version, at.version)) return at;
    at = before;
  }
  return undefined;
}

/** Versions without an order: what stood there before was put back. */
function takenByReturn(
  facts: KeyFacts,
  settled: ReadonlySet<string>,
  commits: KeyPast,
): TakenBack | undefined {
  const { strategy, held, admits, place, traces } = facts;
  const found = returnIn(commits, settled, (commit, from, to) =>
    isProvedOurs(commit, { from, to }, place, traces),
  );
  if (found === undefined) return undefined;
  const { passed, by } = found;
  const versions = passed
    .filter(
      (version) =>
        admits(version) && order(strategy, dated(facts, version), dated(facts, held)) === 'unknown',
    )
    .map((version) => dated(facts, version, by.committedAtMs));
  if (versions.length === 0) return undefined;
  return { code: 'rollback', held, versions, by: blamed(by), sinceMs: by.committedAtMs };
}
