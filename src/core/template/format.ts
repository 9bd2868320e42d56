/** One verb of Go's fmt applied to one template value. */
import { type ByteText, isPrintable, runeBytes, runeCount, runes } from './bytes.ts';
import { formatFloat } from './float.ts';
import { canBackquote, quoteRune, quoteString } from './quote.ts';
import { type GoValue, typeName } from './values.ts';

/** What stands between `%` and the verb. */
export interface Directive {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` */
  fieldNames: boolean;
  /** `%#v` */
  goSyntax: boolean;
  width?: number;
  precision?: number;
}

export const plainDirective: Readonly<Directive> = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  fieldNames: false,
  goSyntax: false,
};

/** `verb` is one character, as bytes. What it cannot print comes out as `%!d(string=x)`. */
export function formatValue(value: GoValue, verb: ByteText, directive: Readonly<Directive>): ByteText {
  if (value.kind === 'nil')
    return verb === 'v' || verb === 'T' ? pad('<nil>', directive) : `%!${verb}(<nil>)`;
  if (verb === 'T') return formatText(typeName(value), directive);
  switch (value.kind) {
    case 'bool':
      return verb === 't' || verb === 'v'
        ? pad(String(value.value), directive)
        : badVerb(value, verb, directive);
    case 'int':
    case 'uint8':
      return formatInteger(value, verb, directive) ?? badVerb(value, verb, directive);
    case 'float64':
      return formatNumber(value.value, verb, directive) ?? badVerb(value, verb, directive);
    case 'complex128':
      return formatComplex(value, verb, directive) ?? badVerb(value, verb, directive);
    case 'string':
      return formatString(value.value, verb, directive) ?? badVerb(value, verb, directive);
    case 'slice':
    case 'map':
    case 'struct':
      // There are no addresses to print, and no errors to wrap.
      return verb === 'p' || verb === 'w'
        ? badVerb(value, verb, directive)
        : formatComposite(value, verb, directive);
  }
}

function badVerb(value: GoValue, verb: ByteText, directive: Readonly<Directive>): ByteText {
  return `%!${verb}(${typeName(value)}=${formatValue(value, 'v', directive)})`;
}

type Composite = Extract<GoValue, { readonly kind: 'slice' | 'map' | 'struct' }>;

function formatComposite(value: Composite, verb: ByteText, directive: Readonly<Directive>): ByteText {
  const { goSyntax } = directive;
  const inner = (item: GoValue): ByteText => formatValue(item, verb, directive);
  const between = goSyntax ? ', ' : ' ';
  const prefix = goSyntax ? typeName(value) : '';
  switch (value.kind) {
    case 'slice': {
      const items = value.items.map(inner).join(between);
      return goSyntax ? `${prefix}{${items}}` : `[${items}]`;
    }
    case 'map': {
      const entries = [...value.entries].map(
        ([key, item]) => `${inner({ kind: 'string', value: key })}:${inner(item)}`,
      );
      return goSyntax ? `${prefix}{${entries.join(between)}}` : `map[${entries.join(between)}]`;
    }
    case 'struct': {
      const named = goSyntax || directive.fieldNames;
      const fields = [...value.fields].map(([name, item]) => (named ? `${name}:` : '') + inner(item));
      return `${prefix}{${fields.join(between)}}`;
    }
  }
}

type Integer = Extract<GoValue, { readonly kind: 'int' | 'uint8' }>;

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(
  integer: Integer,
  verb: ByteText,
  directive: Readonly<Directive>,
): ByteText | undefined {
  const { value } = integer;
  if (verb === 'v' && directive.goSyntax && integer.kind === 'uint8') {
    return integerText(value, 'x', { ...directive, sharp: true });
  }
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
  if (verb === 'c') return pad(runeBytes(code), directive);
  if (verb === 'q') return pad(quoteRune(code, directive.plus), directive);
  if (verb === 'U') return unicodeText(value, directive);
  return verb in bases ? integerText(value, verb, directive) : undefined;
}

function integerText(value: bigint, verb: string, directive: Readonly<Directive>): ByteText {
  const { precision, width = 0 } = directive;
  const unpadded = { ...directive, zero: false };
  if (precision === 0 && value === 0n) return pad('', { ...unpadded, minus: false });
  const base = bases[verb] ?? 10;
  const sign = value < 0n ? '-' : directive.plus ? '+' : directive.space ? ' ' : '';
  const zeroWidth = directive.zero && !directive.minus ? width - sign.length : 0;
  const magnitude = (value < 0n ? -value : value).toString(base).padStart(precision ?? zeroWidth, '0');
  const text = sign + integerPrefix(verb, base, magnitude, directive) + magnitude;
  return pad(verb === 'X' ? text.toUpperCase() : text, unpadded);
}

function integerPrefix(
  verb: string,
  base: number,
  magnitude: string,
  directive: Readonly<Directive>,
): string {
  const octal = directive.sharp && base === 8 && !magnitude.startsWith('0') ? '0' : '';
  if (verb === 'O') return `0o${octal}`;
  if (!directive.sharp || base === 10) return '';
  return base === 8 ? octal : base === 2 ? '0b' : '0x';
}

