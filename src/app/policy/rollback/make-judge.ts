/** The sieve of `rollback: respect`, and of versions that a person took back by command. */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { versionOf } from '../../../core/edit/decided-version.ts';
import type { OrderedVersion } from '../../../core/policy/order.ts';
import { takenByCommand } from '../../../core/policy/rollback/by-command.ts';
import { passes, type TakenBack } from '../../../core/policy/rollback/taken-back.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import { keyFacts, type RollbackMemory } from './facts.ts';
import type { RollbackJudgement } from './judge-rollback.ts';
import type { SpecHistory } from './spec-history.ts';
import { imageKey, type RollbackSubject } from './subject.ts';
import { takenVerdict, unreadVerdict } from './verdicts.ts';
import type { UnreadInCycle } from './unread-histories.ts';

/** Looks into the history of the base branch; how is a matter of the cycle. Fails where there is no base to look at. */
export type ReadRollback = (subject: RollbackSubject) => Promise<Outcome<RollbackJudgement>>;

export interface RollbackSources {
  readonly memory: RollbackMemory;
  readonly read: ReadRollback;
  /** What was found on the branch that is written to, where that is not the base branch; absent: nothing. */
  readonly onWriteBranch?: (subject: RollbackSubject) => RollbackJudgement;
  /** Of live Applications. */
  readonly specHistory: Pick<SpecHistory, 'takenBack'>;
  readonly unread?: UnreadInCycle;
  /** Told of what has been seen of a history in which nothing was taken back. */
  readonly onFree?: (subject: RollbackSubject, seenBackToMs: number) => void;
}

/** Says of a candidate what withholds it; nothing: it may be written. */
export type RollbackJudge = (candidate: OrderedVersion) => Promise<Outcome<readonly Verdict[]>>;

/**
 * Makes the judge of one image. Neither policy asked for: nothing is asked, and nothing withheld. Fails where the
 * branch that would be written to cannot be read.
 */
export async function makeRollbackJudge(
  subject: RollbackSubject,
  sources: RollbackSources,
): Promise<Outcome<RollbackJudge>> {
  const commanded = byCommand(subject, sources);
  if (subject.policies.respectsRollback === undefined) return succeed(judgeOf(subject, commanded));
  const found = await judgementsOf(subject, sources);
  if (!found.ok) return found;
  const unread = found.value.find((one) => one.kind === 'unread');
  const key = imageKey(subject);
  if (unread !== undefined) {
    const verdict = unreadVerdict(unread.failure, sources.unread?.isLasting(key) ?? true);
    return succeed(() => Promise.resolve(succeed([verdict])));
  }
  sources.unread?.over(key);
  const taken = found.value.flatMap((one) => (one.kind === 'taken-back' ? [one.taken] : []));
  return succeed(judgeOf(subject, [...commanded, ...taken]));
}

async function judgementsOf(
  subject: RollbackSubject,
  sources: RollbackSources,
): Promise<Outcome<readonly RollbackJudgement[]>> {
  const { writeBack } = subject.config;
  if (writeBack.ok && writeBack.value.kind === 'argocd') return succeed([await bySpec(subject, sources)]);
  const found = await sources.read(subject);
  if (!found.ok) return found;
  const { value } = found;
  if (value.kind === 'free' && value.seenBackToMs !== undefined)
    sources.onFree?.(subject, value.seenBackToMs);
  return succeed([value, sources.onWriteBranch?.(subject) ?? { kind: 'free' }]);
}

function judgeOf(subject: RollbackSubject, taken: readonly TakenBack[]): RollbackJudge {
  const { strategy } = subject.image;
  return (candidate) => {
    const against = taken.filter((one) => !passes(one, candidate, strategy));
    return Promise.resolve(succeed(against.map((one) => takenVerdict(one, subject))));
  };
}

/** What a person said by command holds whatever `rollback` says. */
function byCommand(subject: RollbackSubject, { memory }: RollbackSources): readonly TakenBack[] {
  const { policies, live } = subject;
  const held = subject.held ?? live;
  if (policies.rolledBack === undefined || held === undefined) return [];
  const facts = keyFacts(subject, { branch: '', path: '', key: '' }, versionOf(held), memory);
  const taken = takenByCommand(facts, policies.rolledBack.value);
  return taken === undefined ? [] : [taken];
}

async function bySpec(
  subject: RollbackSubject,
  { memory, specHistory }: RollbackSources,
): Promise<RollbackJudgement> {
  const taken = await specHistory.takenBack(subject, memory);
  if (!taken.ok) return { kind: 'unread', failure: taken.failure };
  return taken.value === undefined ? { kind: 'free' } : { kind: 'taken-back', taken: taken.value };
}
