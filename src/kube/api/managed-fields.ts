/** Who wrote a field of a live object, as `metadata.managedFields` tells it. */
import { isRecord } from '../../core/base/json.ts';

/** The field manager under which 0.18 writes too: people name it in `ignoreDifferences`. */
export const fieldManager = 'argocd-image-updater';

/**
 * Name of the other manager that wrote what the pointer leads to, or the nearest thing around it, last; "" where no
 * entry tells.
 */
export function writerOf(object: unknown, pointer: string): string {
  const others = managersOf(object).filter(({ manager }) => manager !== fieldManager);
  return lastAt(others, pointer)?.manager ?? '';
}

/** The manager that wrote it last, be it ours; `time` is "" where it is not told. Undefined where no entry tells. */
export function ownerOf(
  object: unknown,
  pointer: string,
): Pick<ManagerEntry, 'manager' | 'time'> | undefined {
  return lastAt(managersOf(object), pointer);
}

/** Of those who own the most of the way to it. */
function lastAt(entries: readonly ManagerEntry[], pointer: string): ManagerEntry | undefined {
  const keys = pointer.split('/').slice(1);
  const candidates = entries.flatMap((entry) => {
    const depth = ownedDepth(entry.fields, keys);
    return depth === 0 ? [] : [{ ...entry, depth }];
  });
  return candidates.toSorted((a, b) => b.depth - a.depth || (a.time < b.time ? 1 : -1))[0];
}

interface ManagerEntry {
  readonly manager: string;
  /** RFC 3339 in UTC: later is greater. */
  readonly time: string;
  readonly fields: unknown;
}

/** Entries that name a manager; of any object, also one that is none. */
export function managersOf(object: unknown): readonly ManagerEntry[] {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  const entries = isRecord(metadata) ? metadata['managedFields'] : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): readonly ManagerEntry[] => {
    if (!isRecord(entry) || typeof entry['manager'] !== 'string') return [];
    const { manager, time, fieldsV1 } = entry;
    return [{ manager, time: typeof time === 'string' ? time : '', fields: fieldsV1 }];
  });
}

/** How many of the keys, from the first on, the manager owns something under. */
function ownedDepth(fields: unknown, keys: readonly string[]): number {
  let at = fields;
  let depth = 0;
  for (const key of keys) {
    const next: unknown = isRecord(at) ? at[`f:${key}`] : undefined;
    if (next === undefined) break;
    at = next;
    depth += 1;
  }
  return depth;
}
