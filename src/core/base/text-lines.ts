/** Lines of a text by offset. Line breaks are LF and CRLF. */

/** Counts from 1. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Offset of the line break that ends the line of an offset, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

/** Offset of the first character of the line of an offset; a byte order mark is no character of its line. */
export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return text[start] === '\ufeff' ? start + 1 : start;
}

/** The line break at an offset; at the end of the text the one that the file begins with, LF if it has none. */
export function lineBreakAt(text: string, offset: number): string {
  const at = offset < text.length ? offset : Math.max(text.indexOf('\n') - 1, 0);
  return text.startsWith('\r\n', at) ? '\r\n' : '\n';
}
