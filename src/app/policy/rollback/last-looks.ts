/** What somebody has taken back by the time that a commit is built: on base (RB-22), or on a write branch (spec/policies.md 2.6). */
import { settle } from '../../../core/base/settle.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import type { Scope } from '../../../core/policy/rollback/judging.ts';
import { passes } from '../../../core/policy/rollback/taken-back.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { BranchHead } from '../../repository/recheck.ts';
import { judgeRollback, type RollbackContext, type RollbackJudgement } from './judge-rollback.ts';
import { imageKey, imageKeyOf, type RollbackSubject } from './subject.ts';

export type LastLooksOptions = Omit<RollbackContext, 'nowMs'> & {
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** What is found leads to another judgement of the image, at which it is told. */
export class LastLooks {
  readonly #options: LastLooksOptions;
  readonly #subjects = new Map<string, RollbackSubject>();
  /** On write branches. Absent: nobody has looked, or nothing was taken back. */
  readonly #found = new Map<string, RollbackJudgement>();
  /** The commit of base at which an image was judged. */
  readonly #judgedAt = new Map<string, string>();

  constructor(options: LastLooksOptions) {
    this.#options = options;
  }

  judgedAt(subject: RollbackSubject, head: string): void {
    this.#judgedAt.set(imageKey(subject), head);
  }

  /**
   * What the last look at its write branch has found: which branch that is, is known only once all images of its
   * Application are judged. The image may be written from here on.
   */
  foundFor(subject: RollbackSubject): RollbackJudgement {
    const key = imageKey(subject);
    this.#subjects.set(key, subject);
    return this.#found.get(key) ?? { kind: 'free' };
  }

  /**
   * True: what is to be written was taken back on base since it was judged, or nobody can tell. A value that is the
   * same again proves nothing: another instance may have written, and a person have put the old one back.
   */
  async atBase(intention: GitIntention, base: BranchHead): Promise<boolean> {
    const moved = intention.updates.filter(
      ({ image }) => this.#judgedAt.get(imageKeyOf(intention.key, image)) !== base.head,
    );
    return (await this.#look({ ...intention, updates: moved }, base, 'base')).size > 0;
  }

  /** The same of its write branch, beyond base. */
  async atWriteBranch(intention: GitIntention, branch: BranchHead): Promise<boolean> {
    const taken = await this.#look(intention, branch, 'write-branch');
    for (const [key, found] of taken) this.#found.set(key, placed(found, branch.branch));
    return taken.size > 0;
  }

  async #look(
    { key: app, edit, updates }: GitIntention,
    branch: BranchHead,
    scope: Scope,
  ): Promise<ReadonlyMap<string, RollbackJudgement>> {
    const { files, memory, now, signal } = this.#options;
    const taken = new Map<string, RollbackJudgement>();
    for (const { image, to } of updates) {
      const key = imageKeyOf(app, image);
      const subject = this.#subjects.get(key);
      if (subject === undefined) continue;
      const context = { files, memory, nowMs: now(), signal };
      const judged = await settle(() => judgeRollback(subject, { ...branch, edit, scope }, context));
      const found: RollbackJudgement = judged.ok ? judged.value : { kind: 'unread', failure: judged.failure };
      if (found.kind !== 'free' && !mayCome(found, subject, to)) taken.set(key, found);
    }
    return taken;
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
