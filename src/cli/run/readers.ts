/** Who hears of what happens beside the log: metrics and the status page, loaded only where they are served. */
import { buildInfo, fullVersion } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { Metrics } from '../../web/metrics.ts';
import type { Status } from '../../web/status/status.ts';

export interface Readers {
  readonly metrics: Metrics | undefined;
  readonly status: Status | undefined;
}

export async function makeReaders(settings: RunSettings): Promise<Readers> {
  return { metrics: await metricsOf(settings), status: await statusOf(settings) };
}

async function metricsOf({ metrics, source, dryRun, schedule }: RunSettings): Promise<Metrics | undefined> {
  if (metrics.length === 0) return undefined;
  const { Metrics: MetricsClass } = await import('../../web/metrics.ts');
  const interval = schedule.kind === 'interval' ? { intervalMs: schedule.intervalMs } : {};
  const argocdServer = source.kind === 'argocd' ? { argocdServer: source.address } : {};
  return new MetricsClass({ ...argocdServer, ...interval, dryRun, now: () => systemClock.now() });
}

async function statusOf({ metrics, dryRun }: RunSettings): Promise<Status | undefined> {
  if (metrics.length === 0) return undefined;
  const { Status: StatusClass } = await import('../../web/status/status.ts');
  return new StatusClass({ version: fullVersion(buildInfo), dryRun, now: () => systemClock.now() });
}
