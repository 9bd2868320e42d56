/** The groups of a cycle, with everybody who belongs to them (spec/policies.md 6.1). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { appKey } from '../../../core/config/application.ts';
import { type GroupEntry, type GroupRoster, groupRosters } from '../../../core/policy/read/group-rosters.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import type { Seat } from './meeting.ts';

export type Roster = GroupRoster<Seat>;

export function rostersOf(configs: readonly AppConfig[], policiesOf: PoliciesOf): readonly Roster[] {
  return groupRosters(configs.flatMap((config) => entriesOf(config, policiesOf)));
}

function entriesOf({ app, images }: AppConfig, policiesOf: PoliciesOf): readonly GroupEntry<Seat>[] {
  const key = appKey(app);
  return [...policiesOf(key)].flatMap(([index, { group }]) => {
    if (group === undefined) return [];
    const alias = images[index]?.alias ?? '';
    const name = alias === '' ? key : `${key} ${alias}`;
    const image = images[index]?.image;
    const followsDigest = image?.ok === true && image.value.strategy.kind === 'digest';
    return [{ image: { app: key, index }, name, project: app.project, settings: group.value, followsDigest }];
  });
}
