/** What policies remember from cycle to cycle: a set of lines, one of each identity. */
import {
  identityOf,
  keptOf,
  type LineOf,
  type MemoryLine,
  parseLine,
  printLine,
  subjectKey,
  subjectOf,
  type Word,
} from './line.ts';
import { emptyShelves, linesAt, linesOn, type Shelves, withAdded, withRemoved } from './shelves.ts';

export interface Memory {
  /** For `linesOf` and `allLines`. */
  readonly lines: Shelves;
  /** Lines whose first word this version does not know: kept as they are. */
  readonly unknown: ReadonlySet<string>;
  /** Told of every subject whose lines are asked for, as `subjectKey` spells it: the others are dropped one day. */
  readonly onAsked?: (subject: string) => void;
}

export interface ReadMemory {
  readonly memory: Memory;
  /** How many lines could not be read, and the first of them; they are dropped. */
  readonly unreadable: { readonly count: number; readonly first: string };
}

export const emptyMemory: Memory = { lines: emptyShelves, unknown: new Set() };

/** A clock may be ahead by this much; what is stored for later is of a wrong clock. */
const toleranceMs = 5 * 60_000;

/** Lines end with LF; empty ones are passed over. */
export function readMemory(text: string): ReadMemory {
  const lines: MemoryLine[] = [];
  const unknown = new Set<string>();
  const unreadable: string[] = [];
  for (const written of text.split('\n')) {
    const line = written === '' ? 'empty' : parseLine(written);
    if (line === undefined) unreadable.push(written);
    else if (line === 'unknown-word') unknown.add(written);
    else if (line !== 'empty') lines.push(line);
  }
  const memory = { ...mergeMemories(emptyMemory, memoryOf(lines)), unknown };
  return { memory, unreadable: { count: unreadable.length, first: unreadable[0] ?? '' } };
}

/** Sorted by code unit, so that equal memories are equal texts; "" for an empty one. */
export function printMemory({ lines, unknown }: Memory): string {
  const texts = [...unknown, ...[...linesOn(lines)].map(printLine)];
  return texts
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((line) => `${line}\n`)
    .join('');
}

/** Of two lines of one identity that which its word keeps: the order of memories does not matter. */
export function mergeMemories(a: Memory, b: Memory): Memory {
  return {
    ...a,
    lines: withAdded(a.lines, linesOn(b.lines), keptOf),
    unknown: new Set([...a.unknown, ...b.unknown]),
  };
}

/** The lines take the place of those of their identity. What could not be read again is left out. */
export function withLines(memory: Memory, lines: Iterable<MemoryLine>): Memory {
  return { ...memory, lines: withAdded(memory.lines, lines, (_, line) => line) };
}

/** Without the lines of the same identity. */
export function withoutLines(memory: Memory, lines: readonly MemoryLine[]): Memory {
  return { ...memory, lines: withRemoved(memory.lines, lines) };
}

/** Lines that pass; unknown ones are kept. */
export function filterMemory(memory: Memory, passes: (line: MemoryLine) => boolean): Memory {
  const gone = [...linesOn(memory.lines)].filter((line) => !passes(line));
  return withoutLines(memory, gone);
}

/** Without the very lines that another memory has. */
export function withoutMemory(memory: Memory, other: Memory): Memory {
  const has = (line: MemoryLine): boolean => {
    const same = linesAt(other.lines, subjectOf(line))?.get(identityOf(line));
    return same !== undefined && printLine(same) === printLine(line);
  };
  return {
    ...filterMemory(memory, (line) => !has(line)),
    unknown: new Set([...memory.unknown].filter((line) => !other.unknown.has(line))),
  };
}

/** What a wrong clock stored for later happened now: it must not withhold for a year. */
export function withoutFuture(memory: Memory, nowMs: number): Memory {
  const isLater = ({ atMs }: MemoryLine): boolean => atMs > nowMs + toleranceMs;
  const corrected = [...linesOn(memory.lines)].filter(isLater).map((line) => ({ ...line, atMs: nowMs }));
  return corrected.length === 0 ? memory : withLines(memory, corrected);
}

/** Lines of a word about a subject: `linesOf(memory, 'seen', ['ghcr.io/acme/web', '2.1.5'])`. */
export function linesOf<W extends Word>(
  memory: Memory,
  word: W,
  subject: readonly string[],
): readonly LineOf<W>[] {
  const key = subjectKey(word, subject);
  memory.onAsked?.(key);
  const found = linesAt(memory.lines, key);
  return found === undefined ? [] : ([...found.values()] as LineOf<W>[]);
}

/** Every line that this version can read. */
export function allLines(memory: Memory): Iterable<MemoryLine> {
  return linesOn(memory.lines);
}

function memoryOf(lines: Iterable<MemoryLine>): Memory {
  return { lines: withAdded(emptyShelves, lines, keptOf), unknown: new Set() };
}
