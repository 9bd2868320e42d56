/** Local time of zones, compared with what the runtime prints minute by minute. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const minuteMs = 60_000;
const names = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe', // moves by half an hour
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Pacific/Apia',
];

function zoneNamed(name: string) {
  const zone = zones.named(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

/** The wall as the runtime shows it. */
function wall(name: string, atMs: number): number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: name,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return Date.parse(`${format.format(atMs).replace(' ', 'T')}Z`);
}

describe('zones', () => {
  const instant = fc
    .integer({ min: Date.UTC(2020, 0) / minuteMs, max: Date.UTC(2030, 0) / minuteMs })
    .map((minutes) => minutes * minuteMs);

  it('shows the local time that the runtime shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instant, (name, atMs) => {
        expect(zoneNamed(name).localOf(atMs)).toBe(wall(name, atMs));
      }),
    );
  });

  it.each(names)('%s: every local time around a change has its first and last instant', (name) => {
    const zone = zoneNamed(name);
    const from = Date.UTC(2026, 0);
    const change = zone.nextChange(from, from + 366 * 1440 * minuteMs);
    if (change === undefined)
      return expect(zone.offsetMs(from)).toBe(zone.offsetMs(from + 180 * 1440 * minuteMs));
    const instants = Array.from({ length: 600 }, (_, index) => change + (index - 300) * minuteMs);
    const seen = Map.groupBy(instants, (atMs) => zone.localOf(atMs));
    let highest = Number.NEGATIVE_INFINITY;
    for (const atMs of instants) {
      highest = Math.max(highest, zone.localOf(atMs));
      expect(Math.floor(zone.highestLocal(atMs) / minuteMs) * minuteMs).toBe(highest);
    }
    for (
      let local = zone.localOf(change) - 60 * minuteMs;
      local < zone.localOf(change) + 60 * minuteMs;
      local += minuteMs
    ) {
      const shown = seen.get(local) ?? [change];
      expect(zone.firstInstantOf(local)).toBe(shown.at(0));
      expect(zone.lastInstantOf(local)).toBe(shown.at(-1));
    }
  });

  it.each(['', 'Local', 'Europe/Nowhere', '+01:00', 'GMT+1', 'x'.repeat(100), '../etc/passwd'])(
    '"%s" is no zone',
    (name) => {
      expect(zones.named(name)).toBeUndefined();
    },
  );
});
