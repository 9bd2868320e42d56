/** What the signals of the process mean: first no new work, then no work at all. */
import type { Clock } from '../../ports/clock.ts';
import type { StopSignal } from './program-io.ts';

export interface Shutdown {
  /** Fires with the first signal: nothing new is begun. */
  readonly stop: AbortSignal;
  /** Fires with the second signal, or when the grace is over: what runs is given up. */
  readonly abort: AbortSignal;
  /** Resolves when what runs did not end although it was given up. */
  readonly overdue: Promise<void>;
  dispose(): void;
}

export interface ShutdownOptions {
  readonly clock: Clock;
  readonly onStop: (listener: (signal: StopSignal) => void) => () => void;
  readonly graceMs: number;
  readonly tell: (message: string) => void;
}

/** Work that was given up ends at its next await; this is more than it needs. */
const afterAbortMs = 3000;

export function watchSignals({ clock, onStop, graceMs, tell }: ShutdownOptions): Shutdown {
  const stop = new AbortController();
  const abort = new AbortController();
  const overdue = Promise.withResolvers<void>();
  const cancels: (() => void)[] = [];
  const giveUp = (reason: string) => {
    if (abort.signal.aborted) return;
    tell(`${reason}, running work is given up`);
    abort.abort(new Error(reason));
    cancels.push(clock.after(afterAbortMs, overdue.resolve));
  };
  const unsubscribe = onStop((signal) => {
    if (stop.signal.aborted) {
      giveUp(`${signal} received again`);
      return;
    }
    tell(`${signal} received, nothing new is begun`);
    stop.abort(new Error(`${signal} received`));
    cancels.push(clock.after(graceMs, () => giveUp('The shutdown grace is over')));
  });
  return {
    stop: stop.signal,
    abort: abort.signal,
    overdue: overdue.promise,
    dispose: () => {
      unsubscribe();
      for (const cancel of cancels) cancel();
    },
  };
}
