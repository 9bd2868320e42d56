/** Literals of templates: quoted strings, characters and numbers, as Go's strconv reads them. */
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
  const integer = parseInteger(text);
  const isFloat = /[.eEpP]/.test(text) && !/^0[xX][^pP]+$/.test(text);
  if (integer !== undefined) {
    if (integer === 'overflow') return { kind: 'overflow' };
    return isFloat ? { kind: 'float64', value: Number(integer) } : intValue(integer);
  }
  const value = isFloat ? parseFloat64(text) : undefined;
  return value === undefined ? undefined : { kind: 'float64', value };
}

const integerText =
  /^([+-]?)(?:(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0|[1-9](?:_?[0-9])*)|0((?:_?[0-7])+))$/;

/** Base prefixes, legacy octal and underscores; `overflow`: above int64 but not above uint64. */
function parseInteger(text: string): bigint | 'overflow' | undefined {
  const match = integerText.exec(text);
  if (match === null) return undefined;
  const [, sign = '', plain, octal] = match;
  const magnitude = BigInt((plain ?? `0o${octal ?? ''}`).replaceAll('_', ''));
  const value = sign === '-' ? -magnitude : magnitude;
  if (BigInt.asIntN(64, value) === value) return value;
  return sign === '' && BigInt.asUintN(64, value) === value ? 'overflow' : undefined;
}

const decimalText =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexText = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9_]+)$/;

/** Go's strconv.ParseFloat without words; undefined on bad syntax and on overflow. */
function parseFloat64(text: string): number | undefined {
  const value = decimalText.test(text) ? Number(text.replaceAll('_', '')) : parseHexFloat(text);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function parseHexFloat(text: string): number | undefined {
  const match = hexText.exec(text);
  if (match === null || /[^0-9a-fA-FxX]_|_[^0-9a-fA-F]|_$/.test(text)) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = ''] = match;
  const fractionDigits = fraction.replaceAll('_', '');
  const digits = whole.replaceAll('_', '') + fractionDigits;
  if (digits === '') return undefined;
  const exponent = Number(exponentText.replaceAll('_', '')) - 4 * fractionDigits.length;
  const magnitude = scale(Number(BigInt(`0x${digits}`)), exponent);
  return sign === '-' ? -magnitude : magnitude;
}

/** In two steps, since 2 ** exponent alone may leave the range where the product does not. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** `text` is the literal without its final `i`: `2`, `1+2`, `1e3-.5`. */
function parseComplex(text: string): GoValue | undefined {
  const split = /^(.*[^eEpP])([+-].*)$/.exec(text);
  const real = split === null ? 0 : parseFloat64(split[1] ?? '');
  const imaginary = parseFloat64(split === null ? text : (split[2] ?? ''));
  if (real === undefined || imaginary === undefined) return undefined;
  return { kind: 'complex128', real, imaginary };
}
