/** The tags of a list as they come: each once, in the order of the registry, and in few bytes whatever the order. */
import { isLong, type TagList } from './tag-list.ts';

/** The longest tag that the distribution-spec allows; its length goes before it, in one byte. */
const longestTag = 128;
const chunkBits = 20;
const chunkBytes = 1 << chunkBits;
const smallestChunkBytes = 8 * 1024;
/** Tables widen one by one: all at once would hold up everybody else. */
const tables = 64;
const tableShift = 26; // the upper bits choose the table, the lower ones the slot
const fewestSlots = 8;
/** Every 32-bit number but 0 is a place in the text; a free slot. */
const free = 0;

/**
 * A hash table over one text: a Set of a million strings takes four times as much. The seed keeps registries from
 * sending tags that all fall into one slot.
 */
export class GatheredTags implements TagList {
  readonly #seed: number;
  readonly #chunks: Buffer[] = [Buffer.allocUnsafeSlow(smallestChunkBytes)];
  /** Where the next tag goes, in the last chunk. */
  #end = 1;
  readonly #tables: Uint32Array[] = Array.from({ length: tables }, () => new Uint32Array(fewestSlots));
  readonly #filled = new Uint32Array(tables);
  #length = 0;
  #release = (): void => undefined;

  /** `seed`: a 32-bit number that nobody can guess. */
  constructor(seed: number) {
    this.#seed = seed | 1;
  }

  get length(): number {
    return this.#length;
  }

  /** What is kept, in bytes. */
  get bytes(): number {
    return (this.#chunks.length - 1) * chunkBytes + this.#end;
  }

  /** Takes a tag of at most 128 ASCII characters. */
  add(tag: string): void {
    const chunk = this.#chunkFor(tag.length);
    chunk[this.#end] = tag.length;
    chunk.write(tag, this.#end + 1, 'latin1');
    const hashed = hash(chunk, this.#end, this.#seed);
    const index = hashed >>> tableShift;
    const table = this.#tables[index] as Uint32Array;
    const slot = this.#slotOf(table, hashed, chunk, this.#end);
    if (table[slot] !== free) return;
    table[slot] = (this.#chunks.length - 1) * chunkBytes + this.#end;
    this.#end += 1 + tag.length;
    this.#length += 1;
    const filled = (this.#filled[index] ?? 0) + 1;
    this.#filled[index] = filled;
    if (filled * 4 > table.length * 3) this.#tables[index] = this.#widened(table);
  }

  /** For readers; of usual length as strings. `release`: called when a long one is read. */
  list(release: () => void): TagList {
    if (!isLong(this)) return [...this];
    this.#release = release;
    return this;
  }

  release(): void {
    this.#release();
  }

  includes(tag: string): boolean {
    if (tag.length > longestTag) return false;
    const sought = Buffer.alloc(1 + longestTag);
    sought[0] = tag.length;
    sought.write(tag, 1, 'latin1');
    const hashed = hash(sought, 0, this.#seed);
    const table = this.#tables[hashed >>> tableShift] as Uint32Array;
    return (
      table[this.#slotOf(table, hashed, sought, 0)] !== free &&
      sought.toString('latin1', 1, 1 + tag.length) === tag
    );
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (const [index, chunk] of this.#chunks.entries()) {
      const limit = index === this.#chunks.length - 1 ? this.#end : chunk.length;
      for (let at = index === 0 ? 1 : 0; at < limit; ) {
        const length = chunk[at] ?? 0;
        if (length === 0) break; // the next did not fit
        yield chunk.toString('latin1', at + 1, at + 1 + length);
        at += 1 + length;
      }
    }
  }

  #chunkFor(length: number): Buffer {
    const last = this.#chunks.at(-1) as Buffer;
    if (this.#end + 1 + length <= last.length) return last;
    const isWhole = last.length === chunkBytes;
    const chunk = Buffer.allocUnsafeSlow(isWhole ? chunkBytes : last.length * 2);
    if (isWhole) {
      last[this.#end] = 0;
      this.#chunks.push(chunk);
      this.#end = 0;
    } else {
      last.copy(chunk);
      this.#chunks[this.#chunks.length - 1] = chunk;
    }
    return chunk;
  }

  /** The slot that holds the tag at a place, or a free one. */
  #slotOf(table: Uint32Array, hashed: number, chunk: Buffer, at: number): number {
    const mask = table.length - 1;
    let slot = hashed & mask;
    for (;;) {
      const known = table[slot] ?? free;
      if (known === free || this.#isSame(known, chunk, at)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isSame(place: number, chunk: Buffer, at: number): boolean {
    const other = this.#chunks[place >>> chunkBits] as Buffer;
    const start = place & (chunkBytes - 1);
    const end = at + 1 + (chunk[at] ?? 0);
    for (let here = at, there = start; here < end; here += 1, there += 1)
      if (chunk[here] !== other[there]) return false;
    return true;
  }

  #widened(table: Uint32Array): Uint32Array {
    const wider = new Uint32Array(table.length * 2);
    for (const place of table) {
      if (place === free) continue;
      const chunk = this.#chunks[place >>> chunkBits] as Buffer;
      const at = place & (chunkBytes - 1);
      wider[this.#slotOf(wider, hash(chunk, at, this.#seed), chunk, at)] = place;
    }
    return wider;
  }
}

function hash(chunk: Buffer, at: number, seed: number): number {
  const end = at + 1 + (chunk[at] ?? 0);
  let mixed = seed;
  for (let index = at; index < end; index += 1) {
    mixed = Math.imul(mixed ^ (chunk[index] ?? 0), seed);
    mixed = (mixed << 13) | (mixed >>> 19);
  }
  return mixed ^ (mixed >>> 15);
}
