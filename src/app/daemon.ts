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
    progress.ended(clock.monotonicMs());
    if (outcome.ok) options.onReport(outcome.value);
    else
      options.onCrash(
        outcome.failure.kind === 'unexpected' ? outcome.failure.cause : outcome.failure.message,
      );
    if (!signal.aborted) await waitForNext(options);
  }
}

async function waitForNext(options: DaemonOptions): Promise<void> {
  // A rejection says that the signal fired, which the loop looks at itself.
  await settle(() =>
    options.schedule.kind === 'interval'
      ? waitFor(options, options.schedule)
      : waitUntil(options, options.schedule),
  );
}

async function waitFor(
  { clock, progress, signal }: DaemonOptions,
  { intervalMs }: Extract<Schedule, { kind: 'interval' }>,
): Promise<void> {
  progress.dueAt(clock.monotonicMs() + intervalMs);
  await clock.sleep(intervalMs, signal);
}

/** How often a planned time is compared with the wall clock, which somebody may have set meanwhile. */
const lookAgainMs = 60_000;

/** Waits for a time of the wall clock. Set back, the clock may have an earlier planned time before it than the one that was. */
async function waitUntil(
  { clock, progress, signal }: DaemonOptions,
  { nextDelayMs }: Extract<Schedule, { kind: 'times' }>,
): Promise<void> {
  let plannedMs = clock.now() + nextDelayMs(clock.now());
  for (;;) {
    const leftMs = plannedMs - clock.now();
    progress.dueAt(clock.monotonicMs() + Math.max(leftMs, 0));
    if (leftMs <= 0) return;
    await clock.sleep(Math.min(leftMs, lookAgainMs), signal);
    const nowMs = clock.now();
    if (nowMs < plannedMs) plannedMs = Math.min(plannedMs, nowMs + nextDelayMs(nowMs));
  }
}
