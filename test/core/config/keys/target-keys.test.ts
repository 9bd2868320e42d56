/** Keys of Helm that are written. */
import { describe, expect, it } from 'vitest';
import { parameterKeys, valueKeys } from '../../../../src/core/config/keys/target-keys.ts';

const both = { name: 'image.name', tag: 'image.tag' };

describe('keys', () => {
  it.each([
    [{}, both, both],
    [{ name: 'a' }, { name: 'a', tag: 'image.tag' }, { name: 'a' }],
    [{ tag: 'b' }, { name: 'image.name', tag: 'b' }, { tag: 'b' }],
    [
      { name: 'a', tag: 'b' },
      { name: 'a', tag: 'b' },
      { name: 'a', tag: 'b' },
    ],
    [{ name: 'a', tag: 'b', spec: 'c' }, { spec: 'c' }, { spec: 'c' }],
  ])('%j: parameters %j, values %j', (annotated, parameters, values) => {
    expect(parameterKeys(annotated)).toEqual(parameters);
    expect(valueKeys(annotated)).toEqual(values);
  });
});
