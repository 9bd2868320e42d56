/** Puts together what a run works with: settings files, readers of what happens, adapters, cycles. */
import { makeRunCycle, type RunCycle } from '../../app/cycle.ts';
import { Progress } from '../../app/progress.ts';
import { PushCycles } from '../../app/trigger/push-cycles.ts';
import { RememberedAnswers } from '../../app/trigger/remembered-answers.ts';
import { everybody, Triggers } from '../../app/trigger/trigger.ts';
import type { Waits } from '../../app/waits.ts';
import type { CycleOptions } from '../../app/world.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { Observation } from '../../ports/observation.ts';
import { observationLines } from '../log/observation-line.ts';
import { print, type Teller } from '../log/teller.ts';
import { systemClock } from '../process/clock.ts';
import { FileThread } from '../process/file-thread.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { ProgramLog } from '../process/program-log.ts';
import { ConfigMapWatch } from '../settings/files/config-map-watch.ts';
import { loadRegistries, type ParseRegistries } from '../settings/files/registries-conf.ts';
import { ReloadedFile } from '../settings/files/reloaded-file.ts';
import { loadCommitTemplate, loadGroupTemplate } from '../settings/files/settings-files.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { Schedule } from '../settings/schedule-settings.ts';
import { wantedOfCycles } from '../world/cycle-options.ts';
import { makeElection } from '../world/election.ts';
import { manifestsOf } from '../world/manifests.ts';
import { makeWorld } from '../world/world.ts';
import { oldStartLines, withOldLines } from './old-lines.ts';
import { openPortTls } from './port-tls.ts';
import { makeReaders, type Readers } from './readers.ts';
import type { Running } from './running.ts';

/** Fails where a settings file is broken, or where no cluster is configured. Nothing is connected to yet. */
export async function start(
  settings: RunSettings,
  io: ProgramIo,
  waits: Waits,
  { log, teller: ownTeller, setLevel }: ProgramLog,
): Promise<Outcome<Running>> {
  const opened = await openSettingsFiles(settings, io, log);
  if (!opened.ok) return opened;
  const { template, groupTemplate, registries, portTls } = opened.value;
  const teller = settings.hasOldLines ? withOldLines(ownTeller, log) : ownTeller;
  if (settings.hasOldLines) print(log, oldStartLines(settings));
  const readers = await makeReaders(settings);
  const { metrics, status } = readers;
  const made = await settle(() => openWorlds(settings, io, log, readers));
  if (!made.ok) return made;
  const { world, election } = made.value;
  const progress = new Progress(
    periodOf(settings.schedule),
    systemClock.monotonicMs(),
    settings.cycleTimeoutMs,
  );
  const triggers = new Triggers();
  const takesPushes = settings.webhooks !== undefined;
  const pushes = new PushCycles(triggers, takesPushes ? new RememberedAnswers(systemClock) : undefined);
  const renew = async () => ({
    endpoints: await registries.current(),
    commitTemplate: await template.current(),
    groupTemplate: await groupTemplate.current(),
    ...(election === undefined ? {} : { term: election.terms }),
  });
  const cycleOptions: CycleOptions = {
    ...wantedOfCycles(settings, io),
    ...telling(teller, readers, progress),
    refreshAfterPush: settings.refreshAfterPush,
    failureEvents: settings.failureEvents,
    notificationAnnotations: settings.notificationAnnotations,
    ...(await renew()),
  };
  const watched = waits.watching({ ...world, registry: pushes.watching(world.registry) });
  const { logLevel: level, levelIsGiven: isLevelFixed } = settings;
  const configMap = new ConfigMapWatch({ cluster: world.cluster, log, level, isLevelFixed, setLevel });
  const runCycle = besideConfigMap(makeRunCycle(watched, cycleOptions, renew), configMap);
  const files = [registries, template, groupTemplate, ...(portTls === undefined ? [] : [portTls.file])];
  metrics?.watchSettings(files);
  status?.watchSettings(files);
  const parts = { settings, io, log, teller, world, election, runCycle, progress, triggers, pushes };
  return succeed({ ...parts, ...readers, portTls });
}

/** The adapters, and who of several replicas may use them to write. */
async function openWorlds(
  settings: RunSettings,
  io: ProgramIo,
  log: ProgramLog['log'],
  { metrics, status }: Readers,
): Promise<Pick<Running, 'world' | 'election'>> {
  const observers = [
    (observation: Observation) => print(log, observationLines(observation)),
    ...[metrics, status].flatMap((reader) =>
      reader === undefined ? [] : [(observation: Observation) => reader.observe(observation)],
    ),
  ];
  const options = { settings, io, log, observers };
  const world = await makeWorld(options);
  const electing = await makeElection(options);
  if (electing === undefined) return { world, election: undefined };
  const { election } = electing;
  metrics?.watchLeader(() => election.leads());
  status?.watchLeader(() => ({ leads: election.leads(), name: election.leader }));
  return { world: electing.fenced(world), election };
}

/** Who is told of a cycle while it runs. */
function telling(
  teller: Teller,
  { metrics, status }: Readers,
  progress: Progress,
): Pick<CycleOptions, 'onListed' | 'onApplication'> {
  return {
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
  };
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
async function openSettingsFiles(settings: RunSettings, io: ProgramIo, log: ProgramLog['log']) {
  const { git, registriesConf } = settings;
  const now = () => systemClock.now();
  const template = await ReloadedFile.open({ path: git.messagePath, load: loadCommitTemplate, log, now });
  if (!template.ok) return template;
  const groupTemplate = await ReloadedFile.open({
    path: git.groupMessagePath,
    load: loadGroupTemplate,
    log,
    now,
  });
  if (!groupTemplate.ok) return groupTemplate;
  const registries = await ReloadedFile.open({
    path: registriesConf.path,
    load: () => loadRegistries(registriesConf, manifestsOf(settings), parseBeside(io)),
    log,
    now,
  });
  if (!registries.ok) return registries;
  const portTls = await openPortTls(settings, log, systemClock);
  if (!portTls.ok) return portTls;
  return succeed({
    template: template.value,
    groupTemplate: groupTemplate.value,
    registries: registries.value,
    portTls: portTls.value,
  });
}

/** A large file is read in a thread, which is there for as long as that takes: cycles go on meanwhile. */
function parseBeside({ fileWorker }: ProgramIo): ParseRegistries {
  return async (place, text) => {
    const files = new FileThread(fileWorker, systemClock);
    try {
      return await files.perform('registries', new Map([[place, text]]), undefined);
    } finally {
      await files.close();
    }
  };
}

/** Of a schedule by the clock only the next time is known: the smallest patience counts. */
function periodOf(schedule: Schedule): number {
  return schedule.kind === 'interval' ? schedule.intervalMs : 0;
}
