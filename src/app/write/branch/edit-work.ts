/** The edits that a branch gets, with what their commit messages need to know. */
import { type Failure, type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { BranchWork } from './branch-work.ts';
import type { ChangeLabels } from './context.ts';
import type { Claimant } from './conflicts.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { editBranch, type ItemEdit } from './edit-branch.ts';
import { changeLines } from './change-lines.ts';
import { tellsChanges } from './commit-trailers.ts';
import { byUnit, failWithUnit } from './units.ts';

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
  const inUnits = byUnit(items, ({ intention }) => intention);
  const labels = new Map<GitIntention, ChangeLabels>();
  const lines = new Map<GitIntention, readonly string[]>();
  const settled = new Map<GitIntention, Settled>();
  for (;;) {
    const edits = await editBranch(
      inUnits.filter(({ intention }) => !settled.has(intention)),
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
    for (const one of withTheirUnits(edits, settled)) settled.set(one.intention, one);
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

/** Who fails of a unit, and with it all others. */
function withTheirUnits(
  edits: readonly ItemEdit[],
  settled: ReadonlyMap<GitIntention, Settled>,
): readonly Settled[] {
  const failures = new Map<GitIntention, Failure>();
  for (const { intention, result } of settled.values())
    if (result.kind === 'failed') failures.set(intention, result.failure);
  for (const edit of edits)
    if (edit.kind === 'failed' && edit.item.intention.together !== undefined)
      failures.set(edit.item.intention, edit.failure);
  const left = edits.map(({ item }) => item.intention);
  const others = failWithUnit(left, failures);
  const own = left.filter((intention) => intention.together !== undefined && failures.has(intention));
  return [...own, ...others.keys()].flatMap((intention) => {
    const failure = failures.get(intention) ?? others.get(intention);
    return failure === undefined || settled.has(intention) ? [] : [failed(intention, failure)];
  });
}
