/** Who may not be written after all, as policies say directly before a commit; and who is written with them. */
import type { Failure } from '../../../core/base/outcome.ts';
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { Location } from '../../repository/locate.ts';
import type { BranchHead } from '../../repository/recheck.ts';
import { failed, type Settled, stale, type WriteContext } from './context.ts';
import type { BranchItem } from './edit-branch.ts';
import { failWithUnit, unitOf } from './units.ts';

export interface ReadItems {
  readonly items: readonly BranchItem[];
  /** Those who have no files that can be read, or whose files are ahead of them. */
  readonly settled: readonly Settled[];
}

/** Those of whom somebody took back on the write branch what is to be written: it is left as it is. */
export async function takenBackOn(
  branch: BranchHead,
  items: readonly BranchItem[],
  location: Location,
  { recheck }: WriteContext,
): Promise<readonly Settled[]> {
  const stopped: Settled[] = [];
  for (const { intention } of items)
    if ((await recheck?.writeBranch(intention, branch)) === true) stopped.push(stale(intention, location));
  return stopped;
}

/** Those whose end is not told yet. */
export function withoutSettled<Item extends { readonly intention: GitIntention }>(
  items: readonly Item[],
  settled: readonly Settled[],
): readonly Item[] {
  const gone = new Set(settled.map(({ intention }) => intention));
  return items.filter(({ intention }) => !gone.has(intention));
}

/** Those that policies would have to judge again are not written in this attempt. */
export async function withoutStale(
  { items, settled }: ReadItems,
  base: BranchHead,
  location: Location,
  { recheck, files }: WriteContext,
): Promise<ReadItems> {
  if (recheck === undefined) return { items, settled };
  const sound: BranchItem[] = [];
  const stopped: Settled[] = [];
  for (const item of items) {
    const { app, writeBack, edit } = item.intention;
    const by = { ok: true, value: writeBack } as const;
    const heldNow = (images: readonly TrackedImage[]) =>
      files.perform('versions', item.files.texts, { app, writeBack: by, images, edit });
    if (await recheck.base(item.intention, heldNow, base)) stopped.push(stale(item.intention, location));
    else sound.push(item);
  }
  return { items: sound, settled: [...settled, ...stopped] };
}

/**
 * Of a unit of which somebody cannot be written nobody is; where somebody is to be judged again, all are, for they have
 * to agree anew.
 */
export function wholeUnits({ items, settled }: ReadItems, location: Location): ReadItems {
  const failures = new Map<GitIntention, Failure>();
  const again = new Set<unknown>();
  for (const { intention, result, stale: isStale } of settled) {
    if (isStale === true) again.add(unitOf(intention));
    else if (result.kind === 'failed') failures.set(intention, result.failure);
  }
  const left = [
    ...items.map(({ intention }) => intention),
    ...settled.flatMap(({ intention, stale: isStale }) => (isStale === true ? [intention] : [])),
  ];
  const others = failWithUnit(left, failures);
  const stopped = left.flatMap((intention) => {
    const failure = others.get(intention);
    if (failure !== undefined) return [failed(intention, failure)];
    return again.has(unitOf(intention)) ? [stale(intention, location)] : [];
  });
  return {
    items: withoutSettled(items, stopped),
    settled: [...withoutSettled(settled, stopped), ...stopped],
  };
}
