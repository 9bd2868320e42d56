/** Time limits by the clock that the program is given. */
import type { Clock } from '../ports/clock.ts';

/** Runs work with a signal that fires when the time is over (a `TimeoutError`), or with the outer one. */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const cancel = clock.after(ms, () =>
    late.abort(new DOMException(`not finished within ${ms} ms`, 'TimeoutError')),
  );
  try {
    return await work(AbortSignal.any([...outer, late.signal]));
  } finally {
    cancel();
  }
}
