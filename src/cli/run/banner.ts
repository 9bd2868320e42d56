/** The first line of the log. */
import { formatGoDuration } from '../../core/base/duration.ts';
import { buildInfo, fullVersion } from '../process/build-info.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { Schedule } from '../settings/schedule-settings.ts';

/** What 0.18 says at its start: version, level, interval and port. `name` is the program's. */
export function banner({ logLevel, schedule, health, dryRun }: RunSettings, name = 'tidewaiter'): string {
  const parts = [
    `loglevel:${logLevel.toUpperCase()}`,
    scheduleText(schedule),
    `healthport:${health.map(({ port }) => port).join(',') || 'off'}`,
    ...(dryRun ? ['dry-run'] : []),
  ];
  return `${name} ${fullVersion(buildInfo)} starting [${parts.join(', ')}]`;
}

function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'once':
      return 'interval:once';
    case 'interval':
      return `interval:${formatGoDuration(schedule.intervalMs)}`;
    case 'never':
      return 'interval:off';
    case 'cron':
      return `schedule:${schedule.expression}`;
  }
}
