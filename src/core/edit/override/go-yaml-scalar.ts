/** Scalars of override files, byte for byte as Go's yaml.v3 prints them, which 0.18 writes with. */
import { parseGoFloat, parseGoInteger } from '../../base/go-number.ts';

/**
 * Plain where that reads back as a string, double quotes where it would be another type, single quotes where its
 * characters mean something in YAML, a literal block where it has line feeds. `indent`: columns of what a block holds.
 */
export function printGoScalar(value: string, indent: number): string {
  const text = value.toWellFormed();
  const shape = analyze(text);
  if (text.includes('\n')) return shape.allowsBlock ? printBlock(text, indent) : printDouble(text);
  if (!isStringToGo(text)) return printDouble(text);
  if (shape.allowsPlain) return text;
  return shape.allowsSingle ? printSingle(text, indent) : printDouble(text);
}

const words: ReadonlySet<string> = new Set(
  `|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|.nan|.NaN|.NAN
   |.inf|.Inf|.INF|+.inf|+.Inf|+.INF|-.inf|-.Inf|-.INF
   |y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF`.split(/\s*\|/),
);

const floatText = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const base60Text = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** False for what yaml.v3 resolves to another type, or quotes for the sake of YAML 1.1. */
function isStringToGo(text: string): boolean {
  if (words.has(text)) return false;
  if (text.startsWith('.')) return parseGoFloat(text) === undefined;
  if (!/^[-+0-9]/.test(text)) return true;
  if (isGoTimestamp(text) || base60Text.test(text)) return false;
  const plain = text.replaceAll('_', '');
  // A sign behind the prefix passes, too: yaml.v3 cuts the prefix off and parses the rest.
  if (parseGoInteger(plain.replace(/^(0[bo])([-+])(?=\d)/, '$2$1')) !== undefined) return false;
  return !floatText.test(plain) || parseGoFloat(plain) === undefined;
}

const timestampText =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))|(?: +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;

/** The four forms that yaml.v3 tries with time.Parse; days must exist, zones are at most 24:60. */
function isGoTimestamp(text: string): boolean {
  const match = timestampText.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...times] = match.slice(1).map((part) => Number(part ?? 0));
  const [
    hour = 0,
    minute = 0,
    second = 0,
    zoneHour = 0,
    zoneMinute = 0,
    hour2 = 0,
    minute2 = 0,
    second2 = 0,
  ] = times;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  if (hour > 23 || minute > 59 || second > 59 || hour2 > 23 || minute2 > 59 || second2 > 59) return false;
  return zoneHour <= 24 && zoneMinute <= 60;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

interface Shape {
  readonly allowsPlain: boolean;
  readonly allowsSingle: boolean;
  readonly allowsBlock: boolean;
}

/** Everything but line feeds and tabs that yaml.v3 does not print as it is: it knows no characters above U+FFFF. */
const unprintable = /[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const indicators =
  /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$))|:(?:[ \t]|$)|[ \t\r\n\u0085\u2028\u2029\0]#/;

function analyze(text: string): Shape {
  const isSpecial = unprintable.test(text) || / [\n\u2028\u2029]/.test(text);
  const hasSeparators = /[\u2028\u2029]/.test(text);
  const isEdged = text.startsWith(' ') || text.endsWith(' ');
  const allowsSingle = !isSpecial && !/\t|[\u2028\u2029] /.test(text);
  return {
    allowsPlain: allowsSingle && !isEdged && !hasSeparators && !indicators.test(text),
    allowsSingle,
    // Behind a separator yaml.v3 forgets to end the block, and corrupts the file.
    allowsBlock: !isSpecial && !hasSeparators && !text.endsWith(' '),
  };
}

/** The only line breaks that can stand in here are U+2028 and U+2029; yaml.v3 indents what follows one. */
function printSingle(text: string, indent: number): string {
  const lines = text
    .replaceAll("'", "''")
    .replace(/([\u2028\u2029])(?=[^\u2028\u2029])/g, `$1${' '.repeat(indent)}`);
  return `'${lines}'`;
}

const namedEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\u0085', 'N'],
  ['\u00a0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

/** After a byte order mark at the start yaml.v3 escapes every character. */
function printDouble(text: string): string {
  const escapesAll = text.startsWith('\ufeff');
  const characters = Array.from(text, (character) => {
    const isPlain = !unprintable.test(character) && !/["\\\t\n\u2028\u2029]/.test(character);
    return isPlain && !escapesAll ? character : escaped(character);
  });
  return `"${characters.join('')}"`;
}

function escaped(character: string): string {
  const named = namedEscapes.get(character);
  if (named !== undefined) return `\\${named}`;
  const code = character.codePointAt(0) ?? 0;
  const [letter, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`;
}

/** `|-`, `|` or `|+` by the line feeds at the end; the indentation is told where the text begins with white space. */
function printBlock(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomping = text === '\n' || text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = (chomping === '-' ? text : text.slice(0, -1)).split('\n');
  return [`|${hint}${chomping}`, ...lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))].join(
    '\n',
  );
}
