/** The sieve of `rollback: respect`, and of versions that a person took back by command. */
import { appKey } from '../../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../../core/base/outcome.ts';
import { takenByCommand } from '../../core/policy/rollback/by-command.ts';
import { versionOf } from '../../core/edit/decided-version.ts';
import { passes, rollbackVerdict, type TakenBack } from '../../core/policy/rollback/taken-back.ts';
import type { Verdict } from '../../core/policy/verdict.ts';
import type { RollbackJudgement } from './rollback.ts';
import { admission, type RollbackMemory } from './rollback-facts.ts';
import type { Judge, Subject } from './subject.ts';

/** Looks into the history of the base branch; how is a matter of the cycle. Fails where there is no base to look at. */
export type ReadRollback = (subject: Subject) => Promise<Outcome<RollbackJudgement>>;

/**
 * Makes the judge of one image. Neither policy asked for: nothing is asked, and nothing withheld. Fails where the
 * branch that would be written to cannot be read.
 */
export async function makeRollbackJudge(
  subject: Subject,
  memory: RollbackMemory,
  read: ReadRollback,
): Promise<Outcome<Judge>> {
  const commanded = byCommand(subject, memory);
  if (subject.policies.respectsRollback === undefined) return succeed(judgeOf(subject, commanded));
  const found = await read(subject);
  if (!found.ok) return found;
  const judged = found.value;
  if (judged.kind === 'unread') {
    const verdict = unreadVerdict(judged.failure);
    return succeed(() => Promise.resolve(succeed([verdict])));
  }
  const taken = judged.kind === 'taken-back' ? [judged.taken] : [];
  return succeed(judgeOf(subject, [...commanded, ...taken]));
}

function judgeOf({ image, config }: Subject, taken: readonly TakenBack[]): Judge {
  const { strategy, alias } = image;
  return (candidate) => {
    const against = taken.filter((one) => !passes(one, candidate, strategy));
    const verdicts = against.map((one) => rollbackVerdict(one, strategy, appKey(config.app), alias));
    return Promise.resolve(succeed(verdicts));
  };
}

/** What a person said by command holds whatever `rollback` says. */
function byCommand(subject: Subject, memory: RollbackMemory): readonly TakenBack[] {
  const { image, policies, live } = subject;
  const held = subject.held ?? live;
  if (policies.rolledBack === undefined || held === undefined) return [];
  const facts = {
    strategy: image.strategy,
    held: versionOf(held),
    admits: admission(image, policies),
    createdOf: (tag: string) => memory.createdOf?.(subject, tag),
  };
  const taken = takenByCommand(facts, policies.rolledBack.value);
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
