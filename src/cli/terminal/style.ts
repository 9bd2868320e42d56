/** How text looks on the terminal at hand: its width, its marks, its colours. */
import { styleText } from 'node:util';
import type { Environment } from '../flags/flag-values.ts';
import type { LineSink } from '../log/log.ts';
import { quoteWhereInvisible } from '../log/log-text.ts';

export type Colour = 'green' | 'cyan' | 'yellow' | 'red' | 'dim' | 'bold';

export interface Style {
  /** Now: people change the size of their windows. */
  readonly columns: () => number;
  /** False where the terminal may not show more than ASCII. */
  readonly unicode: boolean;
  readonly paint: (colour: Colour, text: string) => string;
  /** `22:29:17`, for people. */
  readonly timeText: (timeMs: number) => string;
}

/** Where a terminal does not say, or says 0 as new pseudo terminals do. */
const usualColumns = 80;
/** Below this no table has sense. */
const leastColumns = 40;

export function styleOf(environment: Environment, sink: LineSink): Style {
  const colours = wantsColours(environment, sink);
  return {
    columns: () => Math.max(sink.columns || usualColumns, leastColumns),
    unicode: isUnicode(environment),
    paint: (colour, text) =>
      colours && text !== '' ? styleText(colour, text, { validateStream: false }) : text,
    timeText: localTime,
  };
}

/**
 * FORCE_COLOR decides before all others, as in Node; then NO_COLOR (https://no-color.org), ENABLE_LOG_COLORS as in 0.18,
 * a dumb terminal, and none at all.
 */
export function wantsColours(environment: Environment, { isTTY }: Pick<LineSink, 'isTTY'>): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced.toLowerCase() !== 'false';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  if (environment['ENABLE_LOG_COLORS']?.toLowerCase() === 'false') return false;
  return isTTY === true && environment['TERM'] !== 'dumb';
}

/** The first of these that is set names the characters. In containers none is, and terminals of today are of UTF-8. */
const localeVariables = ['LC_ALL', 'LC_CTYPE', 'LANG'] as const;

function isUnicode(environment: Environment): boolean {
  const locale = localeVariables.map((name) => environment[name] ?? '').find((text) => text !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

/** Of the wall at which somebody looks up from the terminal. */
function localTime(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}

const asciiOf: Readonly<Record<string, string>> = {
  '✓': '+',
  '↓': 'v',
  '✗': 'x',
  '→': '->',
  '·': '|',
  '…': '...',
};

/** One of our own marks, as the terminal can show it. */
export function mark(style: Style, symbol: string): string {
  return style.unicode ? symbol : (asciiOf[symbol] ?? symbol);
}

/** Text that others may have written: nothing in it moves the cursor, and all of it can be shown. */
export function shown(style: Style, text: string): string {
  const visible = quoteWhereInvisible(text);
  if (style.unicode) return visible;
  return visible.replaceAll(/[^ -~]/gu, (character) => asciiOf[character] ?? '?');
}
