/** The command `run`: reads settings, wires the adapters, and runs cycles until it is told to stop. */
import { PushCycles } from '../app/push-cycles.ts';
import type { PushEvent } from '../ports/push-event.ts';
import { makeRunCycle, type RunCycle } from '../app/cycle.ts';
import type { CycleOptions, World } from '../app/world.ts';
import { runDaemon } from '../app/daemon.ts';
import { Waits } from '../app/waits.ts';
import { Progress } from '../app/progress.ts';
import { everybody, type Scope, type Trigger, Triggers } from '../app/trigger.ts';
import type { AppKey } from '../core/config/application.ts';
import { settle } from '../core/base/settle.ts';
import { type Failure, type Outcome, succeed } from '../core/base/outcome.ts';
import type { CycleReport } from '../core/report/report.ts';
import { banner } from './banner.ts';
import { buildInfo, fullVersion, userAgent } from './process/build-info.ts';
import { systemClock } from './process/clock.ts';
import type { GivenFlags } from './flags/flag-values.ts';
import { oldStartLines, withOldLines } from './old-lines.ts';
import { print, type Teller } from './log/teller.ts';
import type { ProgramIo } from './process/program-io.ts';
import { makeProgramLog, type ProgramLog } from './process/program-log.ts';
import {
  type RunSettings,
  readRunSettings,
  readWebhookCommandSettings,
  type Schedule,
} from './settings/settings.ts';
import { loadRegistries } from './settings/registries-conf.ts';
import { ConfigMapWatch } from './settings/config-map-watch.ts';
import { ReloadedFile } from './settings/reloaded-file.ts';
import { loadCommitTemplate } from './settings/settings-files.ts';
import { delayed } from './settings/schedule.ts';
import { type Shutdown, watchSignals } from './process/shutdown.ts';
import type { Metrics } from '../web/metrics.ts';
import type { Standing, Status } from '../web/status/status.ts';
import type { WebServer } from '../web/server.ts';
import { observationLines } from './log/observation-line.ts';
import type { Observation } from '../ports/observation.ts';
import type { Clock } from '../ports/clock.ts';
import { workWhileLeading } from '../app/leader/terms.ts';
import type { Election } from '../app/leader/election.ts';
import { makeElection } from './world/election.ts';
import { manifestsOf } from './world/manifests.ts';
import { tellPassedOver } from './world/passed-over.ts';
import { makeWorld } from './world/world.ts';

/** How long the first application that is ready waits for others of its repository. */
const lingerMs = 2000;

/** Exit code of `--exit-code` after a cycle in which something failed. */
const failedCode = 2;

/**
 * 0 after `--once`, whatever the cycle met, and after a signal; 1 where it could not be started. With `--exit-code`
 * 2 after a cycle in which something failed.
 */
export async function run(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  return runWith(readRunSettings(given, io.environment, io.temporaryFolder), io);
}

/** The command `webhook`: no cycle but for what registries tell of. */
export async function runWebhook(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  return runWith(readWebhookCommandSettings(given, io.environment, io.temporaryFolder), io);
}

interface ReadSettings {
  readonly settings: RunSettings;
  readonly warnings: readonly string[];
}

/** Chosen once: the time of the next cycle is known, and this process keeps its distance from others. */
function spread({ settings, warnings }: ReadSettings): ReadSettings {
  const offsetMs = Math.floor(settings.jitterMs * systemClock.random());
  return { settings: { ...settings, schedule: delayed(settings.schedule, offsetMs) }, warnings };
}

async function runWith(read: ReturnType<typeof readRunSettings>, io: ProgramIo): Promise<Outcome<number>> {
  if (!read.ok) return read;
  const { settings, warnings } = spread(read.value);
  const waits = new Waits(systemClock);
  const told = makeProgramLog(io, { level: settings.logLevel, format: settings.logFormat }, waits);
  const { log } = told;
  log.info(banner(settings));
  for (const warning of warnings) log.warning(warning);
  const started = await start(settings, io, waits, told);
  if (started.ok) return succeed(started.value);
  const { failure } = started;
  const advice = 'advice' in failure ? failure.advice : undefined;
  log.fatal(failure.message, { error: causeOf(failure), advice });
  return succeed(1);
}

