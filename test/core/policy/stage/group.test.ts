import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  chooseForGroup,
  type GroupChoice,
  type GroupMember,
} from '../../../../src/core/policy/stage/group.ts';
import { compareVersions, parseVersion } from '../../../../src/core/version/version.ts';

interface Given {
  readonly at: string;
  readonly has: readonly string[];
  readonly stopped?: GroupMember['stopped'];
  readonly dropped?: Readonly<Record<string, string>>;
  readonly byVersion?: boolean;
}

function compare(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) throw new Error(`${a}, ${b}: not versions`);
  return compareVersions(left, right);
}

/** A member of strategy semver: its candidates are the versions newer than what it is at. */
function member(name: string, { at, has, stopped, dropped, byVersion = false }: Given): GroupMember {
  const idOf = (tag: string): string => (byVersion ? tag.replace(/^v/, '') : tag);
  return {
    name,
    candidates: has
      .filter((tag) => compare(tag, at) > 0 && dropped?.[tag] === undefined)
      .toSorted((a, b) => compare(b, a))
      .map((tag) => ({ version: tag, id: idOf(tag) })),
    current: idOf(at),
    isOrdered: true,
    isBehind: (id) => compare(id, at) < 0,
    ...(stopped === undefined ? {} : { stopped }),
    dropped: (id) => dropped?.[id],
  };
}

function choose(members: Readonly<Record<string, Given>>, min = 2): readonly GroupChoice[] {
  return chooseForGroup(
    'release',
    Object.entries(members).map(([name, given]) => member(name, given)),
    min,
  );
}

function shown(choices: readonly GroupChoice[]): readonly string[] {
  return choices.map((choice) => {
    if (choice.kind === 'moves') return choice.version;
    return choice.kind === 'stays' ? 'stays' : `${choice.verdict.code}: ${choice.verdict.reason}`;
  });
}

describe('a group moves to one version, or not at all', () => {
  it.each<{ row: string; members: Readonly<Record<string, Given>>; expected: readonly string[] }>([
    {
      row: 'GR-01',
      members: { fe: { at: '1.0.0', has: ['1.1.0'] }, be: { at: '1.0.0', has: [] } },
      expected: ['group-missing: group release: be lacks 1.1.0', 'stays'],
    },
    {
      row: 'GR-02',
      members: { fe: { at: '1.0.0', has: ['1.1.0'] }, be: { at: '1.0.0', has: ['1.1.0'] } },
      expected: ['1.1.0', '1.1.0'],
    },
    {
      row: 'GR-03',
      members: { fe: { at: '1.0.0', has: ['1.2.0', '1.1.0'] }, be: { at: '1.0.0', has: ['1.1.0'] } },
      expected: ['1.1.0', '1.1.0'],
    },
    {
      row: 'GR-04',
      members: { fe: { at: '1.2.0', has: ['1.1.0'] }, be: { at: '1.0.0', has: ['1.1.0'] } },
      expected: ['stays', 'group-ahead: group release: fe is at 1.2.0, ahead of 1.1.0'],
    },
    {
      row: 'GR-05',
      members: { fe: { at: '1.2.0', has: ['1.1.0'] }, be: { at: '1.0.0', has: ['1.1.0', '1.2.0'] } },
      expected: ['stays', '1.2.0'],
    },
    {
      row: 'GR-06',
      members: {
        fe: { at: '1.0.0', has: ['1.1.0'] },
        be: { at: '1.0.0', has: ['1.1.0'], stopped: { kind: 'withheld', reason: 'hold until removed' } },
      },
      expected: ['group-held: group release: be is withheld: hold until removed', 'stays'],
    },
    {
      row: 'GR-07 while it is rolled back',
      members: {
        fe: { at: '1.0.0', has: ['1.1.0'] },
        be: { at: '1.0.0', has: ['1.1.0'], dropped: { '1.1.0': 'taken back' } },
      },
      expected: ['group-missing: group release: be lacks 1.1.0 (taken back)', 'stays'],
    },
    {
      row: 'GR-07 with a newer one',
      members: {
        fe: { at: '1.0.0', has: ['1.1.0', '1.2.0'] },
        be: { at: '1.0.0', has: ['1.1.0', '1.2.0'], dropped: { '1.1.0': 'taken back' } },
      },
      expected: ['1.2.0', '1.2.0'],
    },
    {
      row: 'GR-08 by tag',
      members: { fe: { at: '1.0.0', has: ['v1.1.0'] }, be: { at: '1.0.0', has: ['1.1.0'] } },
      expected: [
        'group-missing: group release: be lacks v1.1.0',
        'group-missing: group release: fe lacks 1.1.0',
      ],
    },
    {
      row: 'GR-08 by version',
      members: {
        fe: { at: '1.0.0', has: ['v1.1.0'], byVersion: true },
        be: { at: '1.0.0', has: ['1.1.0'], byVersion: true },
      },
      expected: ['v1.1.0', '1.1.0'],
    },
    {
      row: 'GR-10',
      members: { fe: { at: '1.0.0', has: ['1.1.0'] } },
      expected: ['group-alone: group release has 1 of at least 2 members'],
    },
    {
      row: 'GR-12',
      members: {
        fe: { at: '1.0.0', has: ['1.1.0'] },
        be: { at: '1.0.0', has: [], stopped: { kind: 'failed', reason: 'the registry did not answer' } },
      },
      expected: ['group-failed: group release: be cannot be decided: the registry did not answer', 'stays'],
    },
  ])('$row', ({ members, expected }) => {
    expect(shown(choose(members))).toEqual(expected);
  });

  it('GR-09: by label, whatever the tags are', () => {
    const fe = { ...member('fe', { at: '6.0.0', has: [] }), candidates: [{ version: '7', id: 'abc' }] };
    const be = { ...member('be', { at: '11.0.0', has: [] }), candidates: [{ version: '12', id: 'abc' }] };
    const unordered = [fe, be].map((each) => ({ ...each, current: 'old', isBehind: () => false }));

    expect(shown(chooseForGroup('release', unordered, 2))).toEqual(['7', '12']);
  });

  it('who prefers different versions by their own rules disagrees, and nobody moves', () => {
    const either = [
      { version: 'a', id: 'a' },
      { version: 'b', id: 'b' },
    ];
    const plain = { current: 'old', isOrdered: true, isBehind: () => false };
    const members = [
      { ...plain, name: 'fe', candidates: either },
      { ...plain, name: 'be', candidates: either.toReversed() },
    ];

    expect(shown(chooseForGroup('release', members, 2))).toEqual(
      Array.from({ length: 2 }, () => 'group-disagree: group release: fe prefers a, be prefers b'),
    );
  });

  it('is never split, and lowers nobody, whatever its members have', () => {
    const version = fc.integer({ min: 0, max: 6 }).map((minor) => `1.${minor}.0`);
    const given = fc.record({ at: version, has: fc.uniqueArray(version, { maxLength: 6 }) });
    fc.assert(
      fc.property(fc.array(given, { minLength: 2, maxLength: 5 }), (all) => {
        const choices = choose(Object.fromEntries(all.map((each, i) => [`m${i}`, each])));
        const moved = choices.flatMap((choice) => (choice.kind === 'moves' ? [choice.version] : []));

        expect(new Set(moved).size).toBeLessThanOrEqual(1);
        const [to] = moved;
        if (to === undefined) return;
        for (const [i, { at }] of all.entries()) {
          if (choices[i]?.kind === 'moves') expect(compare(to, at)).toBeGreaterThan(0);
          else expect(at).toBe(to);
        }
      }),
    );
  });
});
