/** Real time and chance. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** Node fires longer timers at once. */
const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => Math.trunc(performance.now()), // durations are told, and nobody wants fractions
  sleep: async (ms, signal) => {
    let leftMs = ms;
    // Even no time at all is a turn for others: long work rests in this way.
    do {
      await pause(Math.min(Math.max(leftMs, 0), maxTimerMs), undefined, { signal });
      leftMs -= maxTimerMs;
    } while (leftMs > 0);
    signal.throwIfAborted();
  },
  after: (ms, act) => {
    const timer = setTimeout(act, Math.min(ms, maxTimerMs));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
