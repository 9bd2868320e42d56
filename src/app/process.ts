/** What a cycle does to all Applications: opens what all share, and sends each of them through the stages. */
import { PacedDecisions } from './decide/paced-decisions.ts';
import type { Application } from '../core/config/application.ts';
import { Pace } from '../core/base/pieces.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import { openToAll } from '../core/tenants/tenant-rules.ts';
import type { ClusterCycle } from '../ports/cluster.ts';
import { Announcer } from './announcer.ts';
import { type Audience, audienceOf, widened } from './audience.ts';
import { openCyclePolicies } from './cycle-policies.ts';
import { Decider } from './decide/decider.ts';
import { type Ask, makeAsk, type OpenQuestions } from './read/ask.ts';
import { ImageQuestions } from './read/image-questions.ts';
import { observe } from './read/observe.ts';
import type { ObserveContext } from './read/repository-question.ts';
import type { TargetMemory } from './read/target-memory.ts';
import type { KeptPolicies } from './policy/kept-policies.ts';
import type { CycleEnd } from './policy/open-policies.ts';
import type { Policies } from './policy/judge/policies.ts';
import { Budget } from './repository/budget.ts';
import { makeProjectPermits, permitsAll } from './repository/permits.ts';
import { Repositories } from './repository/repositories.ts';
import type { Unfinished } from './repository/unfinished.ts';
import { processApplication, type Stages } from './stages.ts';
import { tellLate } from './tell-late.ts';
import type { Scope } from './trigger/trigger.ts';
import type { CycleOptions, World } from './world.ts';
import { ArgocdTeller } from './tell/argocd-teller.ts';
import type { ToldErrors } from './tell/told-errors.ts';
import { labelReader } from './write/labels.ts';
import { patchLive } from './write/live-write.ts';
import { makeTimelyWrite } from './write/timely-write.ts';
import { Writer } from './write/writer.ts';

/** What is kept from one cycle to the next. */
export interface Kept {
  readonly memory: TargetMemory;
  readonly open: OpenQuestions;
  readonly told: ToldErrors;
  /** Repositories that an earlier cycle still works on. */
  readonly busy: Unfinished<void>;
  /** Absent: there are no policies. */
  readonly policies?: KeptPolicies | undefined;
}

interface ProcessContext {
  readonly world: World;
  readonly options: CycleOptions;
  readonly cluster: ClusterCycle;
  readonly kept: Kept;
  readonly scope: Scope;
  /** Why somebody cannot be read who may be one of a group. */
  readonly unlisted?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Processed {
  /** One per application in scope, in order. */
  readonly reports: readonly ApplicationReport[];
  /** About the cycle as a whole. */
  readonly warnings: readonly string[];
  /** What Events tell of beside Applications. */
  readonly ended: Pick<CycleEnd, 'splits' | 'freeze'>;
}

/** Applications wait for one another only where they share a repository, or a policy that says so. */
export async function processAll(
  applications: readonly Application[],
  context: ProcessContext,
): Promise<Processed> {
  const { options, cluster, kept, scope } = context;
  const { endpoints, defaultPlatform, tenants = openToAll } = options;
  const reading = { argocdNamespace: cluster.argocdNamespace, defaultPlatform, tenants, endpoints };
  const asked = audienceOf(applications, scope, kept.memory, reading);
  const shared = openShared(context, reading);
  try {
    const policies = await openCyclePolicies(asked.configs, { ...context, ...shared });
    const audience = widened(asked, policies.companions);
    options.onListed?.(audience.reached.filter(({ unsupported }) => unsupported === undefined).length);
    const { stages, argocd } = openStages(audience, context, { ...shared, policies });
    const inScope = audience.configured.filter(({ app }) => audience.isInScope(app));
    const reports = await Promise.all(
      inScope.map(async ({ app, config }) => {
        const report = await argocd.tell(await processApplication(app, config, stages));
        options.onApplication?.(report);
        return report;
      }),
    );
    const listed = new Set(audience.configured.map(({ app }) => app));
    kept.memory.endCycle((app) => listed.has(app) && !audience.isInScope(app));
    const late = await policies.close(audience.isInScope);
    return { reports, warnings: [...policies.warnings, ...late.warnings], ended: late };
  } finally {
    await shared.close();
  }
}

interface Shared {
  readonly budget: Budget;
  readonly repositories: Repositories;
  readonly ask: Ask;
  readonly reading: ObserveContext;
  readonly close: () => Promise<void>;
}

/** What all Applications of the cycle share: one budget, one use of each repository, one answer to each question. */
function openShared(
  { world, options, cluster, kept, signal }: ProcessContext,
  reading: Pick<ObserveContext, 'argocdNamespace' | 'defaultPlatform' | 'tenants'>,
): Shared {
  const { clock, files } = world;
  const { memory, open, busy } = kept;
  const { maxConcurrency } = options;
  const budget = new Budget(options.cycleTimeoutMs, clock);
  const git = world.git.openCycle(cluster.secrets, cluster.argocdNamespace);
  const permits = reading.tenants.enforceProjects ? makeProjectPermits(cluster) : permitsAll;
  const repositories = new Repositories({ git, permits, clock, budget, busy, maxConcurrency, signal });
  const ask = makeAsk({ registry: world.registry.openCycle(cluster.secrets), budget, open, signal });
  const close = async (): Promise<void> => {
    budget.close();
    await repositories.close();
  };
  return {
    budget,
    repositories,
    ask,
    reading: { ...reading, repositories, files, budget, memory, signal },
    close,
  };
}

function openStages(
  { configs, reached, isInScope }: Audience,
  { world, options, cluster, kept, signal }: ProcessContext,
  { budget, repositories, ask, reading, policies }: Shared & { readonly policies: Policies },
): { readonly stages: Stages; readonly argocd: ArgocdTeller } {
  const { clock, files } = world;
  const { memory, told } = kept;
  const { endpoints, commitTemplate, groupTemplate, commitTrailers = false, lingerMs } = options;
  const announcer = new Announcer(cluster, signal);
  const argocd = new ArgocdTeller(options, { configs, cluster, told, clock, signal });
  const writer = new Writer(configs, {
    memory,
    isInScope,
    togetherOf: (app) => policies.togetherOf(app),
    companyOf: (app) => policies.companyOf(app),
    tellsChanges: (app) => policies.tellsChanges(app),
    lingerMs,
    clock,
    signal,
    patch: (intention) => patchLive(cluster, intention, signal),
    write: makeTimelyWrite({
      shared: {
        repositories,
        memory,
        files,
        clock,
        signal,
        commitTemplate,
        groupTemplate,
        commitTrailers,
        onBehalfOf: options.onBehalfOf,
        recheck: policies.recheck,
        labelsOf: labelReader(ask, options),
      },
      budget,
      onLate: (intentions, written) =>
        void tellLate(intentions, written, announcer, async (report) =>
          options.onApplication?.(await argocd.tell(report)),
        ),
    }),
  });
  const decider = new Decider(
    new ImageQuestions(ask, endpoints),
    new PacedDecisions(new Pace(clock, signal), options.tracedTags),
  );
  const observed = observe(reached, reading);
  const { onConfigured } = options;
  return { stages: { observed, decider, policies, writer, announcer, onConfigured }, argocd };
}
