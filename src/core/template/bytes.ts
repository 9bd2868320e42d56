/** Go strings: bytes, kept as JavaScript strings with one character (0 to 255) per byte. */

/** Text whose every character stands for one byte of UTF-8 (or of whatever a template made of it). */
export type ByteText = string;

export function toBytes(text: string): ByteText {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Bytes that are no UTF-8 come out as U+FFFD. */
export function fromBytes(bytes: ByteText): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

export interface Rune {
  /** 0xFFFD where the bytes are no UTF-8. */
  readonly code: number;
  /** Bytes it takes, at least 1. */
  readonly size: number;
  readonly valid: boolean;
}

/** The rune that starts at `index`, which must be inside the text (Go's utf8.DecodeRune). */
export function runeAt(bytes: ByteText, index: number): Rune {
  const first = bytes.charCodeAt(index);
  if (first < 0x80) return { code: first, size: 1, valid: true };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  let code = first & (0xff >> (size + 1));
  for (let offset = 1; offset < size; offset += 1) {
    const next = bytes.charCodeAt(index + offset);
    if ((next & 0xc0) !== 0x80) return invalidRune;
    code = (code << 6) | (next & 0x3f);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][size] ?? 0;
  if (size === 1 || code < smallest || !isScalarValue(code)) return invalidRune;
  return { code, size, valid: true };
}

const invalidRune: Rune = { code: 0xfffd, size: 1, valid: false };

/** True for code points that UTF-8 can hold: no surrogates, nothing above U+10FFFF. */
export function isScalarValue(code: number): boolean {
  return (code >= 0 && code < 0xd800) || (code > 0xdfff && code <= 0x10ffff);
}

/** The UTF-8 of a code point; of U+FFFD where UTF-8 cannot hold it. */
export function runeBytes(code: number): ByteText {
  return toBytes(String.fromCodePoint(isScalarValue(code) ? code : 0xfffd));
}

export function* runes(bytes: ByteText): Generator<Rune & { readonly bytes: ByteText }> {
  for (let index = 0; index < bytes.length; ) {
    const rune = runeAt(bytes, index);
    yield { ...rune, bytes: bytes.slice(index, index + rune.size) };
    index += rune.size;
  }
}

/** Runes in a text, each byte that is no UTF-8 counting as one. */
export function runeCount(bytes: ByteText): number {
  if (isAscii(bytes)) return bytes.length;
  let count = 0;
  for (let index = 0; index < bytes.length; index += runeAt(bytes, index).size) count += 1;
  return count;
}

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(code: number): boolean {
  return printable.test(String.fromCodePoint(code));
}
