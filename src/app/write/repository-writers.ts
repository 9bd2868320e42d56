/** One writer for each repository: what is gathered into a batch, and what others hold to there. */
import type { AppConfig } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { GitIntention, Together } from '../../core/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import { boundTogether, type Potential, potentialsByRepository } from '../read/potential.ts';
import type { TargetMemory } from '../read/target-memory.ts';
import { Batches } from './batches.ts';
import { unitOf } from './branch/units.ts';
import type { WriteIntentions } from './timely-write.ts';
import type { Written } from './written.ts';

export interface RepositoryWritersOptions {
  readonly memory: TargetMemory;
  /** Who is asked about. The others hold to what they wanted last. */
  readonly isInScope: (app: AppKey) => boolean;
  /** Those that share a commit whenever they are written. */
  readonly togetherOf?: (app: AppKey) => Together | undefined;
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
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
export class RepositoryWriters {
  readonly #options: RepositoryWritersOptions;
  readonly #writers = new Map<AppKey, RepositoryWriter>();

  constructor(configs: readonly AppConfig[], options: RepositoryWritersOptions) {
    this.#options = options;
    for (const potentials of potentialsByRepository(configs)) {
      const writer = this.#writerFor(potentials);
      for (const { key } of potentials) this.#writers.set(key, writer);
    }
  }

  /** Nobody has to wait for the application. */
  pass(app: AppKey): void {
    this.#writers.get(app)?.batches.pass(app);
  }

  hold(app: AppKey, intentions: readonly GitIntention[]): void {
    this.#writers.get(app)?.standing.push(...intentions);
  }

  /** Those of one repository; one result for each, in order. */
  commit(intentions: readonly GitIntention[]): Promise<readonly Written[]> {
    const [first] = intentions;
    if (first === undefined) return Promise.resolve([]);
    // A target that became known only by looking into the repository has a batch of its own.
    const { batches } = this.#writerOf(intentions) ?? this.#writerFor([first]);
    return batches.addAll(intentions.map((item) => ({ app: item.key, item })));
  }

  /** As `commit`, but that nothing is pushed. */
  rehearse(intentions: readonly GitIntention[]): Promise<readonly Written[]> {
    return this.#options.write(intentions, this.#writerOf(intentions)?.standing ?? [], 'rehearse');
  }

  #writerOf(intentions: readonly GitIntention[]): RepositoryWriter | undefined {
    return intentions.map(({ key }) => this.#writers.get(key)).find((writer) => writer !== undefined);
  }

  /** Who is written in one commit waits for the others too. */
  #bound(potentials: readonly Potential[]): ReadonlyMap<AppKey, ReadonlySet<AppKey>> {
    const { togetherOf, isInScope } = this.#options;
    const bound = boundTogether(potentials);
    if (togetherOf === undefined) return bound;
    const keys = potentials.map(({ key }) => key).filter(isInScope);
    const units = Map.groupBy(keys, (key) => togetherOf(key)?.id);
    units.delete(undefined);
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
      unitOf,
      comesAgain: ({ stale }) => stale === true,
      write: async (intentions, lingeredMs) => {
        const written = await write(intentions, standing);
        // who is judged again may come to hold to something else
        standing.push(...intentions.filter((_, i) => written[i]?.stale !== true));
        return written.map((each, i) => ({ ...each, ...optionalProperty('lingeredMs', lingeredMs[i]) }));
      },
    });
    return { batches, standing };
  }
}
