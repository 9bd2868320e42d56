/** Applications that want different values for one scalar of one branch. */
import {
  type Conflict,
  claimsOf,
  describeConflict,
  findConflicts,
} from '../../../core/conflicts/place-claims.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';

/** An application, and the branch of a repository that it writes to or has an interest in. */
export interface Claimant {
  readonly intention: GitIntention;
  readonly branch: string;
}

/** One failure for each of `wanting` whose claims conflict with somebody's; those of `standing` have nothing to lose. */
export function findConflictFailures(
  wanting: readonly Claimant[],
  standing: readonly Claimant[],
): ReadonlyMap<GitIntention, Failure> {
  const failures = new Map<GitIntention, Failure>();
  const writing = new Set(wanting.map(({ intention }) => intention));
  const branches = Map.groupBy([...wanting, ...standing], ({ branch }) => branch);
  for (const claimants of branches.values()) {
    const parties = claimants.map(({ intention }) => ({
      party: intention,
      claims: claimsOf(intention.edit),
    }));
    for (const conflict of findConflicts(parties)) {
      for (const { party } of conflict.claims)
        if (writing.has(party) && !failures.has(party)) failures.set(party, conflictFailure(conflict));
    }
  }
  return failures;
}

export function conflictFailure(conflict: Conflict<GitIntention>): Failure {
  const [path = ''] = conflict.place.split(': ', 1);
  const holders = conflict.claims.flatMap(({ party }) => party.withholds ?? []);
  const heldBy = holders.length === 0 ? {} : { heldBy: holders.join('; ') };
  return { kind: 'edit', path, message: describeConflict(conflict), ...heldBy };
}
