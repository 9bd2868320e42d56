/** When cycles start: after a pause, or by a cron expression. */
import { createTask, validateDetailed } from 'node-cron';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';

/** Milliseconds from `nowMs` to the next start by the cron expression. */
export type NextDelay = (nowMs: number) => number;

/**
 * Five fields, or six with seconds first. `timeZone` is an IANA name, "" for the machine's own.
 * A fixed time that the clocks jump over in spring does not start that day.
 */
export function parseCronSchedule(expression: string, timeZone: string): Outcome<NextDelay> {
  const checked = validateDetailed(expression);
  if (!checked.valid) {
    const reasons = checked.errors.map((error) => error.message).join('; ');
    return fail(configFailure(`--schedule "${expression}": ${reasons}`));
  }
  if (timeZone !== '' && !isTimeZone(timeZone)) {
    return fail(
      configFailure(`--schedule-timezone "${timeZone}": no such time zone, expected e.g. Europe/Berlin`),
    );
  }
  const task = createTask(expression, () => undefined, timeZone === '' ? {} : { timezone: timeZone });
  return succeed((nowMs) => {
    const [next] = task.getNextRuns(1);
    if (next === undefined) throw new Error(`no next start of --schedule "${expression}"`);
    return Math.max(0, next.getTime() - nowMs);
  });
}

/** node-cron takes any text for a time zone and then never runs. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** When cycles start, told apart from how that is said. */
type Planned =
  | { readonly kind: 'interval'; readonly intervalMs: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly nextDelayMs: NextDelay }
  | { readonly kind: 'once' | 'never' };

/** The same, each start later by `offsetMs`: of many processes each has its own. */
export function delayed<S extends Planned>(schedule: S, offsetMs: number): S {
  if (offsetMs === 0) return schedule;
  if (schedule.kind === 'interval') return { ...schedule, intervalMs: schedule.intervalMs + offsetMs };
  if (schedule.kind !== 'cron') return schedule;
  const { nextDelayMs } = schedule;
  return { ...schedule, nextDelayMs: (nowMs: number) => nextDelayMs(nowMs - offsetMs) };
}
