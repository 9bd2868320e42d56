/** `template --app`: the message that the pending change of one Application would get, from a cycle that writes nothing. */
import { makeRunCycle } from '../app/cycle.ts';
import type { AppKey } from '../core/config/application.ts';
import { configFailure, Failed, type Failure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import { quoted } from '../core/base/quoted.ts';
import { settle } from '../core/base/settle.ts';
import type { ApplicationReport, CycleReport } from '../core/report/report.ts';
import type { Template } from '../core/template/template.ts';
import type { GivenFlags } from './flags/flag-values.ts';
import { userAgent } from './process/build-info.ts';
import { systemClock } from './process/clock.ts';
import type { ProgramIo } from './process/program-io.ts';
import { makeTextLog } from './process/program-log.ts';
import { type RunSettings, readRunSettings } from './settings/settings.ts';
import { loadRegistries } from './settings/settings-files.ts';
import { makeWorld } from './world/world.ts';

export interface PendingMessage {
  readonly message: string;
  /** What the log of a cycle would warn of. */
  readonly warnings: readonly string[];
}

/** `name`: `namespace/name`, or the name alone in the namespace of Argo CD. */
export async function pendingMessage(
  name: string,
  commitTemplate: Template,
  given: GivenFlags,
  io: ProgramIo,
): Promise<Outcome<PendingMessage>> {
  const flags = new Map([...given].filter(([flag]) => flag !== 'app'));
  const read = readRunSettings(
    flags.set('dry-run', ['true']).set('once', ['true']),
    io.environment,
    io.temporaryFolder,
  );
  if (!read.ok) return read;
  const { settings } = read.value;
  const app = name.includes('/') ? name : `${settings.argocdNamespace ?? 'argocd'}/${name}`;
  const report = await settle(() => rehearse(app, settings, commitTemplate, io));
  if (!report.ok) return report;
  return messageIn(report.value, app);
}

/** One cycle for this Application, and those whose edits may meet its own. */
async function rehearse(
  app: AppKey,
  settings: RunSettings,
  commitTemplate: Template,
  io: ProgramIo,
): Promise<CycleReport> {
  const registries = await loadRegistries(settings.registriesPath);
  if (!registries.ok) throw new Failed(registries.failure);
  const { environment, fileWorker, imagePlatform: defaultPlatform } = io;
  const log = makeTextLog({ ...io, stdout: io.stderr }, 'warning');
  const world = await makeWorld({
    settings,
    environment,
    fileWorker,
    clock: systemClock,
    userAgent,
    log,
    observers: [],
  });
  const { maxConcurrency, cycleTimeoutMs, tenants } = settings;
  const endpoints = registries.value.value;
  const runCycle = makeRunCycle(world, {
    endpoints,
    defaultPlatform,
    commitTemplate,
    tenants,
    maxConcurrency,
    cycleTimeoutMs,
    lingerMs: 0,
  });
  try {
    return await runCycle(new AbortController().signal, { kind: 'some', apps: new Set([app]) });
  } finally {
    world.registry.close();
    await world.git.close();
  }
}

function messageIn(report: CycleReport, app: AppKey): Outcome<PendingMessage> {
  if (report.failure !== undefined) return fail(report.failure);
  const own = report.applications.find((each) => each.app === app);
  if (own === undefined)
    return refuse(`--app ${quoted(app)}: there is no such Application with an image-list`);
  const failure = failureOf(own);
  if (failure !== undefined) return fail(failure);
  if (own.write?.kind !== 'dry-run') {
    return refuse(
      `--app ${quoted(app)}: no change is pending; without --app the template is rendered with sample data`,
    );
  }
  const { would } = own.write;
  if (would.kind === 'patch')
    return refuse(`--app ${quoted(app)}: its changes go to the live Application, without a commit`);
  const warnings = own.warnings.map(({ message }) => message);
  return succeed({ message: would.message, warnings });
}

function failureOf({ write, decisions }: ApplicationReport): Failure | undefined {
  if (write?.kind === 'failed') return write.failure;
  if (write !== undefined) return undefined;
  return decisions.find((decision) => decision.kind === 'failed')?.failure;
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
