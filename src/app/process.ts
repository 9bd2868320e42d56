/** What a cycle does to all Applications: configure, ask, decide, plan, write, announce. */
import { type AppConfig, readConfig } from '../core/config/annotations.ts';
import { type AppKey, type Application, appKey } from '../core/config/application.ts';
import { type Failure, type Outcome, succeed } from '../core/base/outcome.ts';
import type { EndpointTable } from '../core/registries/registries.ts';
import type { GitIntention } from '../core/plan.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import type { Template } from '../core/template/template.ts';
import { Announcer } from './announcer.ts';
import { openToAll, type TenantRules } from '../core/tenants/tenant-rules.ts';
import { makeAsk, type OpenQuestions } from './read/ask.ts';
import { Pace } from '../core/base/pieces.ts';
import { Decider } from './decider.ts';
import type { KnownVersions } from '../core/live.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster, ClusterCycle } from '../ports/cluster.ts';
import type { Git } from '../ports/git.ts';
import type { Registry } from '../ports/registry.ts';
import { observe } from './read/observe.ts';
import { reachOf } from './read/reach.ts';
import { trackersOf } from './pushed.ts';
import { isWithin, type Scope } from './trigger.ts';
import { Budget } from './repository/budget.ts';
import { Repositories } from './repository/repositories.ts';
import type { Unfinished } from './repository/unfinished.ts';
import { settle, settleNow } from '../core/base/settle.ts';
import type { TargetMemory } from './read/target-memory.ts';
import type { Written } from './write/write.ts';
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
  /** What annotations may name; absent: everything. */
  readonly tenants?: TenantRules;
  readonly commitTemplate: Template;
  /** Git repositories written at once. */
  readonly maxConcurrency: number;
  /** Told how many applications are considered, once they are listed. */
  readonly onListed?: (considered: number) => void;
  /** Told about every application as soon as it is done. */
  readonly onApplication?: (report: ApplicationReport) => void;
  /** How long the first application that is ready waits for others of its repository, in ms. */
  readonly lingerMs: number;
  /** What is not done by then goes on without the cycle, and the next cycle begins without it. */
  readonly cycleTimeoutMs: number;
}

/** What is kept from one cycle to the next. */
export interface Kept {
  readonly memory: TargetMemory;
  readonly open: OpenQuestions;
  /** Repositories that an earlier cycle still works on. */
  readonly busy: Unfinished<void>;
}

interface ProcessContext {
  readonly world: World;
  readonly options: CycleOptions;
  readonly cluster: ClusterCycle;
  readonly kept: Kept;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

/** One report per application in scope, in order; applications wait for one another only where they share a repository. */
export async function processAll(
  applications: readonly Application[],
  context: ProcessContext,
): Promise<readonly ApplicationReport[]> {
  const { world, options, cluster, kept, scope, signal } = context;
  const { memory, open, busy } = kept;
  const { clock } = world;
  const budget = new Budget(options.cycleTimeoutMs, clock);
  const { argocdNamespace, secrets } = cluster;
  const { defaultPlatform, tenants = openToAll } = options;
  const configOptions = { argocdNamespace, defaultPlatform, tenants };
  const git = world.git.openCycle(secrets, argocdNamespace);
  const { maxConcurrency } = options;
  const repositories = new Repositories({ git, clock, budget, busy, maxConcurrency, signal });
  const ask = makeAsk({ registry: world.registry.openCycle(secrets), budget, open, signal });
  const announcer = new Announcer(cluster, signal);
  const configured = applications.map((app) => ({
    app,
    config: settleNow(() => readConfig(app, configOptions)),
  }));
  const configs = configured.flatMap(({ config }) => (config.ok ? [config.value] : []));
  const trackers = trackersOf(scope, configs, options.endpoints);
  const isAsked = (app: AppKey): boolean => isWithin(scope, app) || trackers.has(app);
  const reach = reachOf(configs, isAsked, memory);
  const isInScope = (app: AppKey): boolean => isAsked(app) || reach.has(app);
  const reached = configs.filter(({ app }) => isInScope(appKey(app)));
  options.onListed?.(reached.filter(({ unsupported }) => unsupported === undefined).length);
  const listedKeys = new Set(applications.map(appKey));
  const decider = new Decider(ask, options.endpoints, new Pace(world.clock, signal));
  const writer = new Writer(configs, {
    ...options,
    cluster,
    repositories,
    memory,
    ask,
    clock,
    budget,
    isInScope,
    onLate: (intentions, written) => void tellLate(intentions, written, announcer, options),
    signal,
  });
  const observed = observe(reached, { ...configOptions, repositories, budget, memory, signal });
  const processOne = async (config: AppConfig): Promise<ApplicationReport> => {
    const seen = (await observed.get(appKey(config.app))) ?? succeed({ config, versions: noVersions });
    const known = seen.ok ? succeed(seen.value.versions) : seen;
    return processApplication(seen.ok ? seen.value.config : config, known, decider, writer, announcer);
  };
  try {
    const reports = await Promise.all(
      configured.map(async ({ app, config }) => {
        const key = appKey(app);
        if (!isInScope(key)) return undefined;
        const processed = config.ok ? await settle(() => processOne(config.value)) : config;
        if (!processed.ok) writer.pass(key);
        const report = processed.ok ? processed.value : broken(key, processed.failure);
        options.onApplication?.(report);
        return report;
      }),
    );
    memory.endCycle((app) => listedKeys.has(app) && !isInScope(app));
    return reports.filter((report) => report !== undefined);
  } finally {
    budget.close();
    await repositories.close();
  }
}

const noVersions: KnownVersions = new Map();

async function processApplication(
  config: AppConfig,
  known: Outcome<KnownVersions>,
  decider: Decider,
  writer: Writer,
  announcer: Announcer,
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
  const late = await announcer.announce(config.app, written);
  return {
    app,
    decisions,
    write: result,
    changes,
    warnings: [...warnings, ...(written.warnings ?? []), ...late],
  };
}

/** What was decided has been reported by the cycle that it outlived. */
async function tellLate(
  intentions: readonly GitIntention[],
  written: readonly Written[],
  announcer: Announcer,
  { onApplication }: CycleOptions,
): Promise<void> {
  for (const [i, { app, key }] of intentions.entries()) {
    const late = written[i];
    if (late === undefined) continue;
    const warnings = [...(late.warnings ?? []), ...(await announcer.announce(app, late))];
    onApplication?.({ app: key, decisions: [], write: late.result, changes: late.changes, warnings });
  }
}

/** A bug met on the way hurts its own application only. */
function broken(app: AppKey, failure: Failure): ApplicationReport {
  return { app, decisions: [], write: { kind: 'failed', failure }, changes: [], warnings: [] };
}
