/** Numbers for Prometheus: those of 0.18 by their names and labels, and ours. A reader of reports and observations. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { AppKey } from '../core/config/application.ts';
import type { Decision } from '../core/decide/decision.ts';
import type { Problem } from '../core/report/problems.ts';
import type { ApplicationReport, CycleReport } from '../core/report/report.ts';
import type { Observation } from '../ports/observation.ts';
import { BoundedLabels } from './bounded-labels.ts';
import { families018, ownFamilies, ownPrefix, prefix018 } from './metric-families.ts';
import { registerFamilies } from './register-families.ts';
import type { SettingsFile } from './status/settings-file.ts';
import { UpdateTimes } from './update-times.ts';

export interface MetricsOptions {
  /** `host[:port]` of Argo CD's API, where that is the source of Applications. */
  readonly argocdServer?: string;
  /** Updates are counted unless nothing is written. */
  readonly dryRun: boolean;
  readonly now: () => number;
  /** Absent: cycles start by the clock, or when somebody asks. */
  readonly intervalMs?: number;
}

const states = [
  'update',
  'current',
  'held',
  'waiting',
  'skipped',
  'failed',
] as const satisfies readonly Decision['kind'][];

export class Metrics {
  readonly #options: MetricsOptions;
  readonly #registry = new Registry();
  readonly #of018;
  readonly #ours;
  /** Hosts come from annotations: beyond these they are counted as `other`. */
  readonly #hosts = new BoundedLabels(500);
  readonly #updateTimes = new UpdateTimes();
  #known: ReadonlySet<AppKey> = new Set();
  #waitingPushes = () => 0;
  #leads = () => true;
  #settings: readonly SettingsFile[] = [];
  #listed = 0;
  #done = 0;

  constructor(options: MetricsOptions) {
    this.#options = options;
    collectProcessMetrics(this.#registry);
    this.#of018 = registerFamilies(this.#registry, prefix018, families018);
    this.#ours = registerFamilies(this.#registry, ownPrefix, ownFamilies);
    const { argocdServer, intervalMs } = options;
    if (argocdServer === undefined)
      this.#leaveOut(prefix018, families018.argocdRequests, families018.argocdErrors);
    if (intervalMs === undefined) this.#leaveOut(ownPrefix, ownFamilies.interval);
    else this.#ours.interval.set(intervalMs / 1000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    this.#lookAround();
    return this.#registry.metrics();
  }

  observe(observation: Observation): void {
    switch (observation.kind) {
      case 'registry-request': {
        const { registry, host, method, ok, status = 0, remaining, limit } = observation;
        const asked = this.#hosts.of(registry);
        this.#of018.registryRequests.inc({ registry: asked });
        if (!ok) this.#of018.registryFailures.inc({ registry: asked });
        this.#ours.requests.inc({ host: this.#hosts.of(host), method, status: String(status) });
        if (remaining !== undefined) this.#ours.quota.set({ host: this.#hosts.of(host) }, remaining);
        if (limit !== undefined) this.#ours.quotaLimit.set({ host: this.#hosts.of(host) }, limit);
        return;
      }
      case 'registry-hold': {
        const host = this.#hosts.of(observation.host);
        this.#ours.held.set({ host }, observation.hold === undefined ? 0 : 1);
        if (observation.hold !== undefined) this.#ours.holds.inc({ host, code: observation.hold.code });
        return;
      }
      case 'registry-memory':
        this.#ours.memory.inc({ memory: observation.memory, result: observation.isKnown ? 'hit' : 'miss' });
        return;
      case 'git-command':
        this.#ours.gitOperations.inc({ command: observation.command, result: resultOf(observation.ok) });
        return;
      case 'kubernetes-request':
        this.#of018.kubernetesRequests.inc();
        if (!observation.ok) this.#of018.kubernetesErrors.inc();
        return;
      case 'argocd-request': {
        const labels = { argocd_server: this.#options.argocdServer ?? '' };
        this.#of018.argocdRequests.inc(labels);
        if (!observation.ok) this.#of018.argocdErrors.inc(labels);
      }
    }
  }

  /** A cycle has listed so many Applications that it looks at. */
  listed(considered: number): void {
    this.#listed = considered;
    this.#done = 0;
    this.#updateTimes.begin(this.#options.now());
  }

  /** As soon as one is done, in its cycle or after it; an error that lasts counts in each cycle. */
  application(report: ApplicationReport): void {
    const { app: application, decisions, write, changes, unsupported } = report;
    if (unsupported !== undefined) return;
    this.#done += 1;
    for (const seconds of this.#updateTimes.application(report, this.#options.now()))
      this.#ours.updateTimes.observe(seconds);
    if (report.lingeredMs !== undefined) this.#ours.linger.observe(report.lingeredMs / 1000);
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

  /** `problems`: those of the report. */
  cycle(report: CycleReport, problems: readonly Problem[]): void {
    this.#listed = 0;
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
    this.#setProblems(problems);
  }

  /** How many repositories webhooks told of, that no cycle has looked at yet. */
  watchQueue(waiting: () => number): void {
    this.#waitingPushes = waiting;
  }

  /** Given the files of settings that may change. */
  watchSettings(files: readonly SettingsFile[]): void {
    this.#settings = files.filter(({ path }) => path !== '');
  }

  /** Given what tells whether this one of several replicas leads. */
  watchLeader(leads: () => boolean): void {
    this.#leads = leads;
  }

  /** Another replica may lead: what the last cycle saw here is how things are no more. */
  standBy(): void {
    const { problems, images, heldImages, quota, quotaLimit, held } = this.#ours;
    const { applications, imagesWatched } = this.#of018;
    for (const gauge of [problems, images, heldImages, quota, quotaLimit, held, applications, imagesWatched])
      gauge.reset();
  }

  webhook({ sender, result }: { readonly sender: string; readonly result: string }): void {
    this.#ours.webhooks.inc({ sender, result });
  }

  /** Families that say nothing here. */
  #leaveOut(prefix: string, ...families: readonly { readonly name: string }[]): void {
    for (const { name } of families) this.#registry.removeSingleMetric(prefix + name);
  }

  /** What is not told as it happens, but is so when somebody asks. */
  #lookAround(): void {
    this.#ours.unfinished.set(Math.max(0, this.#listed - this.#done));
    this.#ours.waitingPushes.set(this.#waitingPushes());
    this.#ours.leads.set(this.#leads() ? 1 : 0);
    for (const { path, refusal } of this.#settings)
      this.#ours.refusedSettings.set({ file: path }, refusal === undefined ? 0 : 1);
  }

  #forgetOthers(apps: ReadonlySet<AppKey>): void {
    for (const application of this.#known) {
      if (apps.has(application)) continue;
      const { imagesWatched, imagesUpdated, imagesErrors } = this.#of018;
      for (const metric of [imagesWatched, imagesUpdated, imagesErrors]) metric.remove({ application });
    }
    this.#known = apps;
    this.#updateTimes.keepOnly(apps);
  }

  #setStates({ applications }: CycleReport): void {
    const decisions = applications.flatMap((report) => report.decisions);
    for (const state of states)
      this.#ours.images.set({ state }, decisions.filter(({ kind }) => kind === state).length);
    this.#ours.heldImages.reset();
    for (const decision of decisions)
      if (decision.kind === 'held' || decision.kind === 'waiting')
        this.#ours.heldImages.inc({ code: decision.reason.code });
  }

  #setProblems(problems: readonly Problem[]): void {
    this.#ours.problems.reset();
    for (const { level, fields } of problems) {
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
