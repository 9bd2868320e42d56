/** Never backwards by accident: a registry that loses tags moves nobody to an older version. */
import type { TrackedImage } from '../config/annotations.ts';
import { satisfies } from '../version/constraint.ts';
import { order } from '../policy/order.ts';
import { parseVersion } from '../version/version.ts';

/** True if the strategy itself orders the tag before the running one; false also where nothing tells. */
export function isStepBack({ strategy }: TrackedImage, tag: string, running: string): boolean {
  return order(strategy, { tag }, { tag: running }) === 'older'; // a tag that is not listed has no date
}

/** True if the constraint takes the tag; who has none takes every version. */
export function isWithinConstraint({ strategy }: TrackedImage, tag: string): boolean {
  if (strategy.kind !== 'semver') return true;
  const version = parseVersion(tag);
  if (version === undefined) return false;
  return strategy.constraint === undefined || satisfies(strategy.constraint, version);
}

export function keptMessage(running: string, chosen: string): string {
  return `${running} is allowed, but the registry lists it no more: it is kept, for ${chosen} would be a step back; downgrade: allow takes it`;
}
