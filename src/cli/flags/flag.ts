/** Kinds of command-line flags: how texts become a value, and how an environment variable stands in. */
import { formatGoDuration, parseGoDuration } from '../../core/base/duration.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { plainText } from '../../core/report/plain-text.ts';

/** A flag's name is its key in a `FlagTable`, without dashes. */
export interface Flag<T> {
  readonly kind: 'boolean' | 'value';
  /** One letter that stands for the name, behind one dash. */
  readonly short?: string;
  /** What help shows in angle brackets. */
  readonly placeholder: string;
  readonly fallback: T;
  /** The fallback as help shows it; "" where there is nothing to show. */
  readonly fallbackText: string;
  /** What stands in for the fallback where that says nothing: `own namespace`. */
  readonly otherwise?: string;
  /** What it is for, as terminals show it. */
  readonly help: string;
  /** The same in Markdown, with what only the documentation has room for. */
  readonly page: string;
  /** Environment variable that is read where the flag is not given; empty means unset. */
  readonly variable?: string;
  /** Accepted so that existing command lines work, but without effect in this version. */
  readonly inert: boolean;
  /** All words that it may be, where there are few. */
  readonly words?: readonly string[];
  /** Texts as given, in order, at least one. The failure's message does not name the flag. */
  readonly parse: (texts: readonly string[]) => Outcome<T>;
  readonly parseVariable: (text: string) => Outcome<T>;
  /** What a bad environment variable does: the fallback with a warning, or an end. */
  readonly badVariable: 'warn' | 'fail';
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never;
};

interface Described<T> {
  readonly fallback: T;
  readonly otherwise?: string;
  /** In Markdown: code and links. */
  readonly help: string;
  /** What follows in the documentation: sentences, or with a comma before it the rest of one. */
  readonly details?: string;
  readonly variable?: string;
  readonly inert?: boolean;
}

export function textFlag(flag: Described<string> & { readonly placeholder?: string }): Flag<string> {
  const fallbackText = flag.fallback === '' ? '' : JSON.stringify(flag.fallback);
  return { ...single(flag, flag.placeholder ?? 'text', 'fail', succeed), fallbackText };
}

/** Exactly one of the words, in any case; the value is in lower case. */
export function choiceFlag<const Word extends string>(
  flag: Described<NoInfer<Word>> & { readonly words: readonly Word[] },
): Flag<Word> {
  const { words } = flag;
  const whole = single(flag, words.join('|'), 'fail', (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase());
    return word === undefined ? refuse(`expected one of ${words.join(', ')}`) : succeed(word);
  });
  return { ...whole, words };
}

/** Milliseconds, from Go's syntax. */
export function durationFlag(flag: Described<number> & { readonly minMs: number }): Flag<number> {
  const parse = (text: string) => {
    const durationMs = parseGoDuration(text);
    if (durationMs !== undefined && durationMs >= flag.minMs) return succeed(durationMs);
    return refuse<number>(
      `expected a duration with unit, such as 90s or 1h30m, of at least ${formatGoDuration(flag.minMs)}`,
    );
  };
  return { ...single(flag, 'duration', 'warn', parse), fallbackText: formatGoDuration(flag.fallback) };
}

const sizeUnits = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

/** Bytes, from a whole number with a binary unit. */
export function sizeFlag(flag: Described<number> & { readonly minMiB: number }): Flag<number> {
  const parse = (text: string) => {
    const [, digits = '', unit = ''] = /^(\d{1,9}) ?([A-Za-z]+)$/.exec(text) ?? [];
    const found = Object.entries(sizeUnits).find(([name]) => name.toLowerCase() === unit.toLowerCase());
    const bytes = found === undefined ? Number.NaN : Number(digits) * found[1];
    if (bytes >= flag.minMiB * sizeUnits.MiB && Number.isSafeInteger(bytes)) return succeed(bytes);
    return refuse<number>(`expected a size with unit, such as 512MiB or 2GiB, of at least ${flag.minMiB}MiB`);
  };
  const fallbackText = `${flag.fallback / sizeUnits.GiB}GiB`;
  return { ...single(flag, 'size', 'warn', parse), fallbackText };
}

export function integerFlag(
  flag: Described<number> & { readonly min: number; readonly max: number },
): Flag<number> {
  return single(flag, 'int', 'warn', (text) => {
    const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= flag.min && value <= flag.max) return succeed(value);
    return refuse(`expected a whole number from ${flag.min} to ${flag.max}`);
  });
}

/** Given alone it is true. On the command line Go's spellings count, in the environment `true` and `false`. */
export function booleanFlag(flag: Described<boolean>): Flag<boolean> {
  return {
    ...single(flag, 'true|false', 'warn', (text) => {
      if (/^(1|t|T|true|True|TRUE)$/.test(text)) return succeed(true);
      if (/^(0|f|F|false|False|FALSE)$/.test(text)) return succeed(false);
      return refuse('expected true or false');
    }),
    kind: 'boolean',
    parseVariable: (text) => {
      if (/^true$/i.test(text)) return succeed(true);
      return /^false$/i.test(text) ? succeed(false) : refuse('expected true or false');
    },
  };
}

/** Repeatable; with `separator` each text may hold several values. */
export function listFlag(
  flag: Described<readonly string[]> & { readonly placeholder?: string; readonly separator?: string },
): Flag<readonly string[]> {
  const split = (text: string) => (flag.separator === undefined ? [text] : text.split(flag.separator));
  return {
    ...single(flag, flag.placeholder ?? 'text', 'fail', (text) => succeed(split(text))),
    parse: (texts) => succeed(texts.flatMap(split)),
  };
}

/** A value of a form of its own. The last text counts, or all of them with `join` between. */
export function parsedFlag<T>(
  flag: Described<T> & {
    readonly placeholder: string;
    readonly fallbackText: string;
    readonly parse: (text: string) => Outcome<T>;
    readonly join?: string;
  },
): Flag<T> {
  const { join, parse, fallbackText } = flag;
  const whole = single(flag, flag.placeholder, 'fail', parse);
  return {
    ...whole,
    fallbackText,
    ...(join === undefined ? {} : { parse: (texts: readonly string[]) => parse(texts.join(join)) }),
  };
}

/** The last text counts. */
function single<T>(
  flag: Described<T>,
  placeholder: string,
  badVariable: 'warn' | 'fail',
  parse: (text: string) => Outcome<T>,
): Flag<T> {
  return {
    kind: 'value',
    placeholder,
    fallback: flag.fallback,
    fallbackText: String(flag.fallback),
    ...(flag.otherwise === undefined ? {} : { otherwise: flag.otherwise }),
    ...describedBy(flag),
    ...(flag.variable === undefined ? {} : { variable: flag.variable }),
    inert: flag.inert ?? false,
    parse: (texts) => parse(texts.at(-1) ?? ''),
    parseVariable: parse,
    badVariable,
  };
}

/** The two texts that tell what a flag is for. */
export function describedBy({ help, details }: Pick<Described<unknown>, 'help' | 'details'>) {
  const more = details === undefined || /^[,;:]/.test(details) ? (details ?? '') : `. ${details}`;
  return { help: plainText(help), page: help + more };
}

function refuse<T>(reason: string): Outcome<T> {
  return fail(configFailure(reason));
}