async function start(
  settings: RunSettings,
  io: ProgramIo,
  waits: Waits,
  { log, teller: ownTeller, setLevel }: ProgramLog,
): Promise<Outcome<number>> {
  const opened = await openSettingsFiles(settings, log);
  if (!opened.ok) return opened;
  const { template, registries } = opened.value;
  const teller = settings.hasOldLines ? withOldLines(ownTeller, log) : ownTeller;
  if (settings.hasOldLines) print(log, oldStartLines(settings));
  const { environment, fileWorker } = io;
  const metrics = await metricsOf(settings);
  const status = await statusOf(settings);
  const observers = [
    (observation: Observation) => print(log, observationLines(observation)),
    ...[metrics, status].flatMap((reader) =>
      reader === undefined ? [] : [(observation: Observation) => reader.observe(observation)],
    ),
  ];
  const options = { settings, environment, fileWorker, clock: systemClock, userAgent, log, observers };
  const made = await settle(async () => ({
    world: await makeWorld(options),
    electing: await makeElection(options),
  }));
  if (!made.ok) return made;
  const { electing } = made.value;
  if (electing !== undefined) metrics?.watchLeader(() => electing.election.leads());
  const world = electing?.fenced(made.value.world) ?? made.value.world;
  const progress = new Progress(
    periodOf(settings.schedule),
    systemClock.monotonicMs(),
    settings.cycleTimeoutMs,
  );
  const triggers = new Triggers();
  const pushes = new PushCycles(triggers);
  const watched = waits.watching({ ...world, registry: pushes.watching(world.registry) });
  const renew = async () => ({
    endpoints: await registries.current(),
    commitTemplate: await template.current(),
  });
  const cycleOptions: CycleOptions = {
    onListed: (considered) => {
      metrics?.listed(considered);
      teller.listed(considered);
    },
    onApplication: (report) => {
      progress.itemDone(systemClock.monotonicMs());
      metrics?.application(report);
      teller.application(report);
      status?.application(report);
    },
    defaultPlatform: io.imagePlatform,
    commitTrailers: settings.git.trailers,
    tenants: settings.tenants,
    refreshAfterPush: settings.refreshAfterPush,
    failureEvents: settings.failureEvents,
    notificationAnnotations: settings.notificationAnnotations,
    maxConcurrency: settings.maxConcurrency,
    cycleTimeoutMs: settings.cycleTimeoutMs,
    lingerMs,
    ...(await renew()),
  };
  const configMap = new ConfigMapWatch({
    cluster: world.cluster,
    log,
    level: settings.logLevel,
    isLevelFixed: settings.levelIsGiven,
    setLevel,
  });
  const runCycle = besideConfigMap(makeRunCycle(watched, cycleOptions, renew), configMap);
  metrics?.watchSettings([registries, template]);
  const { election } = electing ?? {};
  return serve({
    settings,
    io,
    log,
    teller,
    world,
    election,
    runCycle,
    progress,
    triggers,
    pushes,
    metrics,
    status,
  });
}

/** The ConfigMap is looked at while a cycle for everybody runs: it delays none. */
function besideConfigMap(runCycle: RunCycle, configMap: ConfigMapWatch): RunCycle {
  return async (signal, scope = everybody) => {
    const looked = scope.kind === 'all' ? configMap.look() : undefined;
    try {
      return await runCycle(signal, scope);
    } finally {
      if (!signal.aborted) await looked;
    }
  };
}

/** Fails where one of them is broken. */
async function openSettingsFiles(settings: RunSettings, log: ProgramLog['log']) {
  const { git, registriesConf } = settings;
  const template = await ReloadedFile.open({ path: git.messagePath, load: loadCommitTemplate, log });
  if (!template.ok) return template;
  const registries = await ReloadedFile.open({
    path: registriesConf.path,
    load: () => loadRegistries(registriesConf, manifestsOf(settings)),
    log,
  });
  return registries.ok ? succeed({ template: template.value, registries: registries.value }) : registries;
}

