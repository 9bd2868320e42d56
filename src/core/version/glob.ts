/** Go's `path/filepath.Match` on Linux, in time that is polynomial in pattern and text. */

/** A parsed pattern. */
export interface Glob {
  readonly pattern: string;
  readonly chunks: readonly Chunk[];
}

/** A run of single-character items, with or without a `*` before it. */
interface Chunk {
  readonly afterStar: boolean;
  readonly items: readonly Item[];
}

type Item =
  | { readonly kind: 'literal'; readonly character: string }
  /** `?`: any character but `/`. */
  | { readonly kind: 'any' }
  /** `[a-z]`, or `[^a-z]`: code points, both ends included. */
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly { readonly low: number; readonly high: number }[];
    };

const maxLength = 1024; // matching costs up to length of the pattern times length of the text

/**
 * `*` is any run of characters but `/`, `?` one of them, `[a-z]` and `[^a-z]` classes, `\` escapes; nothing else
 * is special. undefined: malformed anywhere (`[`, `[]a]`, `a\`), or longer than 1024 characters.
 * Source: images.md 4.2.
 */
export function parseGlob(pattern: string): Glob | undefined {
  if (pattern.length > maxLength) return undefined;
  const characters = Array.from(pattern);
  const chunks: Chunk[] = [];
  let items: Item[] = [];
  let afterStar = false;
  let position = 0;
  while (position < characters.length) {
    if (characters[position] === '*') {
      if (items.length > 0 || chunks.length === 0) chunks.push({ afterStar, items });
      items = [];
      afterStar = true;
      position += 1;
      continue;
    }
    const parsed = parseItem(characters, position);
    if (parsed === undefined) return undefined;
    items.push(parsed.item);
    position = parsed.end;
  }
  chunks.push({ afterStar, items });
  return { pattern, chunks };
}

/** True if the pattern matches the whole text, by code points and with regard to case. */
export function globMatches(glob: Glob, text: string): boolean {
  // Most texts are their own list of characters: only surrogate pairs make one of two.
  const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  let position = 0;
  for (const [index, chunk] of glob.chunks.entries()) {
    const end = findChunk(chunk, characters, position, index === glob.chunks.length - 1);
    if (end === undefined) return false;
    position = end;
  }
  return true;
}

interface ParsedItem {
  readonly item: Item;
  readonly end: number;
}

function parseItem(characters: readonly string[], start: number): ParsedItem | undefined {
  const character = characters[start];
  if (character === '?') return { item: { kind: 'any' }, end: start + 1 };
  if (character === '[') return parseClass(characters, start + 1);
  const at = character === '\\' ? start + 1 : start;
  const literal = characters[at];
  if (literal === undefined) return undefined;
  return { item: { kind: 'literal', character: literal }, end: at + 1 };
}

/** `start` is behind the opening bracket. A class has at least one range. */
function parseClass(characters: readonly string[], start: number): ParsedItem | undefined {
  const negated = characters[start] === '^';
  const ranges: { low: number; high: number }[] = [];
  let position = negated ? start + 1 : start;
  while (ranges.length === 0 || characters[position] !== ']') {
    const low = parseMember(characters, position);
    if (low === undefined) return undefined;
    const isRange = characters[low.end] === '-';
    const high = isRange ? parseMember(characters, low.end + 1) : low;
    if (high === undefined) return undefined;
    ranges.push({ low: low.codePoint, high: high.codePoint });
    position = high.end;
  }
  return { item: { kind: 'class', negated, ranges }, end: position + 1 };
}

/** One end of a range; `-` and `]` must be escaped. */
function parseMember(
  characters: readonly string[],
  start: number,
): { readonly codePoint: number; readonly end: number } | undefined {
  const first = characters[start];
  if (first === '-' || first === ']') return undefined;
  const at = first === '\\' ? start + 1 : start;
  const codePoint = characters[at]?.codePointAt(0);
  return codePoint === undefined ? undefined : { codePoint, end: at + 1 };
}

/**
 * Where the chunk ends if it is put at the first place that fits; the last chunk must reach the end of the text.
 * Like Go, an earlier star is never tried again.
 */
function findChunk(chunk: Chunk, text: ArrayLike<string>, from: number, isLast: boolean): number | undefined {
  const { length } = chunk.items;
  for (let start = from; start + length <= text.length; start += 1) {
    if ((!isLast || start + length === text.length) && chunkFits(chunk, text, start)) return start + length;
    if (!chunk.afterStar || text[start] === '/') return undefined;
  }
  return undefined;
}

function chunkFits(chunk: Chunk, text: ArrayLike<string>, start: number): boolean {
  for (const [offset, item] of chunk.items.entries()) {
    const character = text[start + offset];
    if (character === undefined || !itemFits(item, character)) return false;
  }
  return true;
}

function itemFits(item: Item, character: string): boolean {
  switch (item.kind) {
    case 'literal':
      return character === item.character;
    case 'any':
      return character !== '/';
    case 'class': {
      const codePoint = character.codePointAt(0) ?? 0;
      return item.ranges.some(({ low, high }) => low <= codePoint && codePoint <= high) !== item.negated;
    }
  }
}
