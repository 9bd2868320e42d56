/** Memory of policies in ConfigMaps: eight at most, of which only those that changed are written. */
import {
  type Memory,
  mergeMemories,
  emptyMemory,
  filterMemory,
  printMemory,
  readMemory,
  withoutMemory,
} from '../../core/policy/memory/memory.ts';
import { isListedOnly } from '../../core/policy/memory/sights.ts';
import { maxShards, shardMemory } from '../../core/policy/memory/shards.ts';
import type { PolicyMemory } from '../../ports/policy-memory.ts';
import type { Exchange } from '../api/exchange.ts';
import { type MemoryMap, type MemoryMaps, makeMemoryMaps } from './memory-map.ts';

/** Somebody who writes at the same time as often as that is no other replica. */
const maxAttempts = 4;

export function makeMemoryInMaps(exchange: Exchange, namespace: string): PolicyMemory {
  return new ShardedMemory(makeMemoryMaps(exchange, namespace), namespace);
}

class ShardedMemory implements PolicyMemory {
  readonly place: string;
  readonly #maps: MemoryMaps;
  /** As they were read or written last; null: there is none. */
  #known: (MemoryMap | null)[] = [];

  constructor(maps: MemoryMaps, namespace: string) {
    this.#maps = maps;
    this.place = `ConfigMaps ${maps.nameOf(0)} to -${maxShards - 1} in namespace ${namespace}`;
  }

  async read(signal: AbortSignal) {
    const shards = Array.from({ length: maxShards }, (_, shard) => this.#maps.read(shard, signal));
    this.#known = await Promise.all(shards);
    // whoever wrote them may have had another layout
    const read = this.#known.map((map) => readMemory(map?.text ?? ''));
    const unreadable = read.map((one) => one.unreadable);
    return {
      memory: read.map(({ memory }) => memory).reduce(mergeMemories),
      unreadable: {
        count: unreadable.reduce((sum, { count }) => sum + count, 0),
        first: unreadable.find(({ count }) => count > 0)?.first ?? '',
      },
    };
  }

  async write(memory: Memory, signal: AbortSignal): Promise<Memory> {
    // tags of which only a list told are too many for ConfigMaps
    const pending = filterMemory(memory, (line) => !isListedOnly(line));
    const count = this.#known.findLastIndex((map) => map !== null) + 1;
    const texts = shardMemory(pending, count);
    let foreign = emptyMemory;
    // from the last: a line that moved to another shard is there before it goes from the old one
    for (const [shard, text] of [...texts.entries()].toReversed()) {
      foreign = mergeMemories(foreign, await this.#writeShard(shard, text, signal));
    }
    return foreign;
  }

  /** What somebody else has written there meanwhile; what we knew of it already is not that. */
  async #writeShard(shard: number, text: string, signal: AbortSignal): Promise<Memory> {
    let foreign = emptyMemory;
    let wanted = text;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const known = this.#known[shard] ?? null;
      if (wanted === (known?.text ?? '')) return foreign;
      const written = await this.#maps.write(shard, known, wanted, signal);
      const found = written ?? (await this.#maps.read(shard, signal));
      this.#known[shard] = found;
      if (written !== null) return foreign;
      const before = readMemory(known?.text ?? '').memory;
      const news = withoutMemory(readMemory(found?.text ?? '').memory, before);
      foreign = mergeMemories(foreign, news);
      wanted = printMemory(mergeMemories(readMemory(wanted).memory, news));
    }
    throw this.#maps.contended(shard);
  }
}
