/** One log record as a line of text, in the two shapes that logrus prints. */
import { fromBytes, toBytes } from '../../core/template/bytes.ts';
import { quoteString } from '../../core/template/quote.ts';

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'fatal'] as const;

export type LogLevel = (typeof levels)[number];

export function isAtLeast(level: LogLevel, lowest: LogLevel): boolean {
  return levels.indexOf(level) >= levels.indexOf(lowest);
}

/** `msg`, `level` and `time` belong to the record itself; fields of these names are renamed. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogRecord {
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly message: string;
  readonly fields: LogFields;
}

/** ANSI colours as logrus chooses them. */
const colours = {
  trace: 37,
  debug: 37,
  info: 36,
  warning: 33,
  error: 31,
  fatal: 31,
} satisfies Record<LogLevel, number>;

const reserved: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/** `time="2026-01-02T03:04:05Z" level=info msg="two words" key=value`, fields sorted by name. */
export function renderPlain(record: LogRecord): string {
  const parts = [
    `time=${quoteWhereNeeded(rfc3339(record.timeMs))}`,
    `level=${record.level}`,
    `msg=${quoteWhereNeeded(record.message)}`,
    ...sortedFields(record.fields).map(([key, value]) => `${key}=${quoteWhereNeeded(value)}`),
  ];
  return parts.join(' ');
}

/**
 * `INFO[0007] message   key=value` with level and keys in colour; the number is seconds since start.
 * Messages are padded to 44 columns.
 */
export function renderColoured(record: LogRecord, startedAtMs: number): string {
  const colour = colours[record.level];
  const paint = (text: string) => `\u001b[${colour}m${text}\u001b[0m`;
  const seconds = Math.max(0, Math.floor((record.timeMs - startedAtMs) / 1000));
  const head = `${paint(record.level.toUpperCase().slice(0, 4))}[${String(seconds).padStart(4, '0')}]`;
  const message = quoteWhereInvisible(record.message.replace(/\n$/, '')).padEnd(44);
  const fields = sortedFields(record.fields).map(
    ([key, value]) => ` ${paint(key)}=${quoteWhereNeeded(value)}`,
  );
  return `${head} ${message} ${fields.join('')}`;
}

/** Seconds only, in UTC: `2026-01-02T03:04:05Z`. */
export function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function sortedFields(fields: LogFields): readonly (readonly [string, string])[] {
  return Object.keys(fields)
    .filter((key) => fields[key] !== undefined)
    .map((key) => [reserved.has(key) ? `fields.${key}` : key, fieldText(fields[key])] as const)
    .sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isTexts(value) ? listText(value) : JSON.stringify(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Collectors cut or refuse longer lines. */
const longestListCharacters = 4096;

/** `a, b, c`; of a list that is too long for a line the beginning, and how many more there are. */
function listText(texts: readonly string[]): string {
  let length = 0;
  const kept = texts.findIndex((text) => {
    length += text.length + 2;
    return length > longestListCharacters;
  });
  if (kept === -1) return texts.join(', ');
  return `${texts.slice(0, kept).join(', ')}${kept === 0 ? '' : ' and '}${texts.length - kept} more`;
}

/** Bare where only letters, digits and `-._/@^+` occur; else as Go's `%q` prints it. */
export function quoteWhereNeeded(text: string): string {
  return /^[A-Za-z0-9\-._/@^+]*$/.test(text) ? text : quote(text);
}

/** Text may come from a server: line breaks, terminal controls and invisible marks are made visible. */
export function quoteWhereInvisible(text: string): string {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? quote(text) : text;
}

function quote(text: string): string {
  return fromBytes(quoteString(toBytes(text), false));
}
