/** Windows against a walk through every minute. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../../src/core/policy/window/cron.ts';
import { isOpen, nextOpening } from '../../../../src/core/policy/window/opening.ts';
import { OwnWindow } from '../../../../src/core/policy/window/own-window.ts';
import { SyncRecurrence } from '../../../../src/core/policy/window/sync-recurrence.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';
import { generatedRuns } from '../../../generated-runs.ts';

const zones = new Zones();
const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

function zoneNamed(name: string) {
  const zone = zones.named(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

function cronOf(text: string) {
  const cron = parseCron(text);
  if (!cron.ok) throw new Error(cron.failure.message);
  return cron.value;
}

/** A field as a set of numbers, its text, and whether it is a star. */
const field = (least: number, most: number) =>
  fc.oneof(
    fc.constant({ text: '*', has: () => true, isStar: true }),
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 }).map((values) => ({
      text: values.join(','),
      has: (value: number) => values.includes(value),
      isStar: false,
    })),
  );

const schedule = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map(([minute, hour, day, month, weekday]) => ({
    text: [minute, hour, day, month, weekday].map(({ text }) => text).join(' '),
    matches: (localMs: number) => {
      const at = new Date(localMs);
      const days = [day.has(at.getUTCDate()), weekday.has(at.getUTCDay())];
      const isDay = day.isStar || weekday.isStar ? days.every(Boolean) : days.some(Boolean);
      return (
        isDay &&
        minute.has(at.getUTCMinutes()) &&
        hour.has(at.getUTCHours()) &&
        month.has(at.getUTCMonth() + 1)
      );
    },
  }));

const zoneName = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Africa/Cairo',
  'America/Santiago',
);

/** When each minute's windows end, by a walk: what the wall shows for the first time, and what it skips, begins then. */
function* walk(matches: (localMs: number) => boolean, durationMs: number, name: string, fromMs: number) {
  const zone = zoneNamed(name);
  let endMs = Number.NEGATIVE_INFINITY;
  let highest = zone.localOf(fromMs) - minuteMs;
  for (let atMs = fromMs; ; atMs += minuteMs) {
    const local = zone.localOf(atMs);
    for (; highest < local; highest += minuteMs) if (matches(highest + minuteMs)) endMs = atMs + durationMs;
    yield { atMs, isActive: atMs < endMs };
  }
}

const durations = fc.oneof(
  fc.integer({ min: 1, max: 59 }),
  fc.integer({ min: 1, max: 100 }).map((hours) => hours * 60),
);

describe('own windows', () => {
  it('are open in the minutes in which a walk through a year finds them so', () => {
    fc.assert(
      fc.property(schedule, durations, zoneName, (cron, minutes, name) => {
        const fromMs = Date.UTC(2025, 11, 1);
        const window = new OwnWindow(cronOf(cron.text), minutes * minuteMs, zoneNamed(name));
        const settledMs = fromMs + minutes * minuteMs + dayMs; // nothing from before the walk counts any more
        for (const { atMs, isActive } of walk(cron.matches, minutes * minuteMs, name, fromMs)) {
          if (atMs > Date.UTC(2027, 0)) break;
          if (atMs >= settledMs && window.activeAt(atMs) !== isActive)
            expect.fail(`active is not ${isActive} at ${new Date(atMs).toISOString()}`);
        }
      }),
      { numRuns: generatedRuns(3) },
    );
  });

  it('open and close when a walk says so, around each change of the clock', () => {
    const start = fc.integer({ min: Date.UTC(2026, 0) / dayMs, max: Date.UTC(2026, 11) / dayMs });
    fc.assert(
      fc.property(schedule, durations, zoneName, start, fc.boolean(), (cron, minutes, name, day, denies) => {
        const window = new OwnWindow(cronOf(cron.text), minutes * minuteMs, zoneNamed(name));
        const opening = denies ? { allows: [], denies: [window] } : { allows: [window], denies: [] };
        const change = zoneNamed(name).nextChange(day * dayMs, day * dayMs + 366 * dayMs) ?? day * dayMs;
        const fromMs = Math.floor(change / minuteMs) * minuteMs - 6 * dayMs;
        const nowMs = change - 3 * 60 * minuteMs;
        const next = nextOpening([opening], nowMs);
        for (const { atMs, isActive } of walk(cron.matches, minutes * minuteMs, name, fromMs)) {
          if (atMs >= nowMs) expect(isOpen(opening, atMs)).toBe(isActive !== denies);
          if (atMs < nowMs || (isActive === denies && atMs <= nowMs + 10 * dayMs)) continue;
          if (isActive === denies) expect(next.kind === 'at' ? next.atMs : atMs).toBeGreaterThanOrEqual(atMs);
          else expect(next).toEqual({ kind: 'at', atMs });
          break;
        }
      }),
      { numRuns: generatedRuns(60) },
    );
  });
});

describe('sync windows', () => {
  /** `nextWindow := schedule.Next(now + offset - duration); nextWindow.Before(now + offset)`, minute by minute. */
  function isActive(matches: (localMs: number) => boolean, minutes: number, shiftedMs: number): boolean {
    const first = Math.floor((shiftedMs - minutes * minuteMs) / minuteMs) * minuteMs;
    for (let startMs = first + minuteMs; startMs < shiftedMs; startMs += minuteMs)
      if (matches(startMs)) return true;
    return false;
  }

  it('are active when Argo CD finds them so, and open where it is said', () => {
    const instant = fc.integer({ min: Date.UTC(2026, 0) / 1000, max: Date.UTC(2027, 0) / 1000 });
    fc.assert(
      fc.property(
        schedule,
        durations,
        zoneName,
        instant,
        fc.boolean(),
        (cron, minutes, name, second, denies) => {
          const zone = zoneNamed(name);
          const window = new SyncRecurrence({ cron: cronOf(cron.text) }, minutes * minuteMs, zone);
          const opening = denies ? { allows: [], denies: [window] } : { allows: [window], denies: [] };
          const active = (atMs: number) => isActive(cron.matches, minutes, zone.localOf(atMs));
          const nowMs = second * 1000;
          expect(window.activeAt(nowMs)).toBe(active(nowMs));
          const next = nextOpening([opening], nowMs);
          if (next.kind !== 'at') return;
          expect(active(next.atMs)).toBe(!denies);
          if (next.atMs > nowMs) expect(active(next.atMs - 1)).toBe(denies);
          for (let atMs = nowMs; atMs < next.atMs && atMs < nowMs + dayMs; atMs += 7 * minuteMs)
            expect(active(atMs)).toBe(denies);
        },
      ),
      { numRuns: generatedRuns(60) },
    );
  });
});

describe('hostile windows', () => {
  const nowMs = Date.UTC(2026, 10, 28);
  const every = (text: string, name: string) => new OwnWindow(cronOf(text), minuteMs, zoneNamed(name));

  it.each([
    ['a deny each minute', { allows: [], denies: [every('* * * * *', 'UTC')] }],
    [
      'sixteen that alternate and never let through',
      {
        allows: Array.from({ length: 8 }, () => every('*/2 * * * *', 'Europe/Berlin')),
        denies: Array.from({ length: 8 }, () => every('*/2 * * * *', 'Africa/Cairo')),
      },
    ],
    ['a day that comes in years', { allows: [every('0 0 29 2 *', 'UTC')], denies: [] }],
  ])('%s: the search ends, and does not say open', (_, opening) => {
    expect(nextOpening([opening], nowMs).kind).not.toBe('at');
  });
});