interface Running {
  readonly settings: RunSettings;
  readonly io: ProgramIo;
  readonly log: ProgramLog['log'];
  readonly teller: Teller;
  readonly world: World;
  /** Absent: this is the only replica. */
  readonly election: Election | undefined;
  readonly runCycle: RunCycle;
  readonly progress: Progress;
  readonly triggers: Triggers;
  readonly pushes: PushCycles;
  readonly metrics: Metrics | undefined;
  readonly status: Status | undefined;
}

/** Runs cycles beside the health servers, under the watch of the signals. */
async function serve(running: Running): Promise<Outcome<number>> {
  const { settings, io, log, progress } = running;
  const { clock } = running.world;
  const isAlive = () => !progress.isStalled(clock.monotonicMs());
  const servers = await pageServers(running, isAlive);
  if (!servers.ok) return servers;
  const webhooks = await webhookServers(running);
  if (!webhooks.ok) {
    await Promise.all(servers.value.map((server) => server.close()));
    return webhooks;
  }
  const shutdown = watchSignals({
    clock,
    onStop: io.onStop,
    graceMs: settings.shutdownGraceMs,
    tell: log.info,
  });
  try {
    const overdue = shutdown.overdue.then(() => 'overdue' as const);
    const ended = await Promise.race([work(running, shutdown), overdue]);
    if (ended !== 'overdue') return succeed(ended);
    log.error('Running work did not end in time');
    return succeed(1);
  } finally {
    running.teller.end();
    shutdown.dispose();
    await Promise.all([...servers.value, ...webhooks.value].map((server) => server.close()));
  }
}

/** `namespace/name` each. */
function scopeOf(apps: readonly string[]): Scope {
  return { kind: 'some', apps: new Set<AppKey>(apps) };
}

/** What serves pages is loaded only where a port is to be opened. */
async function pageServers(
  { settings, metrics, status, progress, election, triggers, log }: Running,
  isAlive: () => boolean,
): Promise<Outcome<readonly WebServer[]>> {
  if (settings.health.length + settings.metrics.length === 0) return succeed([]);
  const { startPages } = await import('./pages.ts');
  const refresh = (apps: readonly string[]) => {
    log.info('A cycle is asked for', { applications: apps.length === 0 ? 'all' : apps });
    triggers.add({ reasons: ['refresh'], scope: apps.length === 0 ? everybody : scopeOf(apps) });
  };
  const leads = () => election?.leads() ?? true;
  const standing = standingOf(progress);
  return await startPages({ settings, isAlive, metrics, status, standing, leads, refresh, log });
}

async function metricsOf({ metrics, source, dryRun, schedule }: RunSettings): Promise<Metrics | undefined> {
  if (metrics.length === 0) return undefined;
  const { Metrics: MetricsClass } = await import('../web/metrics.ts');
  const interval = schedule.kind === 'interval' ? { intervalMs: schedule.intervalMs } : {};
  const argocdServer = source.kind === 'argocd' ? { argocdServer: source.address } : {};
  return new MetricsClass({ ...argocdServer, ...interval, dryRun, now: () => systemClock.now() });
}

async function statusOf({ metrics, dryRun }: RunSettings): Promise<Status | undefined> {
  if (metrics.length === 0) return undefined;
  const { Status: StatusClass } = await import('../web/status/status.ts');
  return new StatusClass({ version: fullVersion(buildInfo), dryRun, now: () => systemClock.now() });
}

/** By the wall clock, as pages tell it. */
function standingOf(progress: Progress): () => Standing {
  return () => {
    const { kind, forMs } = progress.standing(systemClock.monotonicMs());
    const nowMs = systemClock.now();
    if (kind !== 'resting') return { kind, sinceMs: nowMs - forMs };
    return Number.isFinite(forMs) ? { kind, nextAtMs: nowMs + forMs } : { kind };
  };
}

async function webhookServers({
  settings: { webhooks: settings },
  election,
  pushes,
  world,
  log,
  metrics,
}: Running): Promise<Outcome<readonly WebServer[]>> {
  if (settings === undefined) return succeed([]);
  const { startWebhooks } = await import('./webhooks.ts');
  const look = (events: readonly PushEvent[]) => pushes.look(events);
  const server = await startWebhooks({
    settings,
    clock: world.clock,
    log,
    look,
    leads: () => election?.leads() ?? true,
    observe: (delivery) => metrics?.webhook(delivery),
    watchQueue: (waiting) => metrics?.watchQueue(waiting),
  });
  return server.ok ? succeed([server.value]) : server;
}

