/** What is to be done to one branch: where it starts, and who wants a change of it. */
import { fail } from '../../../core/base/outcome.ts';
import type { Warning } from '../../../core/config/annotations.ts';
import type { GitIntention } from '../../../core/plan.ts';
import { type BranchItem, isHeld } from './edit-branch.ts';
import type { Located, Location } from '../../repository/locate.ts';
import type { GitRepository } from '../../../ports/git.ts';
import type { RepositorySession } from '../../repository/repositories.ts';
import { targetDoubts } from '../../repository/target-effect.ts';
import { readTargets } from '../../repository/target-files.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { type ReadItems, takenBackOn, wholeUnits, withoutSettled, withoutStale } from './last-look.ts';

/** One branch, the commit to build on, and what to build. */
export interface BranchWork {
  readonly location: Location;
  readonly start: string;
  /** The branch starts anew from base. */
  readonly restarts: boolean;
  readonly items: readonly BranchItem[];
  /** Who wants no change of the branch, because base holds its values. */
  readonly standing: readonly GitIntention[];
}

export interface Prepared {
  /** Those who cannot, or need not, be written. */
  readonly settled: readonly Settled[];
  /** Absent where nobody is left. */
  readonly work?: BranchWork;
}

/** Reads what a branch holds and leaves out what cannot, or need not, be written. */
export async function prepareBranch(
  { repository, histories }: Pick<RepositorySession, 'repository' | 'histories'>,
  members: readonly Located[],
  context: WriteContext,
): Promise<Prepared> {
  const location = members[0]?.location;
  if (location === undefined) return { settled: [] };
  const { branch, base, baseHead, branchHead } = location;
  const read = (commit: string, intentions: readonly GitIntention[]) =>
    readItems(repository, commit, intentions, context);
  const onBase = await read(
    baseHead,
    members.map(({ intention }) => intention),
  );
  const baseNow = { repository, histories, branch: base, base, head: baseHead };
  const { items: sound, settled: judged } = wholeUnits(
    await withoutStale(onBase, baseNow, location, context),
    location,
  );
  const fromBase = { location, start: baseHead, restarts: false, items: sound, standing: [] };
  if (branch === base) return { settled: judged, work: fromBase };
  // A write branch is only needed for what base does not hold yet.
  const items: BranchItem[] = [];
  for (const item of sound) if (!(await isHeld(item, context.files))) items.push(item);
  const heldItems = sound.filter((item) => !items.includes(item));
  const standing = heldItems.map(({ intention }) => intention);
  const held = heldItems.map(({ intention, doubts }) => markHeld({ intention, location }, doubts, context));
  const settled = [...judged, ...held];
  if (items.length === 0) return { settled };
  const anew = { ...fromBase, items, standing };
  if (branchHead === undefined || branchHead === baseHead) return { settled, work: anew };
  const onBranch = await read(
    branchHead,
    items.map(({ intention }) => intention),
  );
  const writeBranch = { ...baseNow, branch, head: branchHead };
  const takenBack = await takenBackOn(writeBranch, onBranch.items, location, context);
  const left = wholeUnits({ items: withoutSettled(items, takenBack), settled: takenBack }, location);
  const settledNow = [...settled, ...left.settled];
  if (left.items.length === 0) return { settled: settledNow };
  if (await isOver(repository, baseHead, branchHead, onBranch.items, context))
    return { settled: settledNow, work: { ...anew, items: left.items, restarts: true } };
  const onto = withoutSettled(onBranch.items, left.settled);
  const unread = withoutSettled(onBranch.settled, left.settled);
  const whole = wholeUnits({ items: onto, settled: unread }, location);
  const work = { ...anew, start: branchHead, items: whole.items };
  return { settled: [...settledNow, ...whole.settled], work };
}

/** The branch holds what the application wants. */
export function markHeld(
  { intention, location }: Located,
  doubts: readonly Warning[],
  { memory }: WriteContext,
): Settled {
  memory.confirm(intention, location, doubts);
  return { intention, result: { kind: 'unchanged' }, warnings: doubts };
}

/**
 * A branch starts anew once base has taken over all that it holds: whoever wrote it, known to us or not, has nothing
 * pending there then (decisions.md 4). One with a commit of somebody else that base has not never does. To ask costs a
 * fetch; a branch that holds what somebody wants and base does not is known to be pending.
 */
async function isOver(
  repository: GitRepository,
  baseHead: string,
  branchHead: string,
  onBranch: readonly BranchItem[],
  { files, signal }: WriteContext,
): Promise<boolean> {
  for (const item of onBranch) if (await isHeld(item, files)) return false;
  const { own, merged } = await repository.branchStanding(branchHead, baseHead, signal);
  return own && merged;
}

function kept(intention: GitIntention, warning: Warning): Settled {
  return { intention, result: { kind: 'unchanged' }, warnings: [warning] };
}

async function readItems(
  repository: GitRepository,
  commit: string,
  intentions: readonly GitIntention[],
  { files: work, signal }: Pick<WriteContext, 'files' | 'signal'>,
): Promise<ReadItems> {
  const edits = intentions.map(({ edit }) => edit);
  const outcomes = await readTargets(repository, commit, edits, { files: work, signal });
  const items: BranchItem[] = [];
  const settled: Settled[] = [];
  for (const [i, intention] of intentions.entries()) {
    const files =
      outcomes[i] ?? fail({ kind: 'unexpected', message: 'target not read', cause: intention.key });
    if (!files.ok) {
      settled.push(failed(intention, files.failure));
      continue;
    }
    const { app, writeBack, edit, updates } = intention;
    const stepBack = await work.perform('stepBack', files.value.texts, { app, writeBack, edit, updates });
    if (!stepBack.ok) settled.push(failed(intention, stepBack.failure));
    else if (stepBack.value !== undefined) settled.push(kept(intention, stepBack.value));
    else {
      const doubts = await targetDoubts(repository, commit, edit, files.value, { files: work, signal });
      items.push({ intention, files: files.value, doubts });
    }
  }
  return { items, settled };
}
