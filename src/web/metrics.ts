/** Numbers for Prometheus: those of 0.18 by their names and labels, and ours. A reader of reports and observations. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AppKey } from '../core/config/application.ts';
import type { Decision } from '../core/decision.ts';
import { collectProblems } from '../core/report/problems.ts';
import type { ApplicationReport, CycleReport } from '../core/report/report.ts';
import type { Observation } from '../ports/observation.ts';
import { BoundedLabels } from './bounded-labels.ts';

export interface MetricsOptions {
  /** `host[:port]` of Argo CD's API, where that is the source of Applications. */
  readonly argocdServer?: string;
  /** Updates are counted unless nothing is written. */
  readonly dryRun: boolean;
  readonly now: () => number;
}

const states = ['update', 'current', 'skipped', 'failed'] as const satisfies readonly Decision['kind'][];
const cycleBuckets = [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600];

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #registry = new Registry();
  readonly #of018;
  readonly #ours;
  /** Hosts come from annotations: beyond these they are counted as `other`. */
  readonly #hosts = new BoundedLabels(500);
  #known: ReadonlySet<AppKey> = new Set();

  constructor(options: MetricsOptions) {
    this.#options = options;
    collectProcessMetrics(this.#registry);
    this.#of018 = metricsOf018(this.#registry, options.argocdServer !== undefined);
    this.#ours = ourMetrics(this.#registry);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  observe(observation: Observation): void {
    switch (observation.kind) {
      case 'registry-request': {
        const { registry, host, method, ok, status = 0, remaining } = observation;
        const asked = this.#hosts.of(registry);
        this.#of018.registryRequests.inc({ registry: asked });
        if (!ok) this.#of018.registryFailures.inc({ registry: asked });
        this.#ours.registryRequests.inc({ host: this.#hosts.of(host), method, status: String(status) });
        if (remaining !== undefined) this.#ours.quota.set({ host: this.#hosts.of(host) }, remaining);
        return;
      }
      case 'git-command':
        this.#ours.gitOperations.inc({ command: observation.command, result: resultOf(observation.ok) });
        return;
      case 'kubernetes-request':
        this.#of018.kubernetesRequests.inc();
        if (!observation.ok) this.#of018.kubernetesErrors.inc();
        return;
      case 'argocd-request': {
        const labels = { argocd_server: this.#options.argocdServer ?? '' };
        this.#of018.argocdRequests?.inc(labels);
        if (!observation.ok) this.#of018.argocdErrors?.inc(labels);
      }
    }
  }

  /** As soon as one is done, in its cycle or after it; an error that lasts counts in each cycle. */
  application({ app: application, decisions, write, changes, unsupported }: ApplicationReport): void {
    if (unsupported !== undefined) return;
    const failed =
      decisions.filter(({ kind }) => kind === 'failed').length + (write?.kind === 'failed' ? 1 : 0);
    const isWritten = write?.kind === 'committed' || write?.kind === 'patched';
    this.#of018.imagesErrors.inc({ application }, failed);
    this.#of018.imagesUpdated.inc({ application }, isWritten && !this.#options.dryRun ? changes.length : 0);
    if (decisions.length > 0)
      this.#of018.imagesWatched.set({ application }, decisions.filter(isWatched).length);
    if (write?.kind === 'committed') this.#ours.writes.inc({ result: 'committed' });
    else if (write !== undefined) this.#ours.writes.inc({ result: write.kind });
  }

  cycle(report: CycleReport): void {
    this.#ours.cycles.observe(report.durationMs / 1000);
    const seconds = this.#options.now() / 1000;
    this.#ours.lastCycle.set(seconds);
    if (report.failure === undefined) this.#ours.lastSuccess.set(seconds);
    for (const { app } of report.problems)
      if (app !== undefined) this.#of018.imagesErrors.inc({ application: app });
    // Of a cycle for some, or of a listing that failed, nothing follows for those who are not in it.
    if (!report.complete) return;
    this.#of018.applications.set(report.counters.applications);
    this.#forgetOthers(new Set(report.applications.map(({ app }) => app)));
    this.#setStates(report);
    this.#setProblems(report);
  }

  webhook({ sender, result }: { readonly sender: string; readonly result: string }): void {
    this.#ours.webhooks.inc({ sender, result });
  }

  #forgetOthers(apps: ReadonlySet<AppKey>): void {
    for (const application of this.#known) {
      if (apps.has(application)) continue;
      const { imagesWatched, imagesUpdated, imagesErrors } = this.#of018;
      for (const metric of [imagesWatched, imagesUpdated, imagesErrors]) metric.remove({ application });
    }
    this.#known = apps;
  }

  #setStates({ applications }: CycleReport): void {
    const decisions = applications.flatMap((report) => report.decisions);
    for (const state of states)
      this.#ours.images.set({ state }, decisions.filter(({ kind }) => kind === state).length);
  }

  #setProblems(report: CycleReport): void {
    this.#ours.problems.reset();
    for (const { level, fields } of collectProblems(report)) {
      if (level !== 'info') this.#ours.problems.inc({ level, code: codeOf(fields['code']) });
    }
  }
}

/** `process_*` as Go programs have them, and the heap; not the delay of the event loop, which is `Nan` until there is one. */
function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({ register });
  for (const { name } of register.getMetricsAsArray())
    if (name.startsWith('nodejs_eventloop_lag')) register.removeSingleMetric(name);
}

function isWatched(decision: Decision): boolean {
  return !(decision.kind === 'skipped' && decision.reason === 'not-live');
}

function codeOf(code: unknown): string {
  return typeof code === 'string' ? code : 'none';
}

function resultOf(ok: boolean): 'ok' | 'failed' {
  return ok ? 'ok' : 'failed';
}

/** Source: daemon.md 5.2. The label sets are those of 0.18 and never change. */
function metricsOf018(registry: Registry, hasArgocdApi: boolean) {
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

function ourMetrics(registry: Registry) {
  const name = (text: string): string => `tidewaiter_${text}`;
  const registers = [registry];
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
