/** Which of two versions is the newer one, as a strategy orders them (spec/policies.md, "Order of versions"). */
import { compareInstants, type Instant, type Strategy } from '../strategy/strategy.ts';
import { compareVersions, parseVersion } from '../version/version.ts';

export interface OrderedVersion {
  readonly tag?: string;
  readonly digest?: string;
  /** Build date: newest-build orders by it alone. Absent where the registry lists the tag no more. */
  readonly created?: Instant;
}

export type Order = 'newer' | 'older' | 'equal' | 'unknown';

/**
 * What `a` is beside `b`. `unknown` where the strategy has no order for them: no version, a date missing or the same
 * for both, two digests of one tag.
 */
export function order(strategy: Strategy, a: OrderedVersion, b: OrderedVersion): Order {
  if (strategy.kind === 'digest') return orderOfDigests(a, b);
  if (a.tag === undefined || b.tag === undefined) return orderOfDigests(a, b);
  const byTag = a.tag === b.tag ? 'equal' : orderOfTags(strategy, a, b, a.tag, b.tag);
  return byTag === 'equal' && areOfTwoImages(a, b) ? 'unknown' : byTag;
}

function orderOfTags(
  strategy: Exclude<Strategy, { kind: 'digest' }>,
  a: OrderedVersion,
  b: OrderedVersion,
  tag: string,
  other: string,
): Order {
  switch (strategy.kind) {
    case 'semver': {
      const [version, beside] = [parseVersion(tag), parseVersion(other)];
      return version === undefined || beside === undefined
        ? 'unknown'
        : named(compareVersions(version, beside));
    }
    case 'alphabetical':
      return named(tag < other ? -1 : 1); // by code unit, as Go compares the bytes of a tag
    case 'newest-build': {
      if (a.created === undefined || b.created === undefined) return 'unknown';
      const difference = compareInstants(a.created, b.created);
      return difference === 0 ? 'unknown' : named(difference);
    }
  }
}

function named(difference: number): Order {
  if (difference === 0) return 'equal';
  return difference > 0 ? 'newer' : 'older';
}

function orderOfDigests({ digest }: OrderedVersion, { digest: other }: OrderedVersion): Order {
  return digest !== undefined && digest === other ? 'equal' : 'unknown';
}

function areOfTwoImages({ digest }: OrderedVersion, { digest: other }: OrderedVersion): boolean {
  return digest !== undefined && other !== undefined && digest !== other;
}
