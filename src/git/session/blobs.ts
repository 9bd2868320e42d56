/** Contents of target files: fetched once, read in batches of bounded size. */
import { fetchBlobs, maxFileBytes, objectSizes } from './fetch.ts';
import type { Session } from './session.ts';
import { BrokenMirror } from './faults.ts';

const maxBatchBytes = 32 * 1024 * 1024;

/** Contents by id; those that the mirror lacks are fetched in one go. null: larger than a target may be. */
export async function readBlobs(
  session: Session,
  commit: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer | null>> {
  const sizes = new Map(await objectSizes(session, ids, signal));
  const missing = ids.filter((id) => sizes.get(id) === null);
  const tooLarge = await fetchBlobs(session, commit, missing, signal);
  for (const id of tooLarge) sizes.set(id, maxFileBytes + 1);
  const fetched = missing.filter((id) => !tooLarge.has(id));
  for (const [id, size] of await objectSizes(session, fetched, signal)) {
    if (size === null) throw new BrokenMirror(session.failure('read', 'git', `object ${id} cannot be had`));
    sizes.set(id, size);
  }
  const contents = new Map<string, Buffer | null>();
  let batch: string[] = [];
  let batchBytes = 0;
  for (const id of ids) {
    const size = sizes.get(id) ?? 0;
    if (size > maxFileBytes) contents.set(id, null);
    else {
      batch.push(id);
      batchBytes += size;
    }
    if (batchBytes > maxBatchBytes) {
      await readBatch(session, batch, contents, signal);
      batch = [];
      batchBytes = 0;
    }
  }
  await readBatch(session, batch, contents, signal);
  return contents;
}

async function readBatch(
  session: Session,
  ids: readonly string[],
  contents: Map<string, Buffer | null>,
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return;
  const read = await session.objects('read', (reader) => reader.contents(ids, signal));
  for (const [id, bytes] of read) contents.set(id, bytes);
}