/** `U+0041`, or with `#` `U+0041 'A'`. Negative numbers show their 64 bits. */
function unicodeText(value: bigint, directive: Readonly<Directive>): ByteText {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(directive.precision ?? 4, 4), '0');
  const code = unsigned <= 0x10ffffn ? Number(unsigned) : undefined;
  const shown = directive.sharp && code !== undefined && isPrintable(code) ? ` '${runeBytes(code)}'` : '';
  return pad(`U+${digits}${shown}`, { ...directive, zero: false });
}

const floatVerbs: Readonly<Record<string, { readonly verb: string; readonly precision: number }>> = {
  v: { verb: 'g', precision: -1 },
  g: { verb: 'g', precision: -1 },
  G: { verb: 'G', precision: -1 },
  b: { verb: 'b', precision: -1 },
  x: { verb: 'x', precision: -1 },
  X: { verb: 'X', precision: -1 },
  e: { verb: 'e', precision: 6 },
  E: { verb: 'E', precision: 6 },
  f: { verb: 'f', precision: 6 },
  F: { verb: 'f', precision: 6 },
};

function formatNumber(value: number, verb: ByteText, directive: Readonly<Directive>): ByteText | undefined {
  const rule = floatVerbs[verb];
  if (rule === undefined) return undefined;
  const precision = directive.precision ?? rule.precision;
  const printed = formatFloat(value, rule.verb, precision);
  const unsigned = printed.startsWith('-') ? printed.slice(1) : printed;
  const sign = unsigned !== printed ? '-' : directive.plus ? '+' : directive.space ? ' ' : '';
  const digits = directive.sharp && rule.verb !== 'b' ? withPoint(unsigned, rule.verb, precision) : unsigned;
  if (directive.zero && !directive.minus) {
    return sign + pad(digits, { ...directive, width: Math.max((directive.width ?? 0) - sign.length, 0) });
  }
  return pad(sign + digits, directive);
}

/** The `#` flag: always a decimal point, and for %g the zeros at the end. */
function withPoint(unsigned: string, verb: string, precision: number): string {
  const isHex = verb === 'x' || verb === 'X';
  const tailAt = unsigned.search(isHex ? /[pP]/ : /[eE]/);
  const mantissa = tailAt < 0 ? unsigned : unsigned.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : unsigned.slice(tailAt);
  const wanted = verb === 'g' || verb === 'G' || verb === 'x' ? (precision < 0 ? 6 : precision) : 0;
  const significant = mantissa.replace('.', '').replace(/^0+/, '').length + (mantissa === '0' ? 1 : 0);
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`;
  return pointed + '0'.repeat(Math.max(wanted - significant, 0)) + tail;
}

function formatComplex(
  value: Extract<GoValue, { readonly kind: 'complex128' }>,
  verb: ByteText,
  directive: Readonly<Directive>,
): ByteText | undefined {
  const real = formatNumber(value.real, verb, directive);
  const imaginary = formatNumber(value.imaginary, verb, { ...directive, plus: true });
  return real === undefined || imaginary === undefined ? undefined : `(${real}${imaginary}i)`;
}

function formatString(text: ByteText, verb: ByteText, directive: Readonly<Directive>): ByteText | undefined {
  switch (verb) {
    case 'v':
      return directive.goSyntax ? quotedText(text, directive) : formatText(text, directive);
    case 's':
      return formatText(text, directive);
    case 'q':
      return quotedText(text, directive);
    case 'x':
      return hexText(text, directive);
    case 'X':
      return hexText(text, directive).toUpperCase();
    default:
      return undefined;
  }
}

function formatText(text: ByteText, directive: Readonly<Directive>): ByteText {
  return pad(truncate(text, directive.precision), directive);
}

function quotedText(text: ByteText, directive: Readonly<Directive>): ByteText {
  const shown = truncate(text, directive.precision);
  const quoted = directive.sharp && canBackquote(shown) ? `\`${shown}\`` : quoteString(shown, directive.plus);
  return pad(quoted, directive);
}

/** Two digits per byte; with a space between bytes if the directive has one. */
function hexText(text: ByteText, directive: Readonly<Directive>): ByteText {
  const bytes = Array.from(text.slice(0, directive.precision), (byte) =>
    byte.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  const prefix = directive.sharp && bytes.length > 0 ? '0x' : '';
  const between = directive.space ? ` ${prefix}` : '';
  return pad(prefix + bytes.join(between), directive);
}

function truncate(text: ByteText, precision: number | undefined): ByteText {
  if (precision === undefined || text.length <= precision) return text;
  let end = 0;
  let left = precision;
  for (const { size } of runes(text)) {
    if (left === 0) break;
    left -= 1;
    end += size;
  }
  return text.slice(0, end);
}

/** To the width in runes, with spaces, or with zeros on the left where the directive says so. */
function pad(text: ByteText, directive: Readonly<Directive>): ByteText {
  const missing = (directive.width ?? 0) - runeCount(text);
  if (missing <= 0) return text;
  if (directive.minus) return text + ' '.repeat(missing);
  return (directive.zero ? '0' : ' ').repeat(missing) + text;
}
