/** What somebody took back on a write branch, beyond its base (spec/policies.md 2.6): found as it is written to. */
import { settle } from '../../../core/base/settle.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import { passes } from '../../../core/policy/rollback/taken-back.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { WriteBranch } from '../../repository/recheck.ts';
import { judgeRollback, type RollbackContext, type RollbackJudgement } from './judge-rollback.ts';
import { imageKey, imageKeyOf, type RollbackSubject } from './subject.ts';

export type WriteBranchesOptions = Omit<RollbackContext, 'nowMs'> & {
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

interface Known {
  readonly subject: RollbackSubject;
  /** Absent: nobody has looked, or nothing was taken back. */
  readonly found?: RollbackJudgement;
}

/** Which branch an image is written to is known only once all images of its Application are judged: so they are judged again. */
export class WriteBranches {
  readonly #options: WriteBranchesOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: WriteBranchesOptions) {
    this.#options = options;
  }

  /** What the last look has found. The image may be written from here on. */
  foundFor(subject: RollbackSubject): RollbackJudgement {
    const key = imageKey(subject);
    const found = this.#known.get(key)?.found;
    this.#known.set(key, { subject, ...(found === undefined ? {} : { found }) });
    return found ?? { kind: 'free' };
  }

  /** True: what is to be written was taken back there, or nobody can tell. */
  async look({ key: app, edit, updates }: GitIntention, branch: WriteBranch): Promise<boolean> {
    const { files, memory, now, signal } = this.#options;
    const place = { ...branch, edit, scope: 'write-branch' } as const;
    let isTaken = false;
    for (const { image, to } of updates) {
      const key = imageKeyOf(app, image);
      const known = this.#known.get(key);
      if (known === undefined) continue;
      const context = { files, memory, nowMs: now(), signal };
      const judged = await settle(() => judgeRollback(known.subject, place, context));
      const found: RollbackJudgement = judged.ok ? judged.value : { kind: 'unread', failure: judged.failure };
      if (found.kind === 'free' || mayCome(found, known.subject, to)) continue;
      this.#known.set(key, { ...known, found: placed(found, branch.branch) });
      isTaken = true;
    }
    return isTaken;
  }
}

function mayCome(
  found: RollbackJudgement,
  { candidates = [], image }: RollbackSubject,
  to: ImageRef,
): boolean {
  if (found.kind !== 'taken-back') return false;
  return passes(found.taken, candidates.find(({ tag }) => tag === to.tag) ?? to, image.strategy);
}

function placed(found: RollbackJudgement, branch: string): RollbackJudgement {
  return found.kind === 'taken-back'
    ? { ...found, taken: { ...found.taken, why: `on branch ${branch}` } }
    : found;
}
