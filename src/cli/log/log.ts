/** The program's log: pino underneath, printed as logrus text or JSON, split over stdout and stderr. */
import { pino } from 'pino';
import { Failed } from '../../core/base/outcome.ts';
import { sourceStack } from './source-stack.ts';
import {
  type LogFields,
  type LogLevel,
  type LogRecord,
  renderColoured,
  renderPlain,
  rfc3339,
} from './log-text.ts';

/** Where lines go: a stream of the process, or a test's list. */
export interface LineSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Of the terminal. */
  readonly columns?: number;
}

export interface LogOptions {
  /** Lowest level that is printed. */
  readonly level: LogLevel;
  /** A function gives the text of a record, line break included. */
  readonly format: 'text' | 'json' | ((record: LogRecord) => string);
  /** Colours are used on a terminal only. */
  readonly colours: boolean;
  readonly now: () => number;
  /** trace to warning. */
  readonly stdout: LineSink;
  /** error and fatal. */
  readonly stderr: LineSink;
}

/** Fields never hold credentials; those of telling names are blanked all the same. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>> & {
  /** For levels that are data. */
  readonly at: (level: LogLevel, message: string, fields?: LogFields) => void;
  /** From now on the lowest level that is printed. */
  readonly setLevel: (level: LogLevel) => void;
};

const pinoLevels = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
  fatal: 'fatal',
} as const satisfies Record<LogLevel, string>;

const secretNames = ['password', 'token', 'authorization', 'secret', 'credentials', 'identityToken'];

export function makeLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: pinoLevels[options.level],
      base: null,
      timestamp: () => `,"time":"${rfc3339(options.now())}"`,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      serializers: { error: describeError },
    },
    { write: makeWriter(options) },
  );
  const at = (level: LogLevel, message: string, fields: LogFields = {}) => {
    logger[pinoLevels[level]](fields, message);
  };
  return {
    at,
    setLevel: (level) => {
      logger.level = pinoLevels[level];
    },
    trace: (message, fields) => at('trace', message, fields),
    debug: (message, fields) => at('debug', message, fields),
    info: (message, fields) => at('info', message, fields),
    warning: (message, fields) => at('warning', message, fields),
    error: (message, fields) => at('error', message, fields),
    fatal: (message, fields) => at('fatal', message, fields),
  };
}

/**
 * What a log may say of an error. Never the object itself: errors of HTTP clients carry the request,
 * and with it the Authorization header.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Failed) return { kind: error.failure.kind, message: error.message };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type: name, message, ...code, ...(stack === undefined ? {} : { stack: sourceStack(stack) }) };
}

/** JSON allows them in strings, but terminals obey them and tools that cut lines stumble over them. */
function escapeInvisible(line: string): string {
  return line.replaceAll(/(?!\n$)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Takes pino's JSON lines. */
function makeWriter(options: LogOptions): (line: string) => void {
  const startedAtMs = options.now();
  return (line) => {
    const { level, msg, time, ...fields } = JSON.parse(line) as {
      level: LogLevel;
      msg: string;
      time: string;
    };
    const sink = level === 'error' || level === 'fatal' ? options.stderr : options.stdout;
    if (options.format === 'json') {
      sink.write(escapeInvisible(line));
      return;
    }
    const record = { level, message: msg, timeMs: Date.parse(time), fields };
    if (options.format !== 'text') {
      sink.write(options.format(record));
      return;
    }
    const coloured = options.colours && sink.isTTY === true;
    sink.write(`${coloured ? renderColoured(record, startedAtMs) : renderPlain(record)}\n`);
  };
}
