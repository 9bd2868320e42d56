/** Lines by subject, then by identity: one that is added or taken away copies a small part of them. */
import { identityOf, isPrintable, type MemoryLine, subjectOf } from './line.ts';

type Subjects = ReadonlyMap<string, ReadonlyMap<string, MemoryLine>>;

/** Subjects lie on shelves by a hash of their name, so that no copy has more than a few of thousands. */
export type Shelves = readonly Subjects[];

const shelfCount = 512;

export const emptyShelves: Shelves = [];

export function linesAt(shelves: Shelves, subject: string): ReadonlyMap<string, MemoryLine> | undefined {
  return shelves[shelfOf(subject)]?.get(subject);
}

export function* linesOn(shelves: Shelves): Generator<MemoryLine> {
  for (const subjects of shelves) for (const lines of subjects.values()) yield* lines.values();
}

/** Of two lines of one identity that which `choose` gives. What could not be read again is left out. */
export function withAdded(
  shelves: Shelves,
  lines: Iterable<MemoryLine>,
  choose: (before: MemoryLine, line: MemoryLine) => MemoryLine,
): Shelves {
  const copy = new Copy(shelves);
  for (const given of lines) {
    const line = { ...given, atMs: Math.floor(given.atMs / 1000) * 1000 };
    if (!isPrintable(line)) continue;
    const own = copy.ownLines(subjectOf(line));
    const identity = identityOf(line);
    const known = own.get(identity);
    own.set(identity, known === undefined ? line : choose(known, line));
  }
  return copy.shelves;
}

/** Without the lines of the same identity. */
export function withRemoved(shelves: Shelves, lines: Iterable<MemoryLine>): Shelves {
  const copy = new Copy(shelves);
  for (const line of lines) {
    const subject = subjectOf(line);
    if (linesAt(copy.shelves, subject)?.has(identityOf(line)) !== true) continue;
    const own = copy.ownLines(subject);
    own.delete(identityOf(line));
    if (own.size === 0) copy.ownSubjects(subject).delete(subject);
  }
  return copy.shelves;
}

/** Copies what is changed, once. */
class Copy {
  readonly shelves: Subjects[];
  readonly #subjects = new Map<number, Map<string, ReadonlyMap<string, MemoryLine>>>();
  readonly #lines = new Map<string, Map<string, MemoryLine>>();

  constructor(shelves: Shelves) {
    this.shelves = Array.from({ length: shelfCount }, (_, index) => shelves[index] ?? none);
  }

  ownSubjects(subject: string): Map<string, ReadonlyMap<string, MemoryLine>> {
    const index = shelfOf(subject);
    const own = this.#subjects.get(index) ?? new Map(this.shelves[index]);
    this.#subjects.set(index, own);
    this.shelves[index] = own;
    return own;
  }

  ownLines(subject: string): Map<string, MemoryLine> {
    const subjects = this.ownSubjects(subject);
    const known = this.#lines.get(subject);
    if (known !== undefined && subjects.get(subject) === known) return known;
    const own = new Map(subjects.get(subject));
    this.#lines.set(subject, own);
    subjects.set(subject, own);
    return own;
  }
}

const none: Subjects = new Map();

/** FNV-1a; only speed depends on it. */
function shelfOf(subject: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < subject.length; at += 1) {
    hash = Math.imul(hash ^ subject.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % shelfCount;
}
