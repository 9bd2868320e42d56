/** Work that several callers want at the same time, done once. */

interface Entry<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Runs work once per key, for callers who may leave. The rules:
 *
 * - Whoever asks while it runs waits for the same work, and gets what comes out, a failure too.
 * - Who leaves (by the own signal) is let go at once with the reason of the signal, and disturbs nobody else.
 * - When the last one left the work is aborted and forgotten: who asks then begins anew.
 * - With `keep` "results" what came out, a failure too, is the answer to every later call; with "nothing" the next
 *   call after the end begins anew, so that a failure is told only to those who waited for it.
 *
 * For questions that nobody leaves early there is `oncePerKey` of core.
 */
export class SharedWork<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #keep: 'results' | 'nothing';

  constructor(keep: 'results' | 'nothing') {
    this.#keep = keep;
  }

  /** Rejects with the signal's reason as soon as this caller's signal is aborted. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const entry = this.#entries.get(key) ?? this.#start(key, work);
    entry.waiting += 1;
    try {
      return await untilAborted(entry.result, signal);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0 && signal.aborted) this.#abandon(key, entry);
    }
  }

  /** Whoever asks from now on causes the work anew; for results too large to be kept. */
  drop(key: string): void {
    this.#entries.delete(key);
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const stop = new AbortController();
    const entry: Entry<T> = { result: work(stop.signal), stop, waiting: 0 };
    this.#entries.set(key, entry);
    // Both ends are taken so that work which everybody left is no unhandled rejection; callers get theirs by `run`.
    const settled = () => {
      if (this.#keep === 'nothing') this.#forget(key, entry);
    };
    entry.result.then(settled, settled);
    return entry;
  }

  #abandon(key: string, entry: Entry<T>): void {
    this.#forget(key, entry);
    entry.stop.abort(new Error('nobody waits for this any more'));
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

async function untilAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
