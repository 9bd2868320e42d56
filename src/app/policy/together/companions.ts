/** Applications that are decided together: a cycle for one of them is one for all (GR-11). */
import type { AppKey } from '../../../core/config/application.ts';
import type { Cohort } from './cohorts.ts';
import type { Roster } from './rosters.ts';

export interface Together {
  readonly rosters: readonly Roster[];
  readonly cohorts: readonly Cohort[];
}

export function companionsOf({ rosters, cohorts }: Together): readonly ReadonlySet<AppKey>[] {
  const groups = rosters.map(({ members }) => members.map(({ image }) => image));
  const all = [...groups, ...cohorts].map((seats) => new Set(seats.map(({ app }) => app)));
  return all.filter(({ size }) => size > 1);
}

/** Whoever is in scope brings his companions, and theirs. */
export function withCompanions(
  isInScope: (app: AppKey) => boolean,
  companions: readonly ReadonlySet<AppKey>[],
): (app: AppKey) => boolean {
  const brought = new Set<AppKey>();
  const isIn = (app: AppKey): boolean => brought.has(app) || isInScope(app);
  let left = companions;
  for (;;) {
    const reached = left.filter((all) => [...all].some(isIn));
    if (reached.length === 0) return isIn;
    for (const all of reached) for (const app of all) brought.add(app);
    left = left.filter((all) => !reached.includes(all));
  }
}
