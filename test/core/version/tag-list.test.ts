/** Lists of tags as they are gathered, the very long ones too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatheredTags } from '../../../src/core/version/gathered-tags.ts';
import { isLong, type TagList } from '../../../src/core/version/tag-list.ts';

const many = Array.from({ length: 100_001 }, (_, index) => `v1.${index}.0`);

function gathered(tags: readonly string[], seed = 7): TagList {
  const all = new GatheredTags(seed);
  for (const tag of tags) all.add(tag);
  return all.list(() => undefined);
}

describe('a list of tags', () => {
  it('fault A6: says the same in one text as in many', () => {
    const list = gathered(many);

    expect(Array.isArray(list)).toBe(false);
    expect(isLong(list)).toBe(true);
    expect(list.length).toBe(many.length);
    expect([...list]).toEqual(many);
    expect([list.includes('v1.0.0'), list.includes('v1.100000.0'), list.includes('v1.0')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('of usual length is one of strings', () => {
    const few = many.slice(0, 100_000);

    expect(gathered(few)).toEqual(few);
    expect(isLong(gathered(few))).toBe(false);
  });

  it('may be walked through several times, and left early', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[\w.-]{1,20}$/), { minLength: 1, maxLength: 5 }), (odd) => {
        const expected = [...new Set([...odd, ...many])];
        const list = gathered([...odd, ...many]);
        const [first] = list;
        expect(first).toBe(odd[0]);
        expect(Array.from(list).slice(0, odd.length)).toEqual(expected.slice(0, odd.length));
      }),
      { numRuns: 5 },
    );
  });
});

describe('tags that are gathered', () => {
  const tag = fc.stringMatching(/^\w[\w.-]{0,127}$/);

  it('fault A6: come out in the order in which they came, each once, whatever the seed', () => {
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 300 }), fc.integer(), (tags, seed) => {
        expect([...gathered([...tags, ...tags], seed)]).toEqual([...new Set(tags)]);
      }),
    );
  });

  it.each([
    { order: 'backwards', tags: many.toReversed() },
    { order: 'twice', tags: [...many, ...many] },
    { order: 'of the longest', tags: many.map((short) => short.padEnd(128, 'x')) },
  ])('fault A6: $order take little more than their characters', ({ tags }) => {
    const all = new GatheredTags(3);
    for (const each of tags) all.add(each);
    const characters = new Set(tags).values().reduce((sum, { length }) => sum + length + 1, 0);

    expect(all.length).toBe(many.length);
    expect([...all.list(() => undefined)]).toEqual([...new Set(tags)]);
    expect(all.bytes).toBeLessThanOrEqual(characters * 1.01 + 129);
  });
});
