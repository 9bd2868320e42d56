/** A last look, directly before a commit, at what the decisions behind it were made on. */
import type { Outcome } from '../../core/base/outcome.ts';
import type { TrackedImage } from '../../core/config/tracked-image.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import type { GitIntention } from '../../core/plan.ts';

/**
 * True if what policies said of an intention may not hold any more: a gate has closed, or the base branch holds other
 * versions than those that were judged. Asked at each attempt, directly before the commit (policies.md 1.1).
 */
export type Recheck = (
  intention: GitIntention,
  heldNow: (images: readonly TrackedImage[]) => Promise<Outcome<readonly KnownVersion[]>>,
) => Promise<boolean>;
