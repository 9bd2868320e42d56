/** Literals of templates: quoted strings, characters and numbers, as Go's strconv reads them. */
import { isInt64, parseGoFloat, parseGoInteger } from '../base/go-number.ts';
import { type ByteText, isScalarValue, runeBytes, toBytes } from './bytes.ts';
import { type GoValue, intValue } from './values.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const literalPart =
  /([^\\]+)|\\([abfnrtv\\'"])|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/uy;

/** The bytes of a `"…"` or `` `…` `` literal, quotes included; undefined where Go refuses it. */
export function unquoteString(literal: string): ByteText | undefined {
  const inner = literal.slice(1, -1);
  return literal.startsWith('`') ? toBytes(inner.replaceAll('\r', '')) : unescape(inner, '"');
}

function unescape(text: string, quote: string): ByteText | undefined {
  const parts: ByteText[] = [];
  const pattern = new RegExp(literalPart);
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    const part = match === null ? undefined : literalPartBytes(match, quote);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.join('');
}

function literalPartBytes(match: RegExpExecArray, quote: string): ByteText | undefined {
  const [, plain, simple, hex, octal, short, long] = match;
  if (plain !== undefined) return toBytes(plain);
  if (simple === '"' || simple === "'") return simple === quote ? simple : undefined;
  if (simple !== undefined) return simpleEscapes[simple];
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (octal !== undefined) return byteOrNone(Number.parseInt(octal, 8));
  const code = Number.parseInt(short ?? long ?? '', 16);
  return isScalarValue(code) ? runeBytes(code) : undefined;
}

function byteOrNone(code: number): ByteText | undefined {
  return code <= 0xff ? String.fromCharCode(code) : undefined;
}

const characterLiteral =
  /^'(?:([^\\'\n])|\\([abfnrtv\\'])|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8}))'$/u;

/** The code point of a `'x'` literal, quotes included; undefined where Go refuses it. */
export function characterCode(literal: string): number | undefined {
  const match = characterLiteral.exec(literal);
  if (match === null) return undefined;
  const [, plain, simple, hex, octal, short, long] = match;
  if (plain !== undefined) return plain.codePointAt(0);
  if (simple !== undefined) return (simpleEscapes[simple] ?? simple).codePointAt(0);
  const code =
    octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  const allowed = hex !== undefined || (octal === undefined ? isScalarValue(code) : code <= 0xff);
  return allowed ? code : undefined;
}

/** What a number literal stands for; `overflow`: an integer that parses but fits no int, an error once it is used. */
export type NumberLiteral = GoValue | { readonly kind: 'overflow' };

const maxNumberLength = 1000; // no float has more digits that matter

/** A number as the lexer cut it out, `i` and complex forms included; undefined where Go refuses it. */
export function parseNumber(text: string): NumberLiteral | undefined {
  if (text.length > maxNumberLength) return undefined;
  if (text.endsWith('i')) return parseComplex(text.slice(0, -1));
  const integer = parseGoInteger(text);
  const isFloat = /[.eEpP]/.test(text) && !/^0[xX][^pP]+$/.test(text);
  if (integer !== undefined) {
    if (!isInt64(integer)) return { kind: 'overflow' };
    return isFloat ? { kind: 'float64', value: Number(integer) } : intValue(integer);
  }
  const value = isFloat ? parseGoFloat(text) : undefined;
  return value === undefined ? undefined : { kind: 'float64', value };
}

/** `text` is the literal without its final `i`: `2`, `1+2`, `1e3-.5`. */
function parseComplex(text: string): GoValue | undefined {
  const split = /^(.*[^eEpP])([+-].*)$/.exec(text);
  const real = split === null ? 0 : parseGoFloat(split[1] ?? '');
  const imaginary = parseGoFloat(split === null ? text : (split[2] ?? ''));
  if (real === undefined || imaginary === undefined) return undefined;
  return { kind: 'complex128', real, imaginary };
}
