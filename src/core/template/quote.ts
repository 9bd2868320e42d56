/** Go's quoted forms: strconv.Quote, and the escapes of the html, js and urlquery functions. */
import { type ByteText, isPrintable, isScalarValue, runeBytes, runes } from './bytes.ts';

const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A double-quoted Go literal; `ascii` escapes everything beyond ASCII as well. */
export function quoteString(bytes: ByteText, ascii: boolean): ByteText {
  const parts: ByteText[] = [];
  for (const rune of runes(bytes)) {
    parts.push(rune.valid ? escapedRune(rune.code, '"', ascii) : `\\x${hex(rune.bytes.charCodeAt(0), 2)}`);
  }
  return `"${parts.join('')}"`;
}

/** A single-quoted Go literal; U+FFFD for what is no character. */
export function quoteRune(code: number, ascii: boolean): ByteText {
  return `'${escapedRune(isScalarValue(code) ? code : 0xfffd, "'", ascii)}'`;
}

function escapedRune(code: number, quote: string, ascii: boolean): ByteText {
  const character = String.fromCodePoint(code);
  if (character === quote || character === '\\') return `\\${character}`;
  if (isPrintable(code) && (!ascii || code < 0x80)) return runeBytes(code);
  const escape = named[character];
  if (escape !== undefined) return escape;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** Whether a raw literal between back quotes can hold it. */
export function canBackquote(bytes: ByteText): boolean {
  for (const { code, valid } of runes(bytes)) {
    if (!valid || code === 0xfeff || code === 0x60 || code === 0x7f || (code < 0x20 && code !== 0x09))
      return false;
  }
  return true;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}

const htmlEscapes: Readonly<Record<string, ByteText>> = {
  '\0': runeBytes(0xfffd),
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export function escapeHtml(bytes: ByteText): ByteText {
  return bytes.replace(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? character);
}

export function escapeJs(bytes: ByteText): ByteText {
  const parts: ByteText[] = [];
  for (const rune of runes(bytes)) {
    parts.push(jsNeedsEscape(rune.code) ? escapedForJs(rune.code) : rune.bytes);
  }
  return parts.join('');
}

function jsNeedsEscape(code: number): boolean {
  if (code >= 0x80) return !isPrintable(code);
  return code < 0x20 || '"\'\\<>&='.includes(String.fromCharCode(code));
}

function escapedForJs(code: number): string {
  const character = String.fromCodePoint(code);
  if (character === '\\' || character === '"' || character === "'") return `\\${character}`;
  return `\\u${hex(code, 4).toUpperCase()}`;
}

/** As in the query of a URL: a space becomes `+`. */
export function escapeQuery(bytes: ByteText): ByteText {
  return bytes.replace(/[^A-Za-z0-9._~-]/g, (byte) =>
    byte === ' ' ? '+' : `%${hex(byte.charCodeAt(0), 2).toUpperCase()}`,
  );
}
