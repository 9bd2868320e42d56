/** Clocks that move only when a test says so, and a real one. */
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

export interface Timers extends Pick<Clock, 'after'> {
  /** Calls all back whose time has come. */
  fire(): void;
}

/** Timers of a clock whose hands a test moves. */
export function makeTimers(now: () => number): Timers {
  const timers = new Set<{ readonly atMs: number; readonly act: () => void }>();
  return {
    after: (ms, act) => {
      const timer = { atMs: now() + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    fire: () => {
      for (const timer of timers) {
        if (timer.atMs > now() || !timers.delete(timer)) continue;
        timer.act();
      }
    },
  };
}

export function makeManualClock(startMs = 1_800_000_000_000): ManualClock {
  let nowMs = startMs;
  let jumpedMs = 0;
  let sleepers: Sleeper[] = [];
  const timers = makeTimers(() => nowMs);
  return {
    now: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    jump: (ms) => {
      jumpedMs += ms;
    },
    after: (ms, act) => timers.after(ms, act),
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
      timers.fire();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** What work comes to while time passes, a second whenever nothing else is to do. */
export async function whileTimePasses<T>(clock: Pick<ManualClock, 'advance'>, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  work.then(over, over);
  while (!isOver) await clock.advance(1_000);
  return await work;
}

/** Real time, for tests against real servers; chance is fixed. */
export function makeRealClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
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
