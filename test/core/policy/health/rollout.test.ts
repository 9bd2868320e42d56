import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollout, type RolloutMember } from '../../../../src/core/policy/health/rollout.ts';

const quarter = { kind: 'percent', percent: 25 } as const;
const oneFirst = { kind: 'count', count: 1 } as const;

function member(name: string, more: Partial<RolloutMember> = {}): RolloutMember {
  const unproven = `argocd/${name} is Progressing`;
  return { apps: [`argocd/${name}`], shares: [quarter], order: 500, isThere: false, unproven, ...more };
}

const eight = Array.from({ length: 8 }, (_, index) => member(`app-${index}`));

function provenAt(members: readonly RolloutMember[], names: readonly string[]): readonly RolloutMember[] {
  return members.map((one) => {
    if (!names.includes(one.apps[0] ?? '')) return one;
    const { unproven: _, ...rest } = one;
    return { ...rest, isThere: true };
  });
}

describe('rollout', () => {
  it('HE-25: of eight a quarter goes first, the same two whatever the order', () => {
    const { first, verdict } = planRollout('1.1.0', eight);

    expect(first).toHaveLength(2);
    expect(verdict).toEqual({
      code: 'rollout',
      kind: 'waiting',
      reason: `2 of 8 take 1.1.0 first: ${first[0]} is Progressing`,
      ends: `1.1.0 proven at ${first.join(', ')}, or a newer version`,
    });
    fc.assert(
      fc.property(fc.shuffledSubarray(eight, { minLength: 8 }), (members) => {
        expect(planRollout('1.1.0', members).first).toEqual(first);
      }),
    );
  });

  it('HE-26, HE-28: who is withheld or gone is none of them, and the next one takes its place', () => {
    const { first } = planRollout('1.1.0', eight);
    const others = eight.filter(({ apps }) => apps[0] !== first[0]);

    const again = planRollout('1.1.0', others).first;

    expect(again).toHaveLength(2);
    expect(again[0]).toBe(first[1]);
  });

  it('all others wait until it is proven at every one of the first', () => {
    const { first } = planRollout('1.1.0', eight);

    expect(planRollout('1.1.0', provenAt(eight, first.slice(0, 1))).verdict?.reason).toContain(first[1]);
    expect(planRollout('1.1.0', provenAt(eight, first)).verdict).toBeUndefined();
  });

  it('HE-27: the same two take a newer version at once, and the others what those have proven before', () => {
    const { first } = planRollout('1.1.0', eight);

    expect(planRollout('1.2.0', eight).first).toEqual(first);
    expect(planRollout('1.1.0', provenAt(eight, first))).toEqual({ first });
  });

  it('who is there already counts among the first', () => {
    const members = [...eight.slice(1), member('app-0', { isThere: true })];

    expect(planRollout('1.1.0', members).first[0]).toBe('argocd/app-0');
  });

  it('rollout-order comes before chance', () => {
    const members = [...eight, member('canary', { order: 0 })];

    expect(planRollout('1.1.0', members).first[0]).toBe('argocd/canary');
  });

  it.each([
    ['the smallest wish counts', [member('a'), member('b'), member('c', { shares: [quarter, oneFirst] })], 1],
    ['percent are rounded up', eight.slice(0, 5), 2],
    [
      'more than there are is all',
      [
        member('a', { shares: [{ kind: 'count', count: 9 }] }),
        member('b', { shares: [{ kind: 'count', count: 9 }] }),
      ],
      2,
    ],
    ['alone it waits for nobody', [member('a')], 1],
  ])('%s', (_, members, count) => {
    const { first, verdict } = planRollout('1.1.0', members);

    expect(first).toHaveLength(count);
    expect(verdict === undefined).toBe(first.length === members.length);
  });

  it('a group is one of them, by its first Application', () => {
    const group = member('a', { apps: ['argocd/a', 'argocd/z'], order: 0 });

    expect(planRollout('1.1.0', [group, member('b', { shares: [oneFirst] })]).first).toEqual(['argocd/a']);
  });
});
