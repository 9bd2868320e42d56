/** `group`, `group-by`, `group-min` and `commit-group` of one image. */
import type { GroupSettings, Sourced } from '../settings.ts';
import { groupByText, parseCommitGroup, parseGroup, parseGroupBy } from '../words/group.ts';
import { parseGroupMin } from '../words/order-words.ts';
import type { PolicyDefaults } from './defaults.ts';
import type { PolicyReader } from './policy-reader.ts';

const defaultMin = 2;

/** A tenant cannot join, and so stop, the group of another: what spans projects has to be listed. */
export function readGroup(
  reader: PolicyReader,
  defaults: PolicyDefaults,
): Sourced<GroupSettings> | undefined {
  const group = reader.nearest('group', parseGroup);
  const by = reader.nearest('group-by', parseGroupBy);
  const min = reader.nearest('group-min', parseGroupMin);
  if (group === undefined) {
    for (const vain of [by, min])
      if (vain !== undefined) reader.warnings.push(`${vain.source} has no effect without group`);
    return undefined;
  }
  const { name } = group.value;
  if (name.startsWith('/') && !defaults.maySpanProjects(name)) {
    reader.refuse(
      group.source,
      `${group.source} "${name}": an administrator has to list it in defaults.shared-groups`,
    );
    return undefined;
  }
  if (
    by !== undefined &&
    group.value.by !== undefined &&
    groupByText(by.value) !== groupByText(group.value.by)
  ) {
    const [one, other] = [groupByText(group.value.by), groupByText(by.value)];
    reader.refuse(by.source, `${by.source} "${other}": ${group.source} says /${one}; leave one of them out`);
    return undefined;
  }
  return {
    value: {
      name,
      by: group.value.by ?? by?.value ?? { kind: 'tag' },
      minMembers: min?.value ?? defaultMin,
    },
    source: group.source,
  };
}

export function readCommitGroup(reader: PolicyReader): Sourced<string> | undefined {
  return reader.nearest('commit-group', parseCommitGroup);
}
