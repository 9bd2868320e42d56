/** Images that take new versions in turn: all of one repository that have `rollout` (spec/policies.md 7.3). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { appKey } from '../../../core/config/application.ts';
import { repositoryName } from '../../../core/image/image.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import type { Seat } from './meeting.ts';

export type Cohort = readonly Seat[];

export function cohortsOf(configs: readonly AppConfig[], policiesOf: PoliciesOf): readonly Cohort[] {
  const placed = configs.flatMap(({ app, images }) =>
    [...policiesOf(appKey(app))].flatMap(([index, { rollout }]) => {
      const image = images[index]?.image;
      if (rollout === undefined || image?.ok !== true) return [];
      return [{ seat: { app: appKey(app), index }, repository: repositoryName(image.value.ref.canonical) }];
    }),
  );
  const cohorts = Map.groupBy(placed, ({ repository }) => repository);
  return [...cohorts.values()].map((members) => members.map(({ seat }) => seat));
}
