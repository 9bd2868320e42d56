/** A clock that moves only when a test says so. */
import type { Clock } from '../../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time forward, waking sleepers in order, and lets what they trigger run. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock forward or back; no time passes. */
  jump(ms: number): void;
}

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

export function makeManualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs;
  let jumpedMs = 0;
  let sleepers: Sleeper[] = [];
  return {
    now: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    jump: (ms) => {
      jumpedMs += ms;
    },
    random: () => 0.5,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const sleeper = { wakeAtMs: nowMs + ms, wake: resolve };
        if (signal.aborted) reject(signal.reason as Error);
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason as Error);
        });
        sleepers.push(sleeper);
      });
    },
    async advance(ms) {
      nowMs += ms;
      const due = sleepers.filter(({ wakeAtMs }) => wakeAtMs <= nowMs);
      sleepers = sleepers.filter(({ wakeAtMs }) => wakeAtMs > nowMs);
      for (const { wake } of due) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Real time, for tests against real servers; chance is fixed. */
export function makeRealClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
  };
}
