/** Stages 6 and 7 for one application: plan, and hand the plan to whoever writes it. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decision.ts';
import { livePatch } from '../../core/live-patch.ts';
import { labelsNeedOf } from '../../core/needs.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { type GitIntention, type LiveIntention, planApplication } from '../../core/plan.ts';
import { withoutLogin } from '../../core/base/git-url.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import { standingIntention } from '../../core/standing.ts';
import { type Template, templateUses } from '../../core/template/template.ts';
import type { Ask } from '../read/ask.ts';
import { Batches } from './batches.ts';
import type { ChangeLabels } from './branch/compose.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import { boundTogether, type Potential, potentialOf, potentialsByRepository } from '../read/potential.ts';
import type { Budget } from '../repository/budget.ts';
import { notDone, type Repositories } from '../repository/repositories.ts';
import { settle } from '../../core/base/settle.ts';
import type { TargetMemory } from '../read/target-memory.ts';
import type { WriteContext } from './branch/context.ts';
import { type Written, writeBatch } from './write.ts';

export interface WriterOptions {
  readonly cluster: ClusterCycle;
  readonly repositories: Repositories;
  readonly memory: TargetMemory;
  readonly ask: Ask;
  readonly endpoints: EndpointTable;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly commitTemplate: Template;
  readonly lingerMs: number;
  /** Who is asked about. The others hold to what they wanted last. */
  readonly isInScope: (app: AppKey) => boolean;
  readonly budget: Budget;
  /** Told what became of those who were not done in time, once they are. */
  readonly onLate: (intentions: readonly GitIntention[], written: readonly Written[]) => void;
}

/** Of one repository. */
interface RepositoryWriter {
  readonly batches: Batches<GitIntention, Written>;
  /** What applications hold to that want no change, or have had theirs. */
  readonly standing: GitIntention[];
}

/** Everybody who may write is named at the start, so that each repository's writer knows whom to wait for. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #writers = new Map<AppKey, RepositoryWriter>();

  constructor(configs: readonly AppConfig[], options: WriterOptions) {
    this.#options = options;
    for (const potentials of potentialsByRepository(configs)) {
      const writer = this.#writerFor(potentials);
      for (const { key } of potentials) this.#writers.set(key, writer);
    }
  }

  /** The application writes nothing in this cycle: nobody has to wait for it. */
  pass(app: AppKey): void {
    this.#writers.get(app)?.batches.pass(app);
  }

  /** Undefined where nothing is to be written. */
  async write(config: AppConfig, decisions: readonly Decision[]): Promise<Written | undefined> {
    const plan = planApplication(config, decisions);
    const app = appKey(config.app);
    const standing = plan.kind === 'git' ? undefined : standingIntention(config, decisions);
    const { writeBack } = config;
    if (writeBack.ok && writeBack.value.kind === 'git')
      this.#options.memory.keepIntention(
        potentialOf(config, writeBack.value),
        plan.kind === 'git' ? plan : standing,
      );
    if (plan.kind === 'git') {
      // A target that became known only by looking into the repository has a batch of its own.
      const writer = this.#writers.get(app) ?? this.#writerFor([potentialOf(config, plan.writeBack)]);
      return writer.batches.add(app, plan);
    }
    if (standing !== undefined) this.#writers.get(app)?.standing.push(standing);
    this.pass(app);
    switch (plan.kind) {
      case 'nothing':
        return undefined;
      case 'failed':
        return { result: { kind: 'failed', failure: plan.failure }, changes: plan.changes };
      case 'argocd':
        return this.#patch(plan);
    }
  }

  async #patch(intention: LiveIntention): Promise<Written> {
    const { cluster, signal } = this.#options;
    const { changes } = intention;
    const compute = (live: unknown) => livePatch(intention, live);
    const patched = await settle(() => cluster.patchApplication(intention.app, compute, signal));
    if (!patched.ok) return { result: { kind: 'failed', failure: patched.failure }, changes };
    const done = patched.value;
    if (typeof done === 'string') return { result: { kind: done }, changes };
    if (done.kind === 'reverted') return { result: { kind: 'unchanged' }, changes, reverted: done };
    return { result: { kind: 'dry-run', would: { kind: 'patch', operations: done.operations } }, changes };
  }

  #writerFor(potentials: readonly Potential[]): RepositoryWriter {
    const { clock, lingerMs, signal } = this.#options;
    const { memory, isInScope } = this.#options;
    const inScope = potentials.filter(({ key }) => isInScope(key));
    const outside = potentials.filter(({ key }) => !isInScope(key));
    const standing = outside.flatMap((potential) => memory.lastIntentionOf(potential)?.intention ?? []);
    const context = this.#contextFor(standing);
    const batches = new Batches<GitIntention, Written>({
      expected: inScope.map(({ key }) => key),
      bound: boundTogether(potentials),
      lingerMs,
      clock,
      signal,
      write: (intentions) => this.#write(intentions, context, standing),
    });
    return { batches, standing };
  }

  /** What outlives the cycle goes on, and is told when it is done. */
  async #write(
    intentions: readonly GitIntention[],
    context: WriteContext,
    standing: GitIntention[],
  ): Promise<readonly Written[]> {
    const { budget, onLate } = this.#options;
    const work = settle(() => writeBatch(intentions, context));
    const repo = withoutLogin(intentions[0]?.writeBack.repoURL ?? '');
    let isLate = false;
    const written = await budget.within(work, () => {
      isLate = true;
      return notDone(repo, budget);
    });
    standing.push(...intentions);
    if (written.ok) return written.value;
    if (isLate) void work.then((late) => (late.ok ? onLate(intentions, late.value) : undefined));
    const { failure } = written;
    return intentions.map(({ changes }) => ({ result: { kind: 'failed', failure }, changes }));
  }

  #contextFor(standing: readonly GitIntention[]): WriteContext {
    const { repositories, memory, clock, signal, commitTemplate } = this.#options;
    const usesLabels = templateUses(commitTemplate, 'Labels');
    return {
      repositories,
      memory,
      clock,
      signal,
      commitTemplate,
      standing,
      ...(usesLabels ? { labelsOf: (intention) => this.#labelsOf(intention) } : {}),
    };
  }

  async #labelsOf({ updates }: GitIntention): Promise<Outcome<ChangeLabels>> {
    const { ask, endpoints } = this.#options;
    const labels: Readonly<Record<string, string>>[] = [];
    for (const { image, to } of updates) {
      const answer = await ask(labelsNeedOf(image, to, endpoints));
      if (!answer.ok) return answer;
      labels.push(answer.value.kind === 'labels' ? answer.value.labels : {});
    }
    return succeed(labels);
  }
}
