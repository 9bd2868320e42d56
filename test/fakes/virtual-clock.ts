/** Time that passes where everybody waits, as fast as the machine can; nothing else moves it. */
import type { Clock } from '../../src/ports/clock.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until the work is done. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** How many wait for a time. */
  pending(): number;
  /** Sets the wall clock forward or back; no time passes. */
  jump(ms: number): void;
}

interface Waiter {
  readonly atMs: number;
  readonly wake: () => void;
  isGone: boolean;
}

export function makeVirtualClock(startMs = 1_800_000_000_000): VirtualClock {
  let [elapsedMs, jumpedMs] = [0, 0];
  const waiters: Waiter[] = []; // the next one last
  const after = (ms: number, wake: () => void): (() => void) => {
    const waiter = { atMs: elapsedMs + Math.max(ms, 0), wake, isGone: false };
    waiters.splice(placeOf(waiters, waiter.atMs), 0, waiter);
    return () => {
      waiter.isGone = true;
    };
  };
  const clock: VirtualClock = {
    now: () => startMs + elapsedMs + jumpedMs,
    monotonicMs: () => elapsedMs,
    pending: () => waiters.filter(({ isGone }) => !isGone).length,
    random: () => 0,
    jump: (ms) => {
      jumpedMs += ms;
    },
    after,
    sleep: (ms, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal.aborted) reject(signal.reason);
      const cancel = after(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
      return promise;
    },
    pass: (ms) => clock.run(clock.sleep(ms, new AbortController().signal)),
    run: async (work) => {
      let isDone = false;
      const settled = () => {
        isDone = true;
      };
      work.then(settled, settled);
      for (;;) {
        await settle();
        if (isDone) return await work;
        let next = waiters.pop();
        while (next?.isGone === true) next = waiters.pop();
        if (next === undefined) throw new Error('everybody waits, and nothing is to come');
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.wake();
      }
    },
  };
  return clock;
}

/** Everything that needs no time is done. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Before all that are due earlier or at the same time. */
function placeOf(waiters: readonly Waiter[], atMs: number): number {
  let [low, high] = [0, waiters.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiters[middle]?.atMs ?? 0) > atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
