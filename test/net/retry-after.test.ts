import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../src/net/retry-after.ts';

const monthMs = 30 * 86_400_000;
const nowMs = Date.UTC(1994, 10, 6, 8, 49, 30);

describe('Retry-After', () => {
  it.each([
    { name: 'seconds', value: '5', is: 5_000 },
    { name: 'none', value: '0', is: 0 },
    { name: 'blanks around', value: ' 7 ', is: 7_000 },
    { name: 'a day (fault R9)', value: '86400', is: 86_400_000 },
    { name: 'a thousand years', value: '31536000000', is: monthMs },
    { name: 'a date', value: 'Sun, 06 Nov 1994 08:49:37 GMT', is: 7_000 },
    { name: 'a date of RFC 850', value: 'Sunday, 06-Nov-94 08:49:37 GMT', is: 7_000 },
    { name: 'a date of asctime', value: 'Sun Nov  6 08:49:37 1994', is: 7_000 },
    { name: 'a date that is over', value: 'Sun, 06 Nov 1994 08:00:00 GMT', is: 0 },
    { name: 'a date far off', value: 'Fri, 31 Dec 9999 23:59:59 GMT', is: monthMs },
    { name: 'no day', value: 'Sun, 45 Nov 1994 08:49:37 GMT', is: undefined },
    { name: 'a word', value: 'soon', is: undefined },
    { name: 'a negative number', value: '-1', is: undefined },
    { name: 'a fraction', value: '1.5', is: undefined },
    { name: 'a year', value: '1994-11-06', is: undefined },
    { name: 'two values', value: '5, 7', is: undefined },
    { name: 'nothing', value: '', is: undefined },
    { name: 'no header', value: undefined, is: undefined },
  ])('of $name: $is', ({ value, is }) => {
    expect(readRetryAfter(value, nowMs)).toBe(is);
  });

  it('is a bounded pause, or none, whatever it says', () => {
    const value = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9]{1,30}$/),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(value, (text) => {
        const waitMs = readRetryAfter(text, nowMs) ?? 0;

        expect(waitMs >= 0 && waitMs <= monthMs).toBe(true);
      }),
    );
  });
});
