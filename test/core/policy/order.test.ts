import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Order, order, type OrderedVersion } from '../../../src/core/policy/order.ts';
import type { Strategy } from '../../../src/core/strategy/strategy.ts';
import { parseInstant } from '../../../src/core/version/instant.ts';

const aa = `sha256:${'a'.repeat(64)}`;
const bb = `sha256:${'b'.repeat(64)}`;

const semver: Strategy = { kind: 'semver' };
const text: Strategy = { kind: 'alphabetical' };
const build: Strategy = { kind: 'newest-build' };
const digest: Strategy = { kind: 'digest', tag: 'main' };

function built(tag: string, day: string): OrderedVersion {
  const created = parseInstant(`2024-01-${day}T00:00:00Z`);
  if (created === undefined) throw new Error(day);
  return { tag, created };
}

describe('the order of versions', () => {
  test.each<[string, Strategy, OrderedVersion, OrderedVersion, Order]>([
    ['semver by precedence', semver, { tag: '2.10.0' }, { tag: '2.9.0' }, 'newer'],
    ['semver, a pre-release', semver, { tag: '2.1.5-rc.1' }, { tag: '2.1.5' }, 'older'],
    ['semver, two spellings', semver, { tag: 'v2.1' }, { tag: '2.1.0' }, 'equal'],
    ['semver, no version', semver, { tag: 'latest' }, { tag: '2.1.0' }, 'unknown'],
    ['semver, the same text that is no version', semver, { tag: 'latest' }, { tag: 'latest' }, 'equal'],
    ['text by code unit', text, { tag: 'b' }, { tag: 'B' }, 'newer'],
    ['text, numbers are no numbers', text, { tag: '10' }, { tag: '9' }, 'older'],
    ['builds by date', build, built('x', '02'), built('y', '01'), 'newer'],
    ['builds of one date', build, built('x', '01'), built('y', '01'), 'unknown'],
    ['a build without a date', build, built('x', '01'), { tag: 'y' }, 'unknown'],
    ['the same build', build, { tag: 'x' }, { tag: 'x' }, 'equal'],
    ['one digest', digest, { tag: 'main', digest: aa }, { digest: aa }, 'equal'],
    ['two digests', digest, { tag: 'main', digest: aa }, { tag: 'main', digest: bb }, 'unknown'],
    ['a digest that is missing', digest, { tag: 'main' }, { tag: 'main' }, 'unknown'],
    ['two digests of a tag', semver, { tag: '1.0.0', digest: aa }, { tag: '1.0.0', digest: bb }, 'unknown'],
    [
      'two digests, two spellings',
      semver,
      { tag: 'v1', digest: aa },
      { tag: '1.0.0', digest: bb },
      'unknown',
    ],
    ['a digest on one side', semver, { tag: '1.0.0', digest: aa }, { tag: '1.0.0' }, 'equal'],
    ['digests beside an order', semver, { tag: '1.0.1', digest: aa }, { tag: '1.0.0', digest: bb }, 'newer'],
    ['no tag on one side', semver, { digest: aa }, { tag: '1.0.0', digest: aa }, 'equal'],
    ['no tag, another digest', semver, { digest: aa }, { tag: '1.0.0' }, 'unknown'],
  ])('%s', (_, strategy, a, b, expected) => {
    expect(order(strategy, a, b)).toBe(expected);
  });

  const strategies = fc.constantFrom(semver, text, build, digest);
  const versions = fc.record(
    {
      tag: fc.constantFrom('1.0.0', 'v1', '1.0.1', '1.0.1-rc.1', 'latest', 'main'),
      digest: fc.constantFrom(aa, bb),
      created: fc.integer({ min: 1, max: 3 }).map((seconds) => ({ seconds, nanos: 0 })),
    },
    { requiredKeys: [] },
  );

  test('turned round, it is turned round', () => {
    const mirrored = { newer: 'older', older: 'newer', equal: 'equal', unknown: 'unknown' } as const;
    fc.assert(
      fc.property(strategies, versions, versions, (strategy, a, b) => {
        expect(order(strategy, b, a)).toBe(mirrored[order(strategy, a, b)]);
      }),
    );
  });
});
