/** Where what policies remember outlives the process. */
import type { Memory, ReadMemory } from '../core/policy/memory/memory.ts';

/** Throws `Failed`. One cycle after the other uses it: it need not bear two writes at once. */
export interface PolicyMemory {
  /** For people: `ConfigMaps argocd-image-updater-memory-0 to -7 in namespace argocd`. */
  readonly place: string;
  /** All that is kept; of nothing an empty memory. */
  read(signal: AbortSignal): Promise<ReadMemory>;
  /** Keeps the memory where it differs from what is kept, and gives what somebody else has kept meanwhile. */
  write(memory: Memory, signal: AbortSignal): Promise<Memory>;
}
