/** Events: what was really written, and what was undone, told to the cluster. A reader of results, like the log. */
import type { Application } from '../core/config/application.ts';
import type { Warning } from '../core/config/annotations.ts';
import { type Outcome, succeed } from '../core/base/outcome.ts';
import { settle } from '../core/base/settle.ts';
import { revertedRemedy, revertedWords } from '../core/report/reverted.ts';
import type { ClusterCycle } from '../ports/cluster.ts';
import { Turns } from './repository/turns.ts';
import type { Written } from './write/written.ts';

/** Events written at once. */
const maxEvents = 16;

export class Announcer {
  readonly #cluster: ClusterCycle;
  readonly #signal: AbortSignal;
  readonly #turns = new Turns(maxEvents);

  constructor(cluster: ClusterCycle, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** What there is to warn of; that the announcement failed is a warning too. */
  async announce(app: Application, { result, changes, reverted }: Written): Promise<readonly Warning[]> {
    if (reverted !== undefined) {
      const told = reverted.isNews
        ? await this.#record(() => this.#cluster.recordReverted(app, reverted, this.#signal))
        : succeed(undefined);
      const message = `${revertedWords(app, reverted)}; ${revertedRemedy(app, reverted)}`;
      const warning = { message, annotation: 'write-back-method' };
      return told.ok ? [warning] : [warning, { message: `no event tells it: ${told.failure.message}` }];
    }
    const effects = 'warnings' in result ? (result.warnings ?? []) : [];
    const warnings = effects.map((message) => ({ message }));
    if (result.kind !== 'committed' && result.kind !== 'patched') return warnings;
    const commit = result.kind === 'committed' ? result.sha : undefined;
    const recorded = await this.#record(() => this.#cluster.recordUpdate(app, changes, this.#signal, commit));
    if (recorded.ok) return warnings;
    const message = `the update is done, but its event is not: ${recorded.failure.message}`;
    return [...warnings, { message }];
  }

  #record(write: () => Promise<void>): Promise<Outcome<void>> {
    return this.#turns.take(() => settle(write));
  }
}
