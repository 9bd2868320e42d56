/** Real time in which some pauses are left out. */
import type { Clock } from '../../../src/ports/clock.ts';
import { makeRealClock } from '../../fakes/clock.ts';

export interface ShiftedClock extends Clock {
  /** The same time for those whose pauses are left out: time jumps by what they would have slept. */
  readonly hasty: Clock;
  /** Moves time forward. */
  pass(ms: number): void;
}

export function makeShiftedClock(): ShiftedClock {
  const real = makeRealClock();
  let shiftMs = 0;
  const shifted = {
    ...real,
    now: () => real.now() + shiftMs,
    monotonicMs: () => real.monotonicMs() + shiftMs,
  };
  return {
    ...shifted,
    pass: (ms) => {
      shiftMs += ms;
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
