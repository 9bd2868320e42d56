/** The families of numbers: names, labels, what they count. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { SettingsFile } from './status/settings-file.ts';

const cycleBuckets = [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600];
const updateBuckets = [1, 3, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

/** What is counted when somebody asks. */
interface Counted {
  readonly intervalMs?: number;
  readonly unfinished: () => number;
  readonly waitingPushes: () => number;
  readonly leads: () => boolean;
  readonly settings: () => readonly SettingsFile[];
}

/** Source: daemon.md 5.2. The label sets are those of 0.18 and never change. */
export function metricsOf018(registry: Registry, hasArgocdApi: boolean) {
  const prefix = 'argocd_image_updater_';
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `${prefix}${name}`, help, labelNames: [...labelNames], registers: [registry] });
  return {
    applications: gauge('applications_watched_total', 'Applications considered in the last cycle'),
    imagesWatched: gauge('images_watched_total', 'Images considered in the last cycle', ['application']),
    imagesUpdated: counter('images_updated_total', 'Images updated', ['application']),
    imagesErrors: counter('images_errors_total', 'Images and writes that failed, in each cycle', [
      'application',
    ]),
    registryRequests: counter('registry_requests_total', 'Requests to a registry', ['registry']),
    registryFailures: counter('registry_requests_failed_total', 'Requests to a registry that failed', [
      'registry',
    ]),
    kubernetesRequests: counter('k8s_api_requests_total', 'Requests to the Kubernetes API'),
    kubernetesErrors: counter('k8s_api_errors_total', 'Requests to the Kubernetes API that failed'),
    ...(hasArgocdApi
      ? {
          argocdRequests: counter('argocd_api_requests_total', 'Requests to Argo CD', ['argocd_server']),
          argocdErrors: counter('argocd_api_errors_total', 'Requests to Argo CD that failed', [
            'argocd_server',
          ]),
        }
      : {}),
  };
}

export function ourMetrics(
  registry: Registry,
  { intervalMs, unfinished, waitingPushes, leads, settings }: Counted,
) {
  const name = (text: string): string => `tidewaiter_${text}`;
  const registers = [registry];
  if (intervalMs !== undefined)
    new Gauge({
      name: name('interval_seconds'),
      help: 'Time from the end of a cycle to the next',
      registers,
    }).set(intervalMs / 1000);
  return {
    cycles: new Histogram({
      name: name('cycle_duration_seconds'),
      help: 'Time of a cycle',
      buckets: cycleBuckets,
      registers,
    }),
    lastCycle: new Gauge({
      name: name('last_cycle_timestamp_seconds'),
      help: 'End of the last cycle',
      registers,
    }),
    lastSuccess: new Gauge({
      name: name('last_listed_cycle_timestamp_seconds'),
      help: 'End of the last cycle in which Applications could be listed',
      registers,
    }),
    problems: new Gauge({
      name: name('problems'),
      help: 'Problems of the last cycle, by level and code',
      labelNames: ['level', 'code'],
      registers,
    }),
    images: new Gauge({
      name: name('images'),
      help: 'Images of the last cycle',
      labelNames: ['state'],
      registers,
    }),
    heldImages: new Gauge({
      name: name('held_images'),
      help: 'Images of the last cycle that a policy withholds, by its first reason',
      labelNames: ['code'],
      registers,
    }),
    refusedSettings: new Gauge({
      name: name('settings_refused'),
      help: '1: the newest version of a file of settings is broken, and the one before it is in force',
      labelNames: ['file'],
      registers,
      collect() {
        for (const { path, refusal } of settings()) this.set({ file: path }, refusal === undefined ? 0 : 1);
      },
    }),
    leads: new Gauge({
      name: name('leader'),
      help: '1: this replica leads, or is the only one',
      registers,
      collect() {
        this.set(leads() ? 1 : 0);
      },
    }),
    registryRequests: new Counter({
      name: name('registry_requests_total'),
      help: 'Requests to registries and token servers; status 0: no answer',
      labelNames: ['host', 'method', 'status'],
      registers,
    }),
    quota: new Gauge({
      name: name('registry_quota_remaining'),
      help: 'Requests that a registry still grants, as it said last',
      labelNames: ['host'],
      registers,
    }),
    quotaLimit: new Gauge({
      name: name('registry_quota_limit'),
      help: 'Requests that a registry grants in a whole window, as it said last',
      labelNames: ['host'],
      registers,
    }),
    held: new Gauge({
      name: name('registry_held_back'),
      help: '1: nothing is asked there for a while, after refusals or failures',
      labelNames: ['host'],
      registers,
    }),
    holds: new Counter({
      name: name('registry_holds_total'),
      help: 'Times that a registry began to be held back',
      labelNames: ['host', 'code'],
      registers,
    }),
    memory: new Counter({
      name: name('registry_memory_total'),
      help: 'Tokens and images that were wanted, by whether they were known already',
      labelNames: ['memory', 'result'],
      registers,
    }),
    updateTimes: new Histogram({
      name: name('update_seconds'),
      help: 'From the start of the cycle that first wanted a version to its write',
      buckets: updateBuckets,
      registers,
    }),
    unfinished: new Gauge({
      name: name('applications_unfinished'),
      help: 'Applications that the running cycle has not done yet',
      registers,
      collect() {
        this.set(unfinished());
      },
    }),
    waitingPushes: new Gauge({
      name: name('webhook_queue'),
      help: 'Repositories that webhooks told of, and that no cycle has looked at yet',
      registers,
      collect() {
        this.set(waitingPushes());
      },
    }),
    gitOperations: new Counter({
      name: name('git_operations_total'),
      help: 'Commands of git',
      labelNames: ['command', 'result'],
      registers,
    }),
    writes: new Counter({
      name: name('writes_total'),
      help: 'Planned writes of Applications, by what became of them',
      labelNames: ['result'],
      registers,
    }),
    webhooks: new Counter({
      name: name('webhook_deliveries_total'),
      help: 'Deliveries of webhooks',
      labelNames: ['sender', 'result'],
      registers,
    }),
  };
}
