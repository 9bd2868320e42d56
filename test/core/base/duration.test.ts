/** Go durations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGoDuration, parseGoDuration } from '../../../src/core/base/duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['+0', 0],
    ['-0', 0],
    ['0s', 0],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['.5s', 500],
    ['1.s', 1000],
    ['500ms', 500],
    ['3µs', 0.003],
    ['3μs', 0.003],
    ['3us', 0.003],
    ['250ns', 0.00025],
    ['-1m', -60_000],
    ['1m1m', 120_000],
    ['2562047h47m16.854775807s', 9_223_372_036_854.775],
  ])('%s is %d ms', (text, ms) => {
    expect(parseGoDuration(text)).toBeCloseTo(ms, 6);
  });

  it.each([
    '',
    '30',
    '-',
    's',
    '.s',
    '1x',
    '1d',
    ' 1s',
    '1s ',
    '1 s',
    '1,5s',
    '--1s',
    '1e3s',
    '3000000h',
    '00',
  ])('"%s" is no duration', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseGoDuration(text)).toSatisfy((ms) => ms === undefined || Number.isFinite(ms));
      }),
    );
    expect(parseGoDuration(`${'9'.repeat(100_000)}s`)).toBeUndefined();
  });
});

describe('formatGoDuration', () => {
  it.each([
    [0, '0s'],
    [120_000, '2m0s'],
    [3_600_000, '1h0m0s'],
    [5_445_500, '1h30m45.5s'],
    [1500, '1.5s'],
    [250, '250ms'],
    [1.5, '1.5ms'],
    [0.003, '3µs'],
    [0.00025, '250ns'],
    [-60_000, '-1m0s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text);
  });

  it('is read back as the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(parseGoDuration(formatGoDuration(ms))).toBe(ms);
      }),
    );
  });
});