async function work(running: Running, shutdown: Shutdown): Promise<number> {
  const end = new AbortController();
  const { triggers } = running;
  const release = running.io.onRefresh(() => {
    if (running.election?.leads() === false) {
      running.log.info('SIGUSR1 received, but another replica leads');
      return;
    }
    running.log.info('SIGUSR1 received, a cycle for all Applications follows');
    triggers.add({ reasons: ['signal'], scope: everybody });
  });
  const abort = AbortSignal.any([shutdown.abort, end.signal]);
  const passedOver = tellPassedOver(running.world.cluster, running.log, abort);
  try {
    const code = await cycles(running, shutdown, abort);
    if (running.settings.schedule.kind === 'once') await passedOver;
    return code;
  } finally {
    release();
    // What outlived its cycle does not outlive the program.
    end.abort(new Error('the program ends'));
    await passedOver;
    running.world.registry.close();
    await running.world.files.close();
    await running.world.git.close();
  }
}

async function cycles(running: Running, shutdown: Shutdown, abort: AbortSignal): Promise<number> {
  const { settings, log, teller, world, progress, triggers, pushes } = running;
  const { schedule } = settings;
  const runCycle = async ({ reasons, scope }: Trigger, lost: readonly AbortSignal[] = []) => {
    log.debug('A cycle starts', { reason: reasons.join(', ') });
    pushes.begin();
    const tellEnd = teller.begin();
    try {
      return await running.runCycle(AbortSignal.any([abort, ...lost]), scope);
    } finally {
      tellEnd();
      pushes.end();
    }
  };
  const nextOf = nextStarts(schedule, world.clock);
  const onReport = (report: CycleReport) => {
    running.metrics?.cycle(report);
    running.status?.cycle(report);
    teller.cycle(report, nextOf(report));
  };
  const onCrash = (error: unknown) => log.error('A cycle ended with a bug', { error });
  if (schedule.kind === 'once') {
    const outcome = await settle(() => runCycle({ reasons: ['schedule'], scope: everybody }));
    if (outcome.ok) onReport(outcome.value);
    else onCrash(causeOf(outcome.failure));
    if (!settings.codeTellsFailures) return outcome.ok ? 0 : 1;
    return outcome.ok && outcome.value.counters.errors === 0 ? 0 : failedCode;
  }
  const work = (lost: AbortSignal) =>
    runDaemon({
      runCycle: (trigger) => runCycle(trigger, [lost]),
      triggers,
      schedule: schedule.kind === 'cron' ? { kind: 'times', nextDelayMs: schedule.nextDelayMs } : schedule,
      clock: world.clock,
      progress,
      onReport,
      onCrash,
      signal: AbortSignal.any([shutdown.stop, lost]),
    });
  const onWait = () => {
    progress.dueAt(Number.POSITIVE_INFINITY);
    running.metrics?.standBy();
  };
  await workWhileLeading({ election: running.election, onWait, work, signal: shutdown.stop });
  log.info('Stopped');
  return 0;
}

/** When the next cycle for all starts; a cycle for some leaves that as it is. */
function nextStarts(schedule: Schedule, clock: Clock): (report: CycleReport) => number | undefined {
  let nextMs: number | undefined;
  return (report) => {
    const nowMs = clock.now();
    if (schedule.kind === 'cron') return nowMs + schedule.nextDelayMs(nowMs);
    const isForAll = report.complete || report.failure !== undefined;
    if (schedule.kind === 'interval' && isForAll) nextMs = nowMs + schedule.intervalMs;
    return nextMs;
  };
}

/** Of a schedule by the clock only the next time is known: the smallest patience counts. */
function periodOf(schedule: Schedule): number {
  return schedule.kind === 'interval' ? schedule.intervalMs : 0;
}

/** Only bugs carry more than their message. */
function causeOf(failure: Failure): unknown {
  return failure.kind === 'unexpected' ? failure.cause : undefined;
}
