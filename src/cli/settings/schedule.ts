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
