/** One cycle: discover, configure, ask, decide, plan, write, report. */
import { type AppConfig, readConfig } from '../core/config/annotations.ts';
import { type AppKey, type Application, appKey } from '../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../core/base/outcome.ts';
import type { EndpointTable } from '../core/registries/registries.ts';
import { type ApplicationReport, type CycleReport, countReports } from '../core/report/report.ts';
import type { Template } from '../core/template/template.ts';
import { makeAsk } from './read/ask.ts';
import { Decider } from './decider.ts';
import type { KnownVersions } from '../core/live.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster, ClusterCycle } from '../ports/cluster.ts';
import type { Git } from '../ports/git.ts';
import type { Registry } from '../ports/registry.ts';
import { observe } from './read/observe.ts';
import { Repositories } from './repository/repositories.ts';
import { settle, settleNow } from '../core/base/settle.ts';
import { TargetMemory } from './read/target-memory.ts';
import { Writer } from './write/writer.ts';

export interface World {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly git: Git;
  readonly clock: Clock;
}

export interface CycleOptions {
  readonly endpoints: EndpointTable;
  /** `os/arch` that images are checked for where no annotation says otherwise. */
  readonly defaultPlatform: string;
  /** Everything up to, not including, the writes. */
  readonly dryRun: boolean;
  readonly commitTemplate: Template;
  /** Git repositories written at once. */
  readonly maxConcurrency: number;
  /** Told how many applications are considered, once they are listed. */
  readonly onListed?: (considered: number) => void;
  /** Told about every application as soon as it is done. */
  readonly onApplication?: (report: ApplicationReport) => void;
  /** How long the first application that is ready waits for others of its repository, in ms. */
  readonly lingerMs: number;
}

/** Runs one cycle; never throws for what goes wrong in it. */
export type RunCycle = (signal: AbortSignal) => Promise<CycleReport>;

/** A runner that remembers between cycles which targets hold what is wanted. Cycles must not overlap. */
export function makeRunCycle(world: World, options: CycleOptions): RunCycle {
  const memory = new TargetMemory();
  return async (signal) => {
    const startedAtMs = world.clock.now();
    const begunMs = world.clock.monotonicMs();
    const cluster = world.cluster.openCycle();
    const listed = await settle(() => cluster.applications(signal));
    const report = (applications: readonly ApplicationReport[]): CycleReport => ({
      startedAtMs,
      durationMs: world.clock.monotonicMs() - begunMs,
      dryRun: options.dryRun,
      applications,
      problems: listed.ok ? listed.value.problems : [],
      warnings: listed.ok ? (listed.value.warnings ?? []) : [],
      counters: countReports(applications, listed.ok ? listed.value.problems.length : 1),
      ...(listed.ok ? {} : { failure: listed.failure }),
    });
    if (!listed.ok) return report([]);
    const applications = await processAll(listed.value.applications, {
      world,
      options,
      cluster,
      memory,
      signal,
    });
    memory.endCycle();
    return report(applications);
  };
}

interface Context {
  readonly world: World;
  readonly options: CycleOptions;
  readonly cluster: ClusterCycle;
  readonly memory: TargetMemory;
  readonly signal: AbortSignal;
}

/** One report per application, in order; applications wait for one another only where they share a repository. */
async function processAll(
  applications: readonly Application[],
  context: Context,
): Promise<readonly ApplicationReport[]> {
  const { world, options, cluster, memory, signal } = context;
  const { argocdNamespace, secrets } = cluster;
  const configOptions = { argocdNamespace, defaultPlatform: options.defaultPlatform };
  const git = world.git.openCycle(secrets, argocdNamespace);
  const repositories = new Repositories(git, options.maxConcurrency, signal);
  const ask = makeAsk(world.registry.openCycle(secrets), signal);
  const configured = applications.map((app) => ({
    app,
    config: settleNow(() => readConfig(app, configOptions)),
  }));
  const configs = configured.flatMap(({ config }) => (config.ok ? [config.value] : []));
  options.onListed?.(configs.filter(({ unsupported }) => unsupported === undefined).length);
  const decider = new Decider(ask, options.endpoints);
  const writer = new Writer(configs, {
    ...options,
    cluster,
    repositories,
    memory,
    ask,
    clock: world.clock,
    signal,
  });
  const observed = observe(configs, { ...configOptions, repositories, memory, signal });
  const processOne = async (config: AppConfig): Promise<ApplicationReport> => {
    const seen = (await observed.get(appKey(config.app))) ?? succeed({ config, versions: noVersions });
    const known = seen.ok ? succeed(seen.value.versions) : seen;
    return processApplication(seen.ok ? seen.value.config : config, known, decider, writer);
  };
  try {
    return await Promise.all(
      configured.map(async ({ app, config }) => {
        const key = appKey(app);
        const processed = config.ok ? await settle(() => processOne(config.value)) : config;
        if (!processed.ok) writer.pass(key);
        const report = processed.ok ? processed.value : broken(key, processed.failure);
        options.onApplication?.(report);
        return report;
      }),
    );
  } finally {
    await repositories.close();
  }
}

const noVersions: KnownVersions = new Map();

async function processApplication(
  config: AppConfig,
  known: Outcome<KnownVersions>,
  decider: Decider,
  writer: Writer,
): Promise<ApplicationReport> {
  const { warnings, unsupported } = config;
  const app = appKey(config.app);
  if (unsupported !== undefined) {
    writer.pass(app);
    return { app, decisions: [], changes: [], warnings, unsupported };
  }
  const decisions = await decider.decide(config, known);
  const written = await writer.write(config, decisions);
  if (written === undefined) return { app, decisions, changes: [], warnings };
  const { result, changes } = written;
  const late = await writer.announce(config.app, written);
  return { app, decisions, write: result, changes, warnings: [...warnings, ...late] };
}

/** A bug met on the way hurts its own application only. */
function broken(app: AppKey, failure: Failure): ApplicationReport {
  return { app, decisions: [], write: { kind: 'failed', failure }, changes: [], warnings: [] };
}
