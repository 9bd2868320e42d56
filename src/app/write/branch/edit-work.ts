/** The edits that a branch gets, with what their commit messages need to know. */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { BranchWork } from './branch-work.ts';
import type { ChangeLabels } from './context.ts';
import type { Claimant } from './conflicts.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { editBranch, type ItemEdit } from './edit-branch.ts';
import { changeLines } from './change-lines.ts';
import { tellsChanges } from './commit-trailers.ts';

export interface EditedWork {
  readonly edits: readonly ItemEdit[];
  readonly labels: ReadonlyMap<GitIntention, ChangeLabels>;
  /** What the commits change, for those whose messages tell it. */
  readonly changeLines: ReadonlyMap<GitIntention, readonly string[]>;
  /** Those whose labels or lines cannot be had: without them an application is not written. */
  readonly settled: readonly Settled[];
}

/** `others`: those of the repository who want no change. */
export async function editWork(
  { items, location, standing: held }: BranchWork,
  others: readonly Claimant[],
  context: WriteContext,
): Promise<EditedWork> {
  const { labelsOf, files } = context;
  const onBranch = others.filter(({ branch }) => branch === location.branch);
  const standing = [...held, ...onBranch.map(({ intention }) => intention)];
  const labels = new Map<GitIntention, ChangeLabels>();
  const lines = new Map<GitIntention, readonly string[]>();
  const settled = new Map<GitIntention, Settled>();
  for (;;) {
    const edits = await editBranch(
      items.filter(({ intention }) => !settled.has(intention)),
      standing,
      files,
    );
    const before = settled.size;
    for (const edit of edits) {
      if (edit.kind !== 'edited') continue;
      const { intention } = edit.item;
      const labelled = await add(labels, intention, labelsOf);
      if (!labelled.ok) settled.set(intention, failed(intention, labelled.failure));
      if (!tellsChanges(intention, context)) continue;
      const told = await changeLines(edit, location.base, files);
      if (told.ok) lines.set(intention, told.value);
      else settled.set(intention, failed(intention, told.failure));
    }
    if (settled.size === before) return { edits, labels, changeLines: lines, settled: [...settled.values()] };
  }
}

/** Asked for once, whatever is edited anew. */
async function add(
  labels: Map<GitIntention, ChangeLabels>,
  intention: GitIntention,
  labelsOf: WriteContext['labelsOf'],
): Promise<Outcome<unknown>> {
  if (labelsOf === undefined || labels.has(intention)) return succeed(undefined);
  const found = await labelsOf(intention);
  if (found.ok) labels.set(intention, found.value);
  return found;
}
