/** Schedules of Argo CD's windows: robfig/cron, a zone before it included, with what Go makes of days on which clocks change. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { refuseWord } from '../words/refusal.ts';
import type { Zone, Zones } from '../words/zone.ts';
import { type CronSchedule, isDate, nextStart, parseCron } from './cron.ts';

const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const searchedYears = 5;

export interface GoSchedule {
  readonly cron: CronSchedule;
  /** Of `CRON_TZ=`; absent: the times are those of the clock that is asked about. */
  readonly zone?: Zone;
}

export function parseGoSchedule(text: string, zones: Zones): Outcome<GoSchedule> {
  const [prefix = '', name = ''] = /^(?:CRON_)?TZ=([^ ]*)/.exec(text) ?? [];
  const cron = parseCron(text.slice(prefix.length));
  if (!cron.ok) return cron;
  if (prefix === '') return succeed({ cron: cron.value });
  const zone = goZone(name, zones);
  return zone === undefined ? refuseWord(name, 'there is no such zone') : succeed({ cron: cron.value, zone });
}

/** As Go finds a zone: by its exact name; none and `Local` are UTC, in which Argo CD runs. */
export function goZone(name: string, zones: Zones): Zone | undefined {
  const zone = zones.named(name === '' || name === 'Local' ? 'UTC' : name);
  if (zone === undefined || zone.name === name) return zone;
  return zone.name.toLowerCase() === name.toLowerCase() ? undefined : zone;
}

/** `SpecSchedule.Next`: the first start after it; undefined: none until the end of the fifth year. */
export function goNext({ cron, zone }: GoSchedule, atMs: number): number | undefined {
  const inUtc = nextStart(cron, atMs);
  return zone === undefined || inUtc === undefined ? inUtc : nextInZone(cron, atMs, zone);
}

/** Line by line as robfig has it: which of two equal times counts follows from how it gets there. */
function nextInZone(cron: CronSchedule, atMs: number, zone: Zone): number | undefined {
  const on = (ms: number): Date => new Date(zone.localOf(ms));
  let at = Math.floor(atMs / secondMs) * secondMs + secondMs;
  let isRounded = false;
  const round = (to: (date: Date) => number): void => {
    if (!isRounded) at = to(on(at));
    isRounded = true;
  };
  const yearLimit = on(at).getUTCFullYear() + searchedYears;
  wrap: while (on(at).getUTCFullYear() <= yearLimit) {
    while (!cron.months.has(on(at).getUTCMonth() + 1)) {
      round((date) => goDate(zone, Date.UTC(date.getUTCFullYear(), date.getUTCMonth())));
      at = addMonth(zone, on(at));
      if (on(at).getUTCMonth() === 0) continue wrap;
    }
    while (!isDate(on(at), cron)) {
      round((date) => goDate(zone, startOfDay(date)));
      at = addDay(zone, on(at));
      const hour = on(at).getUTCHours();
      if (hour !== 0) at += (hour > 12 ? 24 - hour : -hour) * hourMs;
      if (on(at).getUTCDate() === 1) continue wrap;
    }
    while (!cron.hours.has(on(at).getUTCHours())) {
      round((date) => goDate(zone, startOfDay(date) + date.getUTCHours() * hourMs));
      at += hourMs;
      if (on(at).getUTCHours() === 0) continue wrap;
    }
    while (!cron.minutes.has(on(at).getUTCMinutes())) {
      round(() => Math.floor(at / minuteMs) * minuteMs);
      at += minuteMs;
      if (on(at).getUTCMinutes() === 0) continue wrap;
    }
    const seconds = on(at).getUTCSeconds();
    if (seconds === 0) return at;
    at += (60 - seconds) * secondMs;
    isRounded = true;
  }
  return undefined;
}

function startOfDay(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}

function addMonth(zone: Zone, date: Date): number {
  const timeOfDay = date.getTime() - startOfDay(date);
  return goDate(zone, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()) + timeOfDay);
}

function addDay(zone: Zone, date: Date): number {
  return goDate(zone, date.getTime() + 24 * hourMs);
}

/** `time.Date`: of a local time that is skipped or comes twice, the one that Go happens to take. */
function goDate(zone: Zone, localMs: number): number {
  const guess = localMs - zone.offsetMs(localMs);
  return localMs - zone.offsetMs(guess);
}
