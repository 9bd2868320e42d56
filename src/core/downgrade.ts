/** Never backwards by accident: a registry that loses tags moves nobody to an older version. */
import type { TrackedImage } from './config/annotations.ts';
import { satisfies } from './version/constraint.ts';
import { compareVersions, parseVersion } from './version/version.ts';

/** True if the strategy itself orders the tag before the running one; false also where nothing tells. */
export function isStepBack({ strategy }: TrackedImage, tag: string, running: string): boolean {
  switch (strategy.kind) {
    case 'semver': {
      const [to, from] = [parseVersion(tag), parseVersion(running)];
      return to !== undefined && from !== undefined && compareVersions(to, from) < 0;
    }
    case 'alphabetical':
      return tag < running;
    case 'newest-build': // a tag that is not listed has no date
    case 'digest':
      return false;
  }
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
