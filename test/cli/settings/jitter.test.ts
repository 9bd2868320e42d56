/** `--jitter` (issue 10, 4): every process a little later than planned, by the same time in each cycle. */
import { describe, expect, it } from 'vitest';
import { delayed } from '../../../src/cli/settings/schedule.ts';

describe('jitter', () => {
  it('makes an interval longer', () => {
    expect(delayed({ kind: 'interval', intervalMs: 120_000 }, 7_000)).toEqual({
      kind: 'interval',
      intervalMs: 127_000,
    });
  });

  it.each([
    ['12:00:00', 7],
    ['11:59:59', 8],
    ['12:00:06', 1],
    ['12:00:07', 60],
    ['12:00:59', 8],
  ])('starts a planned cycle of %s the same time later', (time, seconds) => {
    const plain = { kind: 'cron' as const, expression: '* * * * *', nextDelayMs: toNextMinute };
    const nowMs = Date.parse(`2026-01-02T${time}.000Z`);

    expect(delayed(plain, 7_000).nextDelayMs(nowMs)).toBe(seconds * 1000);
  });

  it('of none changes nothing', () => {
    const schedule = { kind: 'interval', intervalMs: 1 } as const;

    expect(delayed(schedule, 0)).toBe(schedule);
    expect(delayed({ kind: 'once' }, 5)).toEqual({ kind: 'once' });
  });
});

/** To the next full minute, as cron plans it. */
function toNextMinute(nowMs: number): number {
  return 60_000 - (nowMs % 60_000);
}
