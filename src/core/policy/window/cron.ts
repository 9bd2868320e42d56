/** Schedules of five fields, as Argo CD reads them: robfig/cron v3 without seconds and descriptors. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { refuseAll, refuseLength, refuseWord } from '../words/refusal.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const maxLength = 1_024;
const maxItems = 100; // of one field; each can hold at most 60 values
const searchedYears = 5;

/** When something starts. Local times are milliseconds as a clock shows them: of UTC, where nobody says more. */
export interface CronSchedule {
  readonly hours: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  /** The same, ascending. */
  readonly hourList: readonly number[];
  readonly minuteList: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** Both kinds of days are restricted: one of them is enough. */
  readonly isEitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const minuteField: Field = { name: 'minute', least: 0, most: 59 };
const hourField: Field = { name: 'hour', least: 0, most: 23 };
const dayOfMonthField: Field = { name: 'day of month', least: 1, most: 31 };
const monthField: Field = {
  name: 'month',
  least: 1,
  most: 12,
  words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const dayOfWeekField: Field = {
  name: 'day of week',
  least: 0,
  most: 6,
  words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

interface FieldValues {
  readonly values: ReadonlySet<number>;
  /** `*`, `?` or `*` with a step of 1 is among its items. */
  readonly isAny: boolean;
}

/** The five fields; what may stand before them is not read here. */
export function parseCron(text: string): Outcome<CronSchedule> {
  if (text.length > maxLength) return refuseLength(text, maxLength);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  if (dayOfWeek === undefined || fields.length > 5)
    return refuseWord(text, 'expected five fields: minute, hour, day of month, month, day of week');
  const minutes = parseField(minute ?? '', minuteField);
  if (!minutes.ok) return minutes;
  const hours = parseField(hour ?? '', hourField);
  if (!hours.ok) return hours;
  const daysOfMonth = parseField(dayOfMonth ?? '', dayOfMonthField);
  if (!daysOfMonth.ok) return daysOfMonth;
  const months = parseField(month ?? '', monthField);
  if (!months.ok) return months;
  const daysOfWeek = parseField(dayOfWeek, dayOfWeekField);
  if (!daysOfWeek.ok) return daysOfWeek;
  return succeed({
    hours: hours.value.values,
    minutes: minutes.value.values,
    hourList: ordered(hours.value.values),
    minuteList: ordered(minutes.value.values),
    months: months.value.values,
    daysOfMonth: daysOfMonth.value.values,
    daysOfWeek: daysOfWeek.value.values,
    isEitherDay: !daysOfMonth.value.isAny && !daysOfWeek.value.isAny,
  });
}

function ordered(values: ReadonlySet<number>): readonly number[] {
  return [...values].toSorted((a, b) => a - b);
}

function parseField(text: string, field: Field): Outcome<FieldValues> {
  const items = text.split(',').filter((item) => item !== '');
  if (items.length > maxItems) return refuseAll(`${field.name}: more than ${maxItems} items`);
  const values = new Set<number>();
  let isAny = false;
  for (const item of items) {
    const range = parseRange(item, field);
    if (range === undefined) return refuseWord(item, `expected ${expectedOf(field)}`);
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
    isAny ||= range.isAny;
  }
  return succeed({ values, isAny });
}

function expectedOf({ name, least, most, words }: Field): string {
  const named = words === undefined ? '' : ` or ${words[0]} to ${words.at(-1)}`;
  return `a ${name} from ${least} to ${most}${named}, a range such as ${least}-${most}, or a step such as */2`;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly isAny: boolean;
}

/** `5/15` is 5-59/15, and what stands behind the `-` of `*-5` is not looked at. */
function parseRange(item: string, field: Field): Range | undefined {
  const [bounds = '', stepText, ...more] = item.split('/');
  const [low = '', high, ...others] = bounds.split('-');
  if (more.length > 0) return undefined;
  const isStar = low === '*' || low === '?';
  if (!isStar && others.length > 0) return undefined;
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  const first = isStar ? field.least : valueOf(low, field);
  const isOpen = isStar || (high === undefined && stepText !== undefined);
  const last = isOpen ? field.most : valueOf(high ?? low, field);
  if (first === undefined || last === undefined || step === undefined || step === 0) return undefined;
  if (first < field.least || last > field.most || first > last) return undefined;
  return { first, last, step, isAny: isStar && step === 1 };
}

function valueOf(text: string, { words, least }: Field): number | undefined {
  const word = words?.indexOf(text.toLowerCase()) ?? -1;
  return word < 0 ? wholeNumber(text) : word + least;
}

function wholeNumber(text: string): number | undefined {
  const number = /^\+?\d{1,18}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The first start after a local time; undefined: none until the end of the fifth year after it. */
export function nextStart(schedule: CronSchedule, localMs: number): number | undefined {
  const today = Math.floor(localMs / dayMs);
  const later = isDay(schedule, today) ? firstOfDay(schedule, localMs - today * dayMs) : undefined;
  if (later !== undefined) return today * dayMs + later;
  const first = firstOfDay(schedule, -1);
  if (first === undefined) return undefined;
  const lastYear = new Date(localMs + 1000).getUTCFullYear() + searchedYears;
  const end = Date.UTC(lastYear + 1, 0) / dayMs;
  for (let day = today + 1; day < end; day = following(schedule, day))
    if (isDay(schedule, day)) return day * dayMs + first;
  return undefined;
}

/** The first start of a day after a time since midnight. */
function firstOfDay({ hours, hourList, minuteList }: CronSchedule, afterMs: number): number | undefined {
  const now = Math.floor(afterMs / hourMs);
  const inHour = minuteList.find((minute) => now * hourMs + minute * minuteMs > afterMs);
  if (hours.has(now) && inHour !== undefined) return now * hourMs + inHour * minuteMs;
  const hour = hourList.find((later) => later > now);
  const [minute] = minuteList;
  return hour === undefined || minute === undefined ? undefined : hour * hourMs + minute * minuteMs;
}

/** The last start of a day that is not after a time since midnight. */
function lastUntil({ hours, hourList, minuteList }: CronSchedule, untilMs: number): number | undefined {
  const now = Math.floor(untilMs / hourMs);
  const inHour = minuteList.findLast((minute) => now * hourMs + minute * minuteMs <= untilMs);
  if (hours.has(now) && inHour !== undefined) return now * hourMs + inHour * minuteMs;
  const hour = hourList.findLast((earlier) => earlier < now);
  const minute = minuteList.at(-1);
  return hour === undefined || minute === undefined ? undefined : hour * hourMs + minute * minuteMs;
}

/** Whole months that do not count are passed over. */
function following({ months }: CronSchedule, day: number): number {
  const date = new Date(day * dayMs);
  if (months.has(date.getUTCMonth() + 1)) return day + 1;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / dayMs;
}

/** The last start that is not after a local time, and not before another. */
export function previousStart(
  schedule: CronSchedule,
  localMs: number,
  earliestMs: number,
): number | undefined {
  for (
    let day = Math.floor(localMs / dayMs);
    (day + 1) * dayMs > earliestMs;
    day = preceding(schedule, day)
  ) {
    const start = isDay(schedule, day) ? lastUntil(schedule, localMs - day * dayMs) : undefined;
    if (start !== undefined) return day * dayMs + start;
  }
  return undefined;
}

function preceding({ months }: CronSchedule, day: number): number {
  const date = new Date(day * dayMs);
  return months.has(date.getUTCMonth() + 1) ? day - 1 : day - date.getUTCDate();
}

function isDay({ months, daysOfMonth, daysOfWeek, isEitherDay }: CronSchedule, day: number): boolean {
  const date = new Date(day * dayMs);
  return months.has(date.getUTCMonth() + 1) && isDate(date, { daysOfMonth, daysOfWeek, isEitherDay });
}

/** Whether a date, read as UTC, is one of the days, whatever its month. */
export function isDate(
  date: Date,
  { daysOfMonth, daysOfWeek, isEitherDay }: Pick<CronSchedule, 'daysOfMonth' | 'daysOfWeek' | 'isEitherDay'>,
): boolean {
  const inMonth = daysOfMonth.has(date.getUTCDate());
  const inWeek = daysOfWeek.has(date.getUTCDay());
  return isEitherDay ? inMonth || inWeek : inMonth && inWeek;
}

/** The last start of the same day, if none of that day is further from the one before than this; else the start itself. */
export function lastOfDay(schedule: CronSchedule, localMs: number, withinMs: number): number {
  const midnight = Math.floor(localMs / dayMs) * dayMs;
  const last = widestMs(schedule) > withinMs ? undefined : lastUntil(schedule, dayMs - 1);
  return last === undefined ? localMs : midnight + last;
}

/** The longest time from a start to the next one of the same day. */
function widestMs({ hourList, minuteList }: CronSchedule): number {
  const overHour = (minuteList[0] ?? 0) - (minuteList.at(-1) ?? 0);
  const hours = gaps(hourList).map((gap) => gap * hourMs + overHour * minuteMs);
  return Math.max(0, ...hours, ...gaps(minuteList).map((gap) => gap * minuteMs));
}

function gaps(ascending: readonly number[]): readonly number[] {
  return ascending.slice(1).map((value, index) => value - (ascending[index] ?? value));
}
