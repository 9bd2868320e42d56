/** Lists of tags, the very long ones too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLong, tagList } from '../../../src/core/version/tag-list.ts';

const many = Array.from({ length: 100_001 }, (_, index) => `v1.${index}.0`);

describe('a list of tags', () => {
  it('fault A6: says the same in one text as in many', () => {
    const list = tagList(many);

    expect(list).not.toBe(many);
    expect(isLong(list)).toBe(true);
    expect(list.length).toBe(many.length);
    expect([...list]).toEqual(many);
    expect([list.includes('v1.0.0'), list.includes('v1.100000.0'), list.includes('v1.0')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('of usual length is left as it is', () => {
    const few = many.slice(0, 100_000);

    expect(tagList(few)).toBe(few);
    expect(isLong(few)).toBe(false);
  });

  it('may be walked through several times, and left early', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[\w.-]{1,20}$/), { minLength: 1, maxLength: 5 }), (odd) => {
        const list = tagList([...odd, ...many]);
        const [first] = list;
        expect(first).toBe(odd[0]);
        expect(Array.from(list).slice(0, odd.length)).toEqual(odd);
      }),
      { numRuns: 5 },
    );
  });
});
