import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRecord, parseJson } from '../../../src/core/base/json.ts';

describe('JSON', () => {
  it('of any value is that value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);

        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('fault R9: may begin with a byte order mark, as some servers write it', () => {
    expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it.each(['', '{', "{'a': 1}", 'NaN', '<html>', '{\ufeff}', '['.repeat(100_000)])('is not %j', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });
});

describe('records', () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
    [1, false],
  ])('%j: %s', (value, is) => {
    expect(isRecord(value)).toBe(is);
  });
});
