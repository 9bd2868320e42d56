/** ConfigMaps with memory of policies under the key `memory`; whatever else is in them stays. */
import type { Failed } from '../../core/base/outcome.ts';
import type { Exchange } from '../api/exchange.ts';
import { ConfigMap, type KnownMap } from '../maps/config-map.ts';

export interface MemoryMap {
  readonly text: string;
  readonly known: KnownMap;
}

export interface MemoryMaps {
  nameOf(shard: number): string;
  /** null: there is none. Throws `Failed`. */
  read(shard: number, signal: AbortSignal): Promise<MemoryMap | null>;
  /** null: it is not as it was known any more. Throws `Failed`. */
  write(shard: number, known: MemoryMap | null, text: string, signal: AbortSignal): Promise<MemoryMap | null>;
  /** For whoever gives up. */
  contended(shard: number): Failed;
}

const key = 'memory';

export function makeMemoryMaps(exchange: Exchange, namespace: string): MemoryMaps {
  const nameOf = (shard: number): string => `argocd-image-updater-memory-${shard}`;
  const mapOf = (shard: number): ConfigMap => new ConfigMap(exchange, namespace, nameOf(shard));
  return {
    nameOf,
    read: async (shard, signal) => memoryOf(await mapOf(shard).read(signal)),
    write: async (shard, known, text, signal) =>
      memoryOf(await mapOf(shard).write(known?.known ?? null, { [key]: text }, signal)),
    contended: (shard) => mapOf(shard).contended(),
  };
}

function memoryOf(known: KnownMap | null): MemoryMap | null {
  return known === null ? null : { text: known.data[key] ?? '', known };
}
