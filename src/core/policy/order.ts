/** Which of two versions is the newer one, as a strategy orders them (spec/policies.md, "Order of versions"). */
import type { Strategy } from '../strategy/strategy.ts';
import { tagOrder } from '../strategy/tag-order.ts';
import { compareInstants, type Instant } from '../version/instant.ts';

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
  return ordering(strategy)(a, b);
}

/** The same for many versions. */
export function ordering(strategy: Strategy): (a: OrderedVersion, b: OrderedVersion) => Order {
  if (strategy.kind === 'digest') return orderOfDigests;
  const compare = tagOrder(strategy);
  return (a, b) => {
    if (a.tag === undefined || b.tag === undefined) return orderOfDigests(a, b);
    if (a.tag !== b.tag && strategy.kind === 'newest-build') return orderOfBuilds(a, b);
    const difference = a.tag === b.tag ? 0 : compare(a.tag, b.tag);
    if (difference === undefined) return 'unknown';
    return difference === 0 && areOfTwoImages(a, b) ? 'unknown' : named(difference);
  };
}

function orderOfBuilds({ created }: OrderedVersion, { created: other }: OrderedVersion): Order {
  if (created === undefined || other === undefined) return 'unknown';
  const difference = compareInstants(created, other);
  return difference === 0 ? 'unknown' : named(difference);
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
