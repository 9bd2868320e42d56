/** One cycle: discover, configure, ask, decide, plan, write, report. */
import { type AppConfig, readConfig, type TrackedImage, type Warning } from '../core/annotations.ts';
import { type AppKey, type Application, appKey } from '../core/application.ts';
import { type Decision, decideImage, failedDecision, type TagRule, tagRule } from '../core/decide.ts';
import type { TagFilter } from '../core/filter.ts';
import { parseImageRef } from '../core/image.ts';
import { findLive, type LiveVersion } from '../core/live.ts';
import { livePatch } from '../core/live-patch.ts';
import { labelsNeedOf, needOf } from '../core/needs.ts';
import { fail, type Outcome, succeed } from '../core/outcome.ts';
import { type GitIntention, type ImageChange, type LiveIntention, planApplication } from '../core/plan.ts';
import type { EndpointTable } from '../core/registries.ts';
import { type ApplicationReport, type CycleReport, countReports, type WriteResult } from '../core/report.ts';
import { type Template, templateUses } from '../core/template/template.ts';
import { type Ask, makeAsk } from './ask.ts';
import { Batches } from './batches.ts';
import type { Clock, Cluster, ClusterCycle, Git, Registry } from './ports.ts';
import {
  boundTogether,
  editsByBranch,
  type Potential,
  potentialOf,
  potentialsByRepository,
} from './potential.ts';
import { Repositories } from './repositories.ts';
import { settle } from './settle.ts';
import { type ConfigOptions, type Observed, observe } from './statusless.ts';
import { TargetMemory } from './target-memory.ts';
import { Turns } from './turns.ts';
import { type WriteContext, type Written, writeBatch } from './write.ts';

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
  /** Told whenever an application is done. */
  readonly onProgress?: () => void;
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
    const cluster = world.cluster.openCycle();
    const listed = await settle(() => cluster.applications(signal));
    const report = (applications: readonly ApplicationReport[]): CycleReport => ({
      startedAtMs,
      durationMs: world.clock.now() - startedAtMs,
      dryRun: options.dryRun,
      applications,
      problems: listed.ok ? listed.value.problems : [],
      counters: countReports(applications),
      ...(listed.ok ? {} : { failure: listed.failure }),
    });
    if (!listed.ok) return report([]);
    const cycle = new Cycle(world, options, cluster, memory, signal);
    const applications = await cycle.process(listed.value.applications);
    memory.endCycle();
    return report(applications);
  };
}

type GitBatches = Batches<GitIntention, Written>;

/** Applications reported to the cluster at once. */
const maxEvents = 16;

class Cycle {
  readonly #options: CycleOptions;
  readonly #cluster: ClusterCycle;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #memory: TargetMemory;
  readonly #ask: Ask;
  readonly #repositories: Repositories;
  readonly #configOptions: ConfigOptions;
  readonly #rules = new Map<string, Outcome<TagRule>>();
  readonly #batches = new Map<AppKey, GitBatches>();
  readonly #eventTurns = new Turns(maxEvents);

