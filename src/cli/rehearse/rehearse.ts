/** One cycle of which nothing is written, for the commands that tell what it would do. */
import { makeRunCycle } from '../../app/cycle.ts';
import type { Scope } from '../../app/trigger/trigger.ts';
import type { World } from '../../app/world.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import type { CycleReport } from '../../core/report/report.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import { type Log, makeLog } from '../log/log.ts';
import type { LogLevel } from '../log/log-text.ts';
import { observationLines } from '../log/observation-line.ts';
import { print } from '../log/teller.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import { readRunSettings } from '../settings/settings.ts';
import { loadRegistries } from '../settings/files/registries-conf.ts';
import { loadTemplates, tellLoaded } from '../settings/files/settings-files.ts';
import { wantedOfCycles } from '../world/cycle-options.ts';
import { manifestsOf } from '../world/manifests.ts';
import { makeWorld } from '../world/world.ts';
import { Heard } from './heard.ts';

export interface Wishes {
  readonly scope: Scope;
  readonly logLevel: LogLevel;
  /** Annotations that are tried on Applications, over their own. */
  readonly tried?: ReadonlyMap<AppKey, Readonly<Record<string, string>>>;
  /** Tags of each rule that the traces of decisions name; absent: a few. */
  readonly tracedTags?: number;
}

export interface Rehearsal {
  readonly report: CycleReport;
  /** Those in scope, as they were decided. */
  readonly configs: ReadonlyMap<AppKey, AppConfig>;
  readonly heard: Heard;
  readonly endpoints: EndpointTable;
  readonly settings: RunSettings;
}

/** What `run` would work with, but that nothing of it is written. */
export interface OpenedWorld {
  readonly world: World;
  readonly settings: RunSettings;
  readonly log: Log;
  readonly heard: Heard;
}

/** Fails where `run` could not start. Whoever opens it closes it, by `untilStopped`. */
export async function openWorld(
  given: GivenFlags,
  io: ProgramIo,
  wishes: Pick<Wishes, 'logLevel' | 'tried'>,
): Promise<Outcome<OpenedWorld>> {
  const once = new Map([...given, ['once', ['true']] as const, ['dry-run', ['true']] as const]);
  const read = readRunSettings(once, io.environment, io.temporaryFolder);
  if (!read.ok) return read;
  const { settings, warnings } = read.value;
  const log = errorLog(io, wishes.logLevel);
  for (const warning of warnings) log.warning(warning);
  const heard = new Heard(systemClock);
  const world = await settle(() => worldOf(settings, io, { log, heard, ...wishes }));
  return world.ok ? succeed({ world: world.value, settings, log, heard }) : world;
}

/** One cycle. Fails where `run` could not start. */
export async function rehearse(
  given: GivenFlags,
  io: ProgramIo,
  wishes: Wishes,
): Promise<Outcome<Rehearsal>> {
  const opened = await openWorld(given, io, wishes);
  if (!opened.ok) return opened;
  const { world, settings, log, heard } = opened.value;
  const templates = await loadTemplates(settings.git);
  if (!templates.ok) return templates;
  const registries = await loadRegistries(settings.registriesConf, manifestsOf(settings));
  if (!registries.ok) return registries;
  for (const loaded of [templates.value, registries.value]) tellLoaded(loaded, log);
  const configs = new Map<AppKey, AppConfig>();
  const { tracedTags, scope } = wishes;
  const endpoints = registries.value.value;
  const runCycle = makeRunCycle(world, {
    onConfigured: (config) => configs.set(appKey(config.app), config),
    ...(tracedTags === undefined ? {} : { tracedTags }),
    endpoints,
    ...templates.value.value,
    ...wantedOfCycles(settings, io),
  });
  const report = await untilStopped(io, world, (signal) => runCycle(signal, scope));
  return succeed({ report, configs, heard, endpoints, settings });
}

async function worldOf(
  settings: RunSettings,
  io: ProgramIo,
  { log, heard, tried }: Pick<Wishes, 'tried'> & { readonly log: Log; readonly heard: Heard },
): Promise<World> {
  const world = await makeWorld({
    settings,
    io,
    log,
    ...(tried === undefined ? {} : { tried }),
    observers: [
      (observation) => print(log, observationLines(observation)),
      (observation) => heard.observe(observation),
    ],
  });
  return { ...world, registry: heard.listening(world.registry) };
}

/** What the adapters have to say stands beside the answer, on stderr. */
function errorLog({ stderr }: ProgramIo, level: LogLevel): Log {
  const now = () => systemClock.now();
  return makeLog({ level, format: 'text', colours: false, now, stdout: stderr, stderr });
}

/** Ends the work where a signal comes, and closes the world behind it. */
export async function untilStopped<T>(
  io: ProgramIo,
  { registry, git, files }: World,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const release = io.onStop((signal) => abort.abort(new Error(`${signal} received`)));
  try {
    return await work(abort.signal);
  } finally {
    release();
    registry.close();
    await git.close();
    await files.close();
  }
}
