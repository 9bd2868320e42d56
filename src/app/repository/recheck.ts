/** Last looks, directly before a commit, at what the decisions behind it were made on. */
import type { Outcome } from '../../core/base/outcome.ts';
import type { TrackedImage } from '../../core/config/tracked-image.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { GitRepository } from '../../ports/git.ts';
import type { Histories } from './histories.ts';

/** Asked at each attempt (policies.md 1.1); true: policies have to judge the intention again. */
export interface Recheck {
  /**
   * A gate has closed, the base branch holds other versions than those that were judged, or what is to be written was
   * there meanwhile and was taken back (RB-22).
   */
  base(
    intention: GitIntention,
    heldNow: (images: readonly TrackedImage[]) => Promise<Outcome<readonly KnownVersion[]>>,
    base: BranchHead,
  ): Promise<boolean>;
  /** Somebody took back on the write branch what we had written there (policies.md 2.6). */
  writeBranch(intention: GitIntention, branch: BranchHead): Promise<boolean>;
}

/** A branch that a commit would be built on: base, or a write branch. */
export interface BranchHead {
  readonly repository: Pick<GitRepository, 'read' | 'list' | 'fetch'>;
  readonly histories: Histories;
  readonly branch: string;
  /** The branch that Argo CD follows. */
  readonly base: string;
  readonly head: string;
}
