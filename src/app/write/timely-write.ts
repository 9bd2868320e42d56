/** Writes of batches within the time of the cycle: what outlives the cycle goes on, and is told when it is done. */
import { withoutLogin } from '../../core/base/git-url.ts';
import { settle } from '../../core/base/settle.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { Budget } from '../repository/budget.ts';
import { notDone } from '../repository/repositories.ts';
import type { WriteContext } from './branch/context.ts';
import { writeBatch } from './write.ts';
import type { Written } from './written.ts';

/**
 * `standing`: what applications hold to that want no change, or have had theirs. `rehearse`: commits are made, and not
 * pushed.
 */
export type WriteIntentions = (
  intentions: readonly GitIntention[],
  standing: readonly GitIntention[],
  how?: 'rehearse',
) => Promise<readonly Written[]>;

export interface TimelyWriteOptions {
  readonly shared: Omit<WriteContext, 'standing' | 'isRehearsal'>;
  readonly budget: Budget;
  /** Told what became of those who were not done in time, once they are. */
  readonly onLate: (intentions: readonly GitIntention[], written: readonly Written[]) => void;
}

export function makeTimelyWrite({ shared, budget, onLate }: TimelyWriteOptions): WriteIntentions {
  return async (intentions, standing, how) => {
    const isRehearsal = how === 'rehearse';
    const work = settle(() => writeBatch(intentions, { ...shared, standing, isRehearsal }));
    const repo = withoutLogin(intentions[0]?.writeBack.repoURL ?? '');
    let isLate = false;
    const written = await budget.within(work, () => {
      isLate = true;
      return notDone(repo, budget);
    });
    if (written.ok) return written.value;
    if (isLate && !isRehearsal)
      void work.then((late) => (late.ok ? onLate(intentions, late.value) : undefined));
    const { failure } = written;
    return intentions.map(({ changes }) => ({ result: { kind: 'failed', failure }, changes }));
  };
}
