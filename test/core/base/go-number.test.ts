import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoFloat, parseGoInteger } from '../../../src/core/base/go-number.ts';

describe('parseGoInteger', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['+7', 7n],
    ['1_000', 1000n],
    ['0x_1F', 31n],
    ['0b11', 3n],
    ['0O17', 15n],
    ['017', 15n],
    ['0_7', 7n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['18446744073709551615', 2n ** 64n - 1n],
  ])('%s -> %s', (text, value) => {
    expect(parseGoInteger(text)).toBe(value);
  });

  it.each([
    '',
    '-',
    '08',
    '1_',
    '_1',
    '1__0',
    '0x',
    '1.0',
    '1e3',
    '18446744073709551616',
    '-9223372036854775809',
    ' 1',
  ])('%j is none', (text) => {
    expect(parseGoInteger(text)).toBeUndefined();
  });

  it('ignores a million zeros in front', () => {
    expect(parseGoInteger(`0${'0'.repeat(1_000_000)}7`)).toBe(7n);
    expect(parseGoInteger('9'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('parseGoFloat', () => {
  it.each([
    ['1', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['-1.5e-3', -0.0015],
    ['1_0.2_5', 10.25],
    ['0x1p-2', 0.25],
    ['-0x1.8P3', -12],
    ['0x1p-1074', 5e-324],
    ['0x_1.8p0', 1.5],
  ])('%s -> %s', (text, value) => {
    expect(parseGoFloat(text)).toBe(value);
  });

  it.each(['', '.', 'e5', '1e', '1e400', '0x1', '0x1p', '0xp1', '1_.5', 'inf', 'NaN', '0x1p9999'])(
    '%j is none',
    (text) => {
      expect(parseGoFloat(text)).toBeUndefined();
    },
  );

  it('reads what JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseGoFloat(String(value))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });
});
