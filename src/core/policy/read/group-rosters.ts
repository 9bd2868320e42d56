/** Who belongs to which group, and whether its members agree on what makes them equal (spec/policies.md 6.1). */
import { optionalProperty } from '../../base/optional-property.ts';
import type { GroupIdentity, GroupSettings } from '../settings.ts';
import { groupByText } from '../words/group.ts';

/** An image that names a group. */
export interface GroupEntry<Image> {
  readonly image: Image;
  /** For people: `argocd/shop web`. */
  readonly name: string;
  readonly project: string;
  readonly settings: GroupSettings;
  /** It follows whatever a tag names: its versions have no tag that tells them apart. */
  readonly followsDigest?: boolean;
}

export interface GroupRoster<Image> {
  readonly name: string;
  readonly by: GroupIdentity;
  /** The largest of those that members ask for. */
  readonly minMembers: number;
  readonly members: readonly GroupEntry<Image>[];
  /** Set where members do not agree: who says what. */
  readonly disagreement?: string;
}

const shownMembers = 3;

/** Groups of one project are others than those of the next, unless the name spans projects. */
export function groupRosters<Image>(entries: readonly GroupEntry<Image>[]): readonly GroupRoster<Image>[] {
  const groups = Map.groupBy(entries, ({ project, settings }) =>
    settings.name.startsWith('/') ? settings.name : `${project} ${settings.name}`,
  );
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [rosterOf(first, members)];
  });
}

function rosterOf<Image>(
  { settings: { name, by } }: GroupEntry<Image>,
  members: readonly GroupEntry<Image>[],
): GroupRoster<Image> {
  const sides = Map.groupBy(members, ({ settings }) => groupByText(settings.by));
  const said = [...sides].map(([text, side]) => `${text} of ${namesOf(side)}`);
  const unnamed = by.kind === 'label' ? [] : members.filter(({ followsDigest }) => followsDigest === true);
  const lack =
    unnamed.length === 0
      ? undefined
      : `a digest has no ${by.kind} to go by (${namesOf(unnamed)}): group-by has to be label:<name>`;
  return {
    name,
    by,
    minMembers: members.reduce((most, { settings }) => Math.max(most, settings.minMembers), 1),
    members,
    ...optionalProperty(
      'disagreement',
      sides.size > 1 ? `members go by different things: ${said.join(', ')}` : lack,
    ),
  };
}

function namesOf<Image>(members: readonly GroupEntry<Image>[]): string {
  const shown = members.slice(0, shownMembers).map(({ name }) => name);
  const others = members.length - shown.length;
  return others === 0 ? shown.join(' and ') : `${shown.join(', ')} and ${others} more`;
}
