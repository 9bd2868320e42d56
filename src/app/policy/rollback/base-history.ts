/** Reads rollbacks of a cycle from the base branches of its repositories. */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { settle } from '../../../core/base/settle.ts';
import { withoutLogin } from '../../../core/base/git-url.ts';
import { type Potential, potentialOf } from '../../read/potential.ts';
import type { ObserveContext } from '../../read/repository-question.ts';
import type { BaseLocation } from '../../repository/locate.ts';
import { notDone, type RepositorySession } from '../../repository/repositories.ts';
import { useBase } from '../../repository/use-base.ts';
import { judgeRollback, type RollbackJudgement } from './judge-rollback.ts';
import type { RollbackMemory } from './facts.ts';
import type { ReadRollback } from './make-judge.ts';
import type { RollbackSubject } from './subject.ts';

export interface BaseHistoryOptions
  extends Pick<ObserveContext, 'repositories' | 'files' | 'budget' | 'signal'> {
  readonly memory: RollbackMemory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of the head whose history was looked at. */
  readonly onHead?: (subject: RollbackSubject, head: string) => void;
}

/** What has been read of a head is not read again in the cycle, whichever image asks. */
export function readsBaseHistory(options: BaseHistoryOptions): ReadRollback {
  return async (subject) => {
    const { writeBack } = subject.config;
    if (!writeBack.ok) return writeBack;
    const { value } = writeBack;
    if (value.kind !== 'git') return succeed({ kind: 'free' });
    const { budget } = options;
    const work = (): Promise<Outcome<RollbackJudgement>> =>
      useBase(subject.config.app, value, options, (session, base) =>
        readIn(session, base, potentialOf(subject.config, value), subject, options),
      );
    const settled = settle(work).then((outcome) => (outcome.ok ? outcome.value : outcome));
    return budget.within(settled, () => notDone(withoutLogin(value.repoURL), budget));
  };
}

function readIn(
  { repository, histories }: RepositorySession,
  { base, baseHead: head }: BaseLocation,
  { edit }: Potential,
  subject: RollbackSubject,
  { files, memory, now, signal, onHead }: BaseHistoryOptions,
): Promise<RollbackJudgement> {
  const place = { repository, histories, base, head, scope: 'base', edit } as const;
  onHead?.(subject, head);
  return judgeRollback(subject, place, { files, memory, nowMs: now(), signal });
}
