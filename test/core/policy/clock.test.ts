import { describe, expect, it } from 'vitest';
import { clockVerdict, readClock } from '../../../src/core/policy/clock.ts';

const theirsMs = Date.UTC(2026, 10, 28, 10);
const minuteMs = 60_000;

describe('a clock', () => {
  it.each([
    ['OR-12', 10 * minuteMs, '10m ahead of'],
    ['AG-07', 30 * 24 * 60 * minuteMs, '720h ahead of'],
    ['behind', -(5 * minuteMs + 1000), '6m behind'],
  ])('%s: that is off answers nothing about time', (_, offMs, words) => {
    const verdict = clockVerdict({ theirsMs, oursMs: theirsMs + offMs, whose: 'the API server' });

    expect(verdict).toEqual({
      code: 'policy-unknown',
      kind: 'held',
      reason: `the clock here is ${words} that of the API server`,
      ends: 'both clocks within 5m of one another',
    });
  });

  it.each([0, 5 * minuteMs, -5 * minuteMs])('may be off by %d ms', (offMs) => {
    expect(clockVerdict({ theirsMs, oursMs: theirsMs + offMs, whose: 'the API server' })).toBeUndefined();
  });

  it.each([
    ['Sat, 28 Nov 2026 10:00:00 GMT', theirsMs],
    ['soon', undefined],
    [undefined, undefined],
  ])('is read from the header Date: %s', (date, expected) => {
    expect(readClock(date, 7, 'the API server')).toEqual(
      expected === undefined ? undefined : { theirsMs: expected, oursMs: 7, whose: 'the API server' },
    );
  });

  it('is not doubted where nobody says what time it is', () => {
    expect(clockVerdict(undefined)).toBeUndefined();
  });
});
