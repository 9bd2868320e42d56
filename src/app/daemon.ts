/** The loop: cycle after cycle, never two at once, until it is told to stop. */
import type { CycleReport } from '../core/report/report.ts';
import type { Clock } from '../ports/clock.ts';
import type { Progress } from './progress.ts';
import { settle } from '../core/base/settle.ts';
import { everybody, type Trigger, type Triggers } from './trigger/trigger.ts';

export type Schedule =
  /** The time between the end of a cycle and the start of the next. */
  | { readonly kind: 'interval'; readonly intervalMs: number }
  /** Delay from now to the next planned time, in ms. */
  | { readonly kind: 'times'; readonly nextDelayMs: (nowMs: number) => number }
  /** Only when somebody asks. */
  | { readonly kind: 'never' };

export interface DaemonOptions {
  readonly runCycle: (trigger: Trigger) => Promise<CycleReport>;
  readonly schedule: Schedule;
  /** Those who ask for a cycle beside the schedule. */
  readonly triggers: Triggers;
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
  /** When the next cycle of an interval is due. */
  let dueMs = clock.monotonicMs();
  while (!signal.aborted) {
    const trigger = await nextTrigger(options, dueMs);
    if (trigger === undefined) return;
    progress.turned(clock.monotonicMs());
    const outcome = await settle(() => options.runCycle(trigger));
    progress.turned(clock.monotonicMs());
    if (outcome.ok) options.onReport(outcome.value);
    else
      options.onCrash(
        outcome.failure.kind === 'unexpected' ? outcome.failure.cause : outcome.failure.message,
      );
    // A cycle for some is beside the schedule; one for all takes the place of the next.
    if (trigger.scope.kind === 'all' && schedule.kind === 'interval')
      dueMs = clock.monotonicMs() + schedule.intervalMs;
  }
}

/** What comes first: the planned time, or somebody who asks; undefined once the signal has fired. */
async function nextTrigger(options: DaemonOptions, dueMs: number): Promise<Trigger | undefined> {
  const { schedule, signal, triggers } = options;
  const asked = new AbortController();
  const waiting = { ...options, signal: AbortSignal.any([signal, asked.signal]) };
  const planned = settle(() => waitForSchedule(waiting, schedule, dueMs));
  await Promise.race([planned, triggers.arrived]);
  asked.abort(new Error('somebody asks for a cycle'));
  const isDue = (await planned).ok;
  if (signal.aborted) return undefined;
  if (isDue) triggers.add({ reasons: ['schedule'], scope: everybody });
  return triggers.take();
}

function waitForSchedule(options: DaemonOptions, schedule: Schedule, dueMs: number): Promise<void> {
  switch (schedule.kind) {
    case 'interval':
      return waitFor(options, dueMs);
    case 'times':
      return waitUntil(options, schedule);
    case 'never':
      options.progress.dueAt(Number.POSITIVE_INFINITY);
      return options.clock.sleep(Number.POSITIVE_INFINITY, options.signal);
  }
}

async function waitFor({ clock, progress, signal }: DaemonOptions, dueMs: number): Promise<void> {
  progress.dueAt(dueMs);
  const leftMs = dueMs - clock.monotonicMs();
  if (leftMs > 0) await clock.sleep(leftMs, signal);
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
