/** Applications that are decided together: a cycle for one of them is one for all (GR-11). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../../core/config/application.ts';
import { repositoryName } from '../../../core/image/image.ts';
import { groupRosters } from '../../../core/policy/read/group-rosters.ts';
import { entriesOf } from './groups.ts';
import type { Seat } from './meeting.ts';
import type { PoliciesOf } from '../judge/policies.ts';

export function companionsOf(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
): readonly ReadonlySet<AppKey>[] {
  const groups = groupRosters(entriesOf(configs, policiesOf)).map(
    ({ members }) => new Set(members.map(({ image }) => image.app)),
  );
  const cohorts = [...cohortSeats(configs, policiesOf).values()].map(
    (seats) => new Set(seats.map(({ app }) => app)),
  );
  return [...groups, ...cohorts].filter(({ size }) => size > 1);
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

/** All images of a repository that take new versions in turn, by the repository. */
export function cohortSeats(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
): ReadonlyMap<string, readonly Seat[]> {
  const seats = configs.flatMap(({ app, images }) =>
    [...policiesOf(appKey(app))].flatMap(([index, { rollout }]) => {
      const image = images[index]?.image;
      if (rollout === undefined || image?.ok !== true) return [];
      return [{ seat: { app: appKey(app), index }, repository: repositoryName(image.value.ref.canonical) }];
    }),
  );
  const grouped = Map.groupBy(seats, ({ repository }) => repository);
  return new Map([...grouped].map(([repository, all]) => [repository, all.map(({ seat }) => seat)]));
}
