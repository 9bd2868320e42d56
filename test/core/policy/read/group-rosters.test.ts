/** Membership of groups: rows of spec/policies.md 6.1. */
import { describe, expect, it } from 'vitest';
import { groupRosters } from '../../../../src/core/policy/read/group-rosters.ts';
import type { GroupSettings } from '../../../../src/core/policy/settings.ts';

function entry(name: string, project: string, more: Partial<GroupSettings> = {}) {
  const settings: GroupSettings = { name: 'shop', by: { kind: 'tag' }, minMembers: 2, ...more };
  return { image: name, name, project, settings };
}

describe('groups', () => {
  it('GR-16 the same name in two projects is two groups, with a slash it is one', () => {
    expect(
      groupRosters([entry('a', 'p'), entry('b', 'q'), entry('c', 'p')]).map(({ members }) => members.length),
    ).toEqual([2, 1]);
    const shared = { name: '/shop' };
    expect(groupRosters([entry('a', 'p', shared), entry('b', 'q', shared)])).toMatchObject([
      { name: '/shop' },
    ]);
  });

  it('the largest group-min counts', () => {
    expect(groupRosters([entry('a', 'p'), entry('b', 'p', { minMembers: 5 })])[0]).toMatchObject({
      minMembers: 5,
      by: { kind: 'tag' },
    });
  });

  it('members that go by different things are named', () => {
    const [group] = groupRosters([
      ...['a', 'b', 'c', 'd'].map((name) => entry(name, 'p')),
      entry('e', 'p', { by: { kind: 'label', label: 'rev' } }),
    ]);

    expect(group?.disagreement).toBe(
      'members go by different things: tag of a, b, c and 1 more, label:rev of e',
    );
    expect(groupRosters([entry('a', 'p'), entry('b', 'p')])[0]?.disagreement).toBeUndefined();
  });
});
