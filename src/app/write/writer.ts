/** Stages 6 and 7 for one application: plan, and hand the plan to whoever writes it. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { type GitIntention, type LiveIntention, planApplication } from '../../core/plan.ts';
import { standingIntention, withheldIntention } from '../../core/standing.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { Clock } from '../../ports/clock.ts';
import { boundTogether, type Potential, potentialOf, potentialsByRepository } from '../read/potential.ts';
import type { TargetMemory } from '../read/target-memory.ts';
import { Batches } from './batches.ts';
import type { WriteIntentions } from './timely-write.ts';
import type { Written } from './written.ts';

export interface WriterOptions {
  readonly memory: TargetMemory;
  /** Who is asked about. The others hold to what they wanted last. */
  readonly isInScope: (app: AppKey) => boolean;
  /** Whose commits are to say what they change at each key. */
  readonly tellsChanges?: (app: AppKey) => boolean;
  /** Name of those that are written in one commit with the Application. */
  readonly togetherOf?: (app: AppKey) => string | undefined;
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Writes what the Application itself holds. */
  readonly patch: (intention: LiveIntention) => Promise<Written>;
  /** Writes to one repository. */
  readonly write: WriteIntentions;
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
    const app = appKey(config.app);
    const planned = planApplication(config, decisions);
    const tells = planned.kind === 'git' && this.#options.tellsChanges?.(app) === true;
    const together = this.#options.togetherOf?.(app);
    const plan =
      planned.kind === 'git'
        ? {
            ...planned,
            ...(tells ? { tellsChanges: true as const } : {}),
            ...optionalProperty('together', together),
          }
        : planned;
    const standing = plan.kind === 'git' ? undefined : standingIntention(config, decisions);
    const withheld = withheldIntention(config, decisions);
    const { writeBack } = config;
    if (writeBack.ok && writeBack.value.kind === 'git') {
      const held = plan.kind === 'git' ? plan : standing;
      const kept = [held, withheld].filter((intention) => intention !== undefined);
      this.#options.memory.keepIntentions(potentialOf(config, writeBack.value), kept);
    }
    if (withheld !== undefined) this.#writers.get(app)?.standing.push(withheld);
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
        return this.#options.patch(plan);
    }
  }

  /** Who is written in one commit waits for the others too. */
  #bound(potentials: readonly Potential[]): ReadonlyMap<AppKey, ReadonlySet<AppKey>> {
    const { togetherOf, isInScope } = this.#options;
    const bound = boundTogether(potentials);
    if (togetherOf === undefined) return bound;
    const keys = potentials.map(({ key }) => key).filter(isInScope);
    const units = Map.groupBy(keys, (key) => togetherOf(key) ?? '');
    units.delete('');
    const all = new Map(bound);
    for (const unit of units.values())
      for (const key of unit)
        all.set(key, new Set([...(all.get(key) ?? []), ...unit.filter((other) => other !== key)]));
    return all;
  }

  #writerFor(potentials: readonly Potential[]): RepositoryWriter {
    const { memory, isInScope, clock, lingerMs, signal, write } = this.#options;
    const inScope = potentials.filter(({ key }) => isInScope(key));
    const outside = potentials.filter(({ key }) => !isInScope(key));
    const standing = outside.flatMap((potential) => memory.lastIntentionOf(potential)?.intentions ?? []);
    const batches = new Batches<GitIntention, Written>({
      expected: inScope.map(({ key }) => key),
      bound: this.#bound(potentials),
      lingerMs,
      clock,
      signal,
      write: async (intentions, lingeredMs) => {
        const written = await write(intentions, standing);
        standing.push(...intentions);
        return written.map((each, index) => ({
          ...each,
          ...optionalProperty('lingeredMs', lingeredMs[index]),
        }));
      },
    });
    return { batches, standing };
  }
}