  constructor(
    world: World,
    options: CycleOptions,
    cluster: ClusterCycle,
    memory: TargetMemory,
    signal: AbortSignal,
  ) {
    const { argocdNamespace, secrets } = cluster;
    this.#options = options;
    this.#cluster = cluster;
    this.#clock = world.clock;
    this.#signal = signal;
    this.#memory = memory;
    this.#ask = makeAsk(world.registry.openCycle(secrets), signal);
    this.#repositories = new Repositories(
      world.git.openCycle(secrets, argocdNamespace),
      options.maxConcurrency,
      signal,
    );
    this.#configOptions = { argocdNamespace, defaultPlatform: options.defaultPlatform };
  }

  async process(applications: readonly Application[]): Promise<readonly ApplicationReport[]> {
    const configs = applications.map((app) => readConfig(app, this.#configOptions));
    this.#openBatches(configs);
    const statusless = configs.filter(({ app }) => app.status === undefined);
    const observed = observe(statusless, this.#repositories, this.#configOptions, this.#signal);
    try {
      return await Promise.all(
        configs.map((config) => this.#processOne(config, observed.get(appKey(config.app)))),
      );
    } finally {
      await this.#repositories.close();
    }
  }

  async #processOne(
    configured: AppConfig,
    observation: Promise<Outcome<Observed>> | undefined,
  ): Promise<ApplicationReport> {
    const observed = (await observation) ?? succeed({ config: configured, live: undefined });
    const config = observed.ok ? observed.value.config : configured;
    const app = appKey(config.app);
    const { warnings, unsupported } = config;
    if (unsupported !== undefined) {
      this.#batches.get(app)?.pass(app);
      return { app, decisions: [], changes: [], warnings, unsupported };
    }
    const decisions = await this.#decide(config, observed.ok ? succeed(observed.value.live) : observed);
    const written = await this.#write(config, decisions);
    if (written === undefined) return { app, decisions, changes: [], warnings };
    const { result, changes } = written;
    const eventWarnings = await this.#recordUpdate(config.app, result, changes);
    return { app, decisions, write: result, changes, warnings: [...warnings, ...eventWarnings] };
  }

  async #decide(
    config: AppConfig,
    observed: Outcome<ReadonlyMap<number, LiveVersion> | undefined>,
  ): Promise<readonly Decision[]> {
    const running = (config.app.status?.images ?? []).flatMap((text) => {
      const parsed = parseImageRef(text);
      return parsed.ok ? [parsed.value] : [];
    });
    return Promise.all(
      config.images.map(async (configured): Promise<Decision> => {
        const { image } = configured;
        if (!image.ok) return failedDecision(configured, image.failure);
        if (!observed.ok) return failedDecision(configured, observed.failure);
        const live = observed.value?.get(configured.index) ?? findLive(image.value, running);
        const decided = await settle(() => this.#decideImage(image.value, live));
        return decided.ok ? decided.value : failedDecision(configured, decided.failure);
      }),
    );
  }

  async #decideImage(image: TrackedImage, live: LiveVersion): Promise<Decision> {
    const rule = this.#ruleOf(image.filter);
    if (!rule.ok) return failedDecision(image, rule.failure);
    // Who is not live asks nothing: the answer would not be used.
    const answer =
      live.kind === 'not-live'
        ? fail({ kind: 'config', message: live.message })
        : await this.#ask(needOf(image, this.#options.endpoints));
    return decideImage(image, live, answer, rule.value);
  }

  /** Each distinct filter is compiled once per cycle. */
  #ruleOf(filter: TagFilter): Outcome<TagRule> {
    const key = JSON.stringify(filter);
    const rule = this.#rules.get(key) ?? tagRule(filter);
    this.#rules.set(key, rule);
    return rule;
  }

  async #write(config: AppConfig, decisions: readonly Decision[]): Promise<Written | undefined> {
    const plan = planApplication(config, decisions);
    const app = appKey(config.app);
    const batches = this.#batches.get(app);
    if (plan.kind === 'git' && batches !== undefined) return batches.add(app, plan);
    batches?.pass(app);
    switch (plan.kind) {
      case 'nothing':
        return undefined;
      case 'failed':
        return { result: { kind: 'failed', failure: plan.failure }, changes: plan.changes };
      case 'argocd':
        return { result: await this.#patch(plan), changes: plan.changes };
      case 'git':
        // The target became known only by looking into the repository: a batch of its own.
        return this.#batchesFor([potentialOf(config, plan.writeBack)]).add(app, plan);
    }
  }

  async #patch(intention: LiveIntention): Promise<WriteResult> {
    if (this.#options.dryRun) return { kind: 'dry-run' };
    const patched = await settle(() =>
      this.#cluster.patchApplication(intention.app, (live) => livePatch(intention, live), this.#signal),
    );
    return patched.ok ? { kind: patched.value } : { kind: 'failed', failure: patched.failure };
  }

  async #recordUpdate(
    app: Application,
    result: WriteResult,
    changes: readonly ImageChange[],
  ): Promise<readonly Warning[]> {
    if (result.kind !== 'committed' && result.kind !== 'patched') return [];
    const recorded = await this.#eventTurns.take(() =>
      settle(() => this.#cluster.recordUpdate(app, changes, this.#signal)),
    );
    return recorded.ok
      ? []
      : [{ message: `the update is done, but its event is not: ${recorded.failure.message}` }];
  }

  #openBatches(configs: readonly AppConfig[]): void {
    for (const potentials of potentialsByRepository(configs)) {
      const batches = this.#batchesFor(potentials);
      for (const { key } of potentials) this.#batches.set(key, batches);
    }
  }

  #batchesFor(potentials: readonly Potential[]): GitBatches {
    const editsOf = editsByBranch(potentials);
    const context: WriteContext = {
      repositories: this.#repositories,
      memory: this.#memory,
      clock: this.#clock,
      signal: this.#signal,
      dryRun: this.#options.dryRun,
      commitTemplate: this.#options.commitTemplate,
      editsOnBranchOf: ({ writeBack }) => editsOf(writeBack),
      ...(templateUses(this.#options.commitTemplate, 'Labels')
        ? { labelsOf: (intention) => this.#labelsOf(intention) }
        : {}),
    };
    return new Batches<GitIntention, Written>({
      expected: potentials.map(({ key }) => key),
      bound: boundTogether(potentials),
      lingerMs: this.#options.lingerMs,
      clock: this.#clock,
      signal: this.#signal,
      write: (intentions) => writeBatch(intentions, context),
    });
  }

  async #labelsOf({ updates }: GitIntention): Promise<Outcome<readonly Readonly<Record<string, string>>[]>> {
    const labels: Readonly<Record<string, string>>[] = [];
    for (const { image, to } of updates) {
      const answer = await this.#ask(labelsNeedOf(image, to, this.#options.endpoints));
      if (!answer.ok) return answer;
      labels.push(answer.value.kind === 'labels' ? answer.value.labels : {});
    }
    return succeed(labels);
  }
}
