/** One log record for people: what is not about a cycle, and all that `--loglevel debug` adds. */
import { sortedFields, type LogRecord } from '../log/log-text.ts';
import { wrap } from './fit.ts';
import { type Colour, mark, shown, type Style } from './style.ts';

const colours: Readonly<Record<LogRecord['level'], Colour | undefined>> = {
  trace: 'dim',
  debug: 'dim',
  info: undefined,
  warning: 'yellow',
  error: 'red',
  fatal: 'red',
};

/** Of lines below the first: `22:29:17` and two spaces. */
const indent = 10;

/** With a line break at its end. */
export function recordText({ level, timeMs, message, fields }: LogRecord, style: Style): string {
  const { advice, ...others } = fields;
  const colour = colours[level];
  const paint = (text: string) => (colour === undefined ? text : style.paint(colour, text));
  const words = [
    ...(level === 'info' ? [] : [`${level}:`]),
    shown(style, message.replace(/\n$/, '')),
    ...sortedFields(others).map(([key, value]) => `${key}=${shown(style, value)}`),
  ];
  const columns = style.columns() - indent;
  const ellipsis = mark(style, '…');
  const [first = '', ...rest] = wrap(words.join(' '), columns, ellipsis);
  const arrow = `${mark(style, '→')} `;
  const help = typeof advice === 'string' ? wrap(shown(style, advice), columns - arrow.length, ellipsis) : [];
  const lines = [
    `${style.paint('dim', style.timeText(timeMs))}  ${paint(first)}`,
    ...rest.map((line) => ' '.repeat(indent) + paint(line)),
    ...help.map((line, i) => ' '.repeat(indent) + style.paint('cyan', (i === 0 ? arrow : '  ') + line)),
  ];
  return `${lines.join('\n')}\n`;
}
