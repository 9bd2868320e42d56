/** Never backwards by accident: a registry that loses tags moves nobody to an older version. */
import type { TrackedImage } from '../config/annotations.ts';
import type { Reason } from '../policy/verdict.ts';
import { order } from '../policy/order.ts';
import { isOutgrown, mayFollow } from '../strategy/tag-order.ts';

/** True if the strategy itself orders the tag before the running one; false also where nothing tells. */
export function isStepBack({ strategy }: TrackedImage, tag: string, running: string): boolean {
  return order(strategy, { tag }, { tag: running }) === 'older'; // a tag that is not listed has no date
}

/** True if the strategy could have chosen the tag, or did before pre-releases were left out. */
export function mayStay({ strategy }: TrackedImage, tag: string): boolean {
  return mayFollow(strategy, tag) || isOutgrown(strategy, tag);
}

export function keptMessage(running: string, chosen: string): string {
  return `${running} is allowed, but the registry lists it no more: it is kept, for ${chosen} would be a step back; downgrade: allow takes it`;
}

/** Why a pre-release stays that nothing would choose any more. */
export function outgrown(running: string, chosen: string): Reason {
  return {
    code: 'prerelease',
    kind: 'held',
    reason: `${running} is a pre-release, which prerelease leaves out, and ${chosen} would be a step back`,
    ends: `a version newer than ${running} that is admitted`,
    also: [],
  };
}
