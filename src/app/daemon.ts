/** The loop: cycle after cycle, never two at once, until it is told to stop. */
import type { CycleReport } from '../core/report/report.ts';
import type { RunCycle } from './cycle.ts';
import type { Clock } from '../ports/clock.ts';
import type { Progress } from './progress.ts';
import { settle } from '../core/base/settle.ts';

export type Schedule =
  /** The time between the end of a cycle and the start of the next. */
  | { readonly kind: 'interval'; readonly intervalMs: number }
  /** Delay from now to the next planned time, in ms. */
  | { readonly kind: 'times'; readonly nextDelayMs: (nowMs: number) => number };

export interface DaemonOptions {
  readonly runCycle: RunCycle;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly onReport: (report: CycleReport) => void;
  /** A cycle threw: a bug, told and survived. */
  readonly onCrash: (cause: unknown) => void;
  readonly signal: AbortSignal;
}

/** Resolves once the signal has fired and the running cycle has ended. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { clock, progress, schedule, signal } = options;
  if (schedule.kind === 'times') await waitForNext(options);
  while (!signal.aborted) {
    const outcome = await settle(() => options.runCycle(signal));
    progress.ended(clock.now());
    if (outcome.ok) options.onReport(outcome.value);
    else
      options.onCrash(
        outcome.failure.kind === 'unexpected' ? outcome.failure.cause : outcome.failure.message,
      );
    if (!signal.aborted) await waitForNext(options);
  }
}

async function waitForNext({ clock, schedule, progress, signal }: DaemonOptions): Promise<void> {
  const now = clock.now();
  const delayMs = schedule.kind === 'interval' ? schedule.intervalMs : schedule.nextDelayMs(now);
  progress.dueAt(now + delayMs);
  // A rejection says that the signal fired, which the loop looks at itself.
  await settle(() => clock.sleep(delayMs, signal));
}
