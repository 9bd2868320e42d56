/** Memory in texts small enough for a ConfigMap each: whoever reads merges all of them, whatever the layout. */
import { createHash } from 'node:crypto';
import { type MemoryLine, printLine } from './line.ts';
import { allLines, type Memory } from './memory.ts';

/** How many there can be. */
export const maxShards = 8;

/** Kubernetes takes 1 MiB; more lines come before the next doubling. */
const fullBytes = 900_000;

/**
 * One text a shard. `atLeast`: how many there are already, for they are never made fewer: a line that moved to another
 * shard is written there before it goes from the old one, from the last shard to the first.
 */
export function shardMemory(memory: Memory, atLeast = 1): readonly string[] {
  const lines = placedLines(memory);
  for (let count = powerOfTwo(atLeast); ; count *= 2) {
    const sizes = Array.from({ length: count }, () => 0);
    for (const { byte, text } of lines) {
      sizes[byte % count] = (sizes[byte % count] ?? 0) + Buffer.byteLength(text);
    }
    if (count >= maxShards || sizes.every((size) => size <= fullBytes)) return textsOf(lines, count);
  }
}

interface PlacedLine {
  readonly text: string;
  /** First byte of a hash: the remainder by the number of shards is the place. */
  readonly byte: number;
}

/** Sorted by text. */
function placedLines(memory: Memory): readonly PlacedLine[] {
  const bytes = new Map<string, number>();
  const byteOf = (subject: string): number => {
    const byte = bytes.get(subject) ?? firstByte(subject);
    bytes.set(subject, byte);
    return byte;
  };
  const known = [...allLines(memory)].map((line) => ({
    text: `${printLine(line)}\n`,
    byte: byteOf(placedBy(line)),
  }));
  const unknown = [...memory.unknown].map((line) => ({
    text: `${line}\n`,
    byte: byteOf(line.split(' ')[1] ?? ''),
  }));
  return [...known, ...unknown].toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

function textsOf(lines: readonly PlacedLine[], count: number): readonly string[] {
  const texts = Array.from({ length: count }, (): string[] => []);
  for (const { byte, text } of lines) texts[byte % count]?.push(text);
  return texts.map((some) => some.join(''));
}

/** Lines of one repository lie together; those of none lie by what they are about. */
function placedBy(line: MemoryLine): string {
  if ('repository' in line) return line.repository;
  return line.word === 'wrote' ? line.key : line.bucket;
}

function firstByte(text: string): number {
  return createHash('sha256').update(text).digest()[0] ?? 0;
}

function powerOfTwo(atLeast: number): number {
  let count = 1;
  while (count < atLeast) count *= 2;
  return Math.min(count, maxShards);
}
