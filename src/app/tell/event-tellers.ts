/** Events beside those of updates: about what fails, what policies withhold, and groups that are written halfway. */
import type { Application } from '../../core/config/application.ts';
import type { Hold } from '../../core/policy/settings.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import { FailingTeller } from './failing-teller.ts';
import { FreezeTeller } from './freeze-teller.ts';
import { type Split, tellSplits } from './split-teller.ts';
import { WithheldTeller } from './withheld-teller.ts';

export interface ToldCycle {
  readonly applications: readonly Application[];
  readonly reports: readonly ApplicationReport[];
  readonly splits: readonly Split[];
  /** Nothing is written; absent: no freeze is in force. */
  readonly freeze?: Hold | undefined;
}

export class EventTellers {
  readonly #failing: FailingTeller;
  readonly #withheld: WithheldTeller;
  readonly #freeze = new FreezeTeller();

  constructor(clock: Clock) {
    this.#failing = new FailingTeller(clock);
    this.#withheld = new WithheldTeller(clock);
  }

  /** Why they could not be told; nothing: they were. */
  async tell(
    { applications, reports, splits, freeze }: ToldCycle,
    cluster: ClusterCycle,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const unheard = [
      ...(await this.#freeze.tell(freeze, cluster, signal)),
      ...(await tellSplits(splits, applications, cluster, signal)),
    ];
    if (unheard.length > 0) return unheard;
    const unsaid = await this.#failing.tell(applications, reports, cluster, signal);
    return unsaid.length > 0 ? unsaid : this.#withheld.tell(applications, reports, cluster, signal);
  }
}
