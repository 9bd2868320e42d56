/** What is said of versions that were taken back, or that may have been. */
import type { Failure } from '../../../core/base/outcome.ts';
import { appKey } from '../../../core/config/application.ts';
import { rollbackVerdict, type TakenBack } from '../../../core/policy/rollback/taken-back.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import { revertedRemedy } from '../../../core/report/reverted.ts';
import { specPointer } from './spec-records.ts';
import type { RollbackSubject } from './subject.ts';

/** Whoever puts old values back each time has to be told to leave them alone. */
export function takenVerdict(taken: TakenBack, subject: RollbackSubject): Verdict {
  const { image, config } = subject;
  const verdict = rollbackVerdict(taken, image.strategy, appKey(config.app), image.alias);
  if (taken.code !== 'reverted') return verdict;
  const remedy = revertedRemedy(config.app, { path: specPointer(subject), by: taken.by?.name ?? '' });
  return { ...verdict, ends: `${verdict.ends}; ${remedy}` };
}

/** Without the history nobody knows; the next cycle asks again. */
export function unreadVerdict({ message }: Failure, isLasting: boolean): Verdict {
  return {
    code: 'rollback-unsure',
    kind: 'waiting',
    reason: `whether a version was taken back cannot be told: ${message}`,
    ends: 'the next cycle that can read the history',
    ...(isLasting ? {} : { isPassing: true }),
  };
}
