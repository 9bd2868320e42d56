/** The edits that a branch gets, with what their commit messages need to know. */
import type { GitIntention } from '../../../core/plan.ts';
import type { BranchWork } from './branch-work.ts';
import type { ChangeLabels } from './context.ts';
import type { Claimant } from './conflicts.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { editBranch, type ItemEdit } from './edit-branch.ts';

export interface EditedWork {
  readonly edits: readonly ItemEdit[];
  readonly labels: ReadonlyMap<GitIntention, ChangeLabels>;
  /** Those whose labels cannot be had: without them an application is not written. */
  readonly settled: readonly Settled[];
}

/** `others`: those of the repository who want no change. */
export async function editWork(
  { items, location, standing: held }: BranchWork,
  others: readonly Claimant[],
  { labelsOf, files }: WriteContext,
): Promise<EditedWork> {
  const onBranch = others.filter(({ branch }) => branch === location.branch);
  const standing = [...held, ...onBranch.map(({ intention }) => intention)];
  const labels = new Map<GitIntention, ChangeLabels>();
  const settled = new Map<GitIntention, Settled>();
  for (;;) {
    const edits = await editBranch(
      items.filter(({ intention }) => !settled.has(intention)),
      standing,
      files,
    );
    const before = settled.size;
    if (labelsOf !== undefined) {
      for (const intention of writersOf(edits)) {
        if (labels.has(intention)) continue;
        const found = await labelsOf(intention);
        if (found.ok) labels.set(intention, found.value);
        else settled.set(intention, failed(intention, found.failure));
      }
    }
    if (settled.size === before) return { edits, labels, settled: [...settled.values()] };
  }
}

function writersOf(edits: readonly ItemEdit[]): readonly GitIntention[] {
  return edits.flatMap(({ item, kind }) => (kind === 'edited' ? [item.intention] : []));
}
