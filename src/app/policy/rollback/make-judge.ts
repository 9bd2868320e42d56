/** The sieve of `rollback: respect`, and of versions that a person took back by command. */
import { appKey } from '../../../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { versionOf } from '../../../core/edit/decided-version.ts';
import type { OrderedVersion } from '../../../core/policy/order.ts';
import { takenByCommand } from '../../../core/policy/rollback/by-command.ts';
import type { SpecOwner } from '../../../core/policy/rollback/spec-rollback.ts';
import { takenFromSpec } from '../../../core/policy/rollback/spec-rollback.ts';
import { passes, rollbackVerdict, type TakenBack } from '../../../core/policy/rollback/taken-back.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import { keyFacts, type RollbackMemory } from './facts.ts';
import type { RollbackJudgement } from './judge-rollback.ts';
import { specPlace } from './spec-place.ts';
import type { RollbackSubject } from './subject.ts';

/** Looks into the history of the base branch; how is a matter of the cycle. Fails where there is no base to look at. */
export type ReadRollback = (subject: RollbackSubject) => Promise<Outcome<RollbackJudgement>>;

export interface RollbackSources {
  readonly memory: RollbackMemory;
  readonly read: ReadRollback;
  /** What was found on the branch that is written to, where that is not the base branch; absent: nothing. */
  readonly onWriteBranch?: (subject: RollbackSubject) => RollbackJudgement;
  /** Who wrote the parameters or images of the spec last, where that is known. */
  readonly ownerOf?: (subject: RollbackSubject) => SpecOwner | undefined;
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
  const { writeBack } = subject.config;
  if (writeBack.ok && writeBack.value.kind === 'argocd')
    return succeed(judgeOf(subject, [...commanded, ...bySpec(subject, sources)]));
  const found = await sources.read(subject);
  if (!found.ok) return found;
  const judged = [found.value, sources.onWriteBranch?.(subject) ?? { kind: 'free' as const }];
  const unread = judged.find((one) => one.kind === 'unread');
  if (unread !== undefined) {
    const verdict = unreadVerdict(unread.failure);
    return succeed(() => Promise.resolve(succeed([verdict])));
  }
  const taken = judged.flatMap((one) => (one.kind === 'taken-back' ? [one.taken] : []));
  return succeed(judgeOf(subject, [...commanded, ...taken]));
}

function judgeOf({ image, config }: RollbackSubject, taken: readonly TakenBack[]): RollbackJudge {
  const { strategy, alias } = image;
  return (candidate) => {
    const against = taken.filter((one) => !passes(one, candidate, strategy));
    const verdicts = against.map((one) => rollbackVerdict(one, strategy, appKey(config.app), alias));
    return Promise.resolve(succeed(verdicts));
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

/** A spec has no history: what we remember is all that tells. */
function bySpec(subject: RollbackSubject, { memory, ownerOf }: RollbackSources): readonly TakenBack[] {
  const place = specPlace(subject);
  if (place === undefined || subject.held === undefined) return [];
  const facts = keyFacts(subject, place, versionOf(subject.held), memory);
  const taken = takenFromSpec(facts, ownerOf?.(subject));
  return taken === undefined ? [] : [taken];
}

/** Without the history nobody knows; the next cycle asks again. */
function unreadVerdict({ message }: Failure): Verdict {
  return {
    code: 'rollback-unsure',
    kind: 'waiting',
    reason: `whether a version was taken back cannot be told: ${message}`,
    ends: 'the next cycle that can read the history',
  };
}
