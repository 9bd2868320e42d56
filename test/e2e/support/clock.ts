/** Real time in which some pauses are left out. */
import type { Clock } from '../../../src/ports/clock.ts';
import { makeRealClock } from '../../fakes/clock.ts';

export interface ShiftedClock extends Clock {
  /** The same time for those whose pauses are left out: time jumps by what they would have slept. */
  readonly hasty: Clock;
  /** Moves time forward, and calls all back whose time has come so. */
  pass(ms: number): void;
}

export function makeShiftedClock(): ShiftedClock {
  const real = makeRealClock();
  let shiftMs = 0;
  const pending = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  const after: Clock['after'] = (ms, act) => {
    const timer = {
      atMs: real.monotonicMs() + shiftMs + ms,
      fire: () => {
        cancel();
        act();
      },
    };
    const stop = real.after(ms, timer.fire);
    const cancel = (): void => {
      pending.delete(timer);
      stop();
    };
    pending.add(timer);
    return cancel;
  };
  const shifted = {
    ...real,
    after,
    now: () => real.now() + shiftMs,
    monotonicMs: () => real.monotonicMs() + shiftMs,
  };
  return {
    ...shifted,
    pass: (ms) => {
      shiftMs += ms;
      for (const timer of pending) if (timer.atMs <= shifted.monotonicMs()) timer.fire();
    },
    hasty: {
      ...shifted,
      sleep: async (ms, signal) => {
        signal.throwIfAborted();
        shiftMs += ms;
      },
    },
  };
}
