/** `rollback: respect` for one key: what is to be asked of its history, one question after the other (spec/policies.md 2). */
import { optionalProperty } from '../../base/optional-property.ts';
import type { CommitLog, LineLog } from './lines/commit-log.ts';
import { judgeLines, type LineJudgement } from './judge-lines.ts';
import { judgeValues } from './judge-values.ts';
import type { KeyFacts } from './key-facts.ts';
import { judgeMove } from './moved-file.ts';
import type { KeyPast } from './past-values.ts';
import { isResumed } from './resumed.ts';
import { judgeRewrite } from './rewritten.ts';
import type { TakenBack } from './taken-back.ts';

/** `log`: commits with the messages that hold lines. `values`: what stood at the key, commit by commit. */
export interface HistoryQuestion {
  readonly kind: 'log' | 'values';
  readonly minCommits: number;
}

/** Of the kind that was asked for; undefined: it could not be had. `too-large`: it never can. */
export type HistoryAnswer =
  | { readonly kind: 'log'; readonly lines: LineLog; readonly isDeepest: boolean }
  | { readonly kind: 'values'; readonly commits: KeyPast; readonly isDeepest: boolean }
  | { readonly kind: 'too-large' }
  | undefined;

export type Judgement =
  | {
      readonly kind: 'free';
      /** Where the history is cut: the oldest commit that was looked at. */
      readonly seenBackToMs?: number;
    }
  | { readonly kind: 'taken-back'; readonly taken: TakenBack }
  /** The history cannot be had. */
  | { readonly kind: 'unread' };

const logDepths = [256, 2048, 16_384] as const;
const valueDepths = [512, 2048];
const maxValueDepth = 2048;

type Judging<Result> = Generator<HistoryQuestion, Result, HistoryAnswer>;

/** Of a write branch only our own lines count: whatever else it has is its owner's business. */
export type Scope = 'base' | 'write-branch';

/** `application`: `namespace/name`. */
export function* judging(
  facts: KeyFacts,
  application: string,
  nowMs: number,
  scope: Scope = 'base',
): Judging<Judgement> {
  const seen = yield* byLines(facts, scope);
  if (seen === undefined) return { kind: 'unread' };
  const { lines, judged } = seen;
  if (scope === 'write-branch' && judged.kind !== 'taken') return { kind: 'free' };
  const settled = judged.kind === 'free' ? new Set<string>() : judged.settled;
  const found: Judgement =
    judged.kind === 'free' ? { kind: 'free' } : yield* byValues(facts, judged, lines, application, nowMs);
  const last = found.kind === 'free' ? ((yield* byRewrite(facts, lines.log)) ?? found) : found;
  if (last.kind !== 'taken-back') return last;
  return isResumed(last.taken, facts.resumed, lines.log, settled) ? { kind: 'free' } : last;
}

interface SeenLines {
  readonly lines: LineLog;
  readonly judged: Exclude<LineJudgement, { kind: 'deeper' }>;
}

function* byLines(facts: KeyFacts, scope: Scope): Judging<SeenLines | undefined> {
  for (const minCommits of logDepths) {
    const answer = yield { kind: 'log', minCommits };
    if (answer?.kind !== 'log') return undefined;
    const { lines } = answer;
    const judged = judgeLines(
      facts,
      lines,
      answer.isDeepest || minCommits === logDepths.at(-1) || scope === 'write-branch',
    );
    if (judged.kind !== 'deeper') return { lines, judged };
  }
  return undefined;
}

function* byValues(
  facts: KeyFacts,
  judged: Extract<LineJudgement, { kind: 'values' | 'taken' }>,
  lines: LineLog,
  application: string,
  nowMs: number,
): Judging<Judgement> {
  const depths = depthsFor(judged);
  for (const minCommits of depths) {
    const answer = yield { kind: 'values', minCommits };
    const isThere = answer?.kind === 'values';
    if (!isThere && answer?.kind === 'too-large' && judged.kind === 'values' && judged.isOurs)
      return { kind: 'free' };
    if (!isThere && judged.kind !== 'taken') return { kind: 'unread' };
    const commits = isThere ? answer.commits : []; // without it nobody is blamed
    const isDeepest = !isThere || answer.isDeepest || minCommits === depths.at(-1);
    const found = judgeValues(facts, judged, { commits, isDeepest, nowMs });
    if (found.kind === 'taken-back') return found;
    if (found.kind === 'deeper') continue;
    for (const appearance of found.appearances) {
      const taken = judgeMove(facts, lines, appearance, appearance.deleted ?? [], application);
      if (taken !== undefined) return { kind: 'taken-back', taken };
    }
    return { kind: 'free', ...optionalProperty('seenBackToMs', found.seenBackToMs) };
  }
  return { kind: 'unread' };
}

/** Where we have written, nothing behind that counts. */
function depthsFor(judged: Extract<LineJudgement, { kind: 'values' | 'taken' }>): readonly number[] {
  if (judged.kind === 'taken') return valueDepths.slice(0, 1);
  return judged.since === undefined ? valueDepths : [Math.min(judged.since + 1, maxValueDepth)];
}

/** undefined: nothing was rewritten, as far as that can be seen. */
function* byRewrite(facts: KeyFacts, seen: CommitLog): Judging<Judgement | undefined> {
  let log = seen;
  let isDeepest = false;
  for (const minCommits of logDepths) {
    const found = judgeRewrite(facts, log);
    if (found.kind === 'taken-back') return found;
    if (found.kind === 'free' || isDeepest) return undefined;
    const answer = yield { kind: 'log', minCommits };
    if (answer?.kind !== 'log') return { kind: 'unread' };
    ({ log } = answer.lines);
    ({ isDeepest } = answer);
  }
  const found = judgeRewrite(facts, log);
  return found.kind === 'taken-back' ? found : undefined;
}
