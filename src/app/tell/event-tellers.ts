/** Events beside those of updates: about what fails, what policies withhold, and groups that are written halfway. */
import type { Application } from '../../core/config/application.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import { FailingTeller } from './failing-teller.ts';
import { type Split, tellSplits } from './split-teller.ts';
import { WithheldTeller } from './withheld-teller.ts';

export interface ToldCycle {
  readonly applications: readonly Application[];
  readonly reports: readonly ApplicationReport[];
  readonly splits: readonly Split[];
}

export class EventTellers {
  readonly #failing: FailingTeller;
  readonly #withheld = new WithheldTeller();

  constructor(clock: Clock) {
    this.#failing = new FailingTeller(clock);
  }

  /** Why they could not be told; nothing: they were. */
  async tell(
    { applications, reports, splits }: ToldCycle,
    cluster: ClusterCycle,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const halfway = await tellSplits(splits, applications, cluster, signal);
    if (halfway.length > 0) return halfway;
    const unsaid = await this.#failing.tell(applications, reports, cluster, signal);
    return unsaid.length > 0 ? unsaid : this.#withheld.tell(applications, reports, cluster, signal);
  }
}
