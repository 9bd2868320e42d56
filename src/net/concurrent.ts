/** The same work for many items, a few at a time. */

/**
 * Runs `work` for each item, at most `width` at once; results in the order of the items. The first failure stops
 * the rest: no further item is begun, those under way are aborted and awaited, and the failure is thrown.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  width: number,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = items.entries();
  async function takeTurns(): Promise<void> {
    for (const [index, item] of queue) {
      either.throwIfAborted();
      results[index] = await work(item, either);
    }
  }
  const workers = Array.from({ length: Math.min(width, items.length) }, async () => {
    try {
      await takeTurns();
    } catch (error) {
      stop.abort(error); // only the first call counts, so the reason is the first failure
    }
  });
  await Promise.all(workers);
  if (stop.signal.aborted) throw stop.signal.reason;
  return results;
}
