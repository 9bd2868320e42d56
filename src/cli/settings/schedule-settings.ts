/** When cycles start, and how long one may take: flags -> settings. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import type { cycleFlags } from '../flags/groups/cycle-flags.ts';
import { type NextDelay, parseCronSchedule } from './schedule.ts';

export type Schedule =
  | { readonly kind: 'once' }
  | { readonly kind: 'interval'; readonly intervalMs: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly nextDelayMs: NextDelay }
  /** Webhooks alone start cycles. */
  | { readonly kind: 'never' };

type CycleValues = FlagValues<typeof cycleFlags>;

export function readSchedule(values: CycleValues, given: GivenFlags): Outcome<Schedule> {
  if (values.once) return succeed({ kind: 'once' });
  if (values.schedule !== '') {
    if (given.has('interval')) return refuse('--schedule and --interval exclude each other');
    const nextDelayMs = parseCronSchedule(values.schedule, values['schedule-timezone']);
    if (!nextDelayMs.ok) return nextDelayMs;
    return succeed({ kind: 'cron', expression: values.schedule, nextDelayMs: nextDelayMs.value });
  }
  if (values['schedule-timezone'] !== '') return refuse('--schedule-timezone needs --schedule');
  if (values.interval === 0) return succeed({ kind: 'once' });
  return succeed({ kind: 'interval', intervalMs: values.interval });
}

const leastCycleTimeoutMs = 5 * 60_000;

export function defaultCycleTimeoutMs(schedule: Schedule): number {
  return schedule.kind === 'interval'
    ? Math.max(leastCycleTimeoutMs, 2 * schedule.intervalMs)
    : leastCycleTimeoutMs;
}

export function maxJitterMs(schedule: Schedule): number {
  return schedule.kind === 'interval' ? schedule.intervalMs : 3_600_000;
}

export function shortInterval(schedule: Schedule): readonly string[] {
  if (schedule.kind !== 'interval' || schedule.intervalMs >= 60_000) return [];
  return ['an interval below 1m asks registries very often, and may run into their rate limits'];
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
