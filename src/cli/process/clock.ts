/** Real time and chance. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** Node fires longer timers at once. */
const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => Math.trunc(performance.now()), // durations are told, and nobody wants fractions
  sleep: async (ms, signal) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= maxTimerMs) {
      await pause(Math.min(leftMs, maxTimerMs), undefined, { signal });
    }
    signal.throwIfAborted();
  },
  after: (ms, act) => {
    const timer = setTimeout(act, Math.min(ms, maxTimerMs));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
