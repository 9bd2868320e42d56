/** What Argo CD is told once an Application is done. That it could not be told is a warning, no more. */
import type { AppConfig, Warning } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import { adviceFor } from '../../core/report/advice.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import { Turns } from '../repository/turns.ts';

export interface ArgocdWishes {
  /** It looks at once at what a pushed commit has changed. */
  readonly refreshAfterPush?: boolean;
}

/** Applications that are told of at once. */
const maxTold = 8;

export class ArgocdTeller {
  readonly #wishes: ArgocdWishes;
  readonly #configs: ReadonlyMap<AppKey, AppConfig>;
  readonly #cluster: ClusterCycle;
  readonly #signal: AbortSignal;
  readonly #turns = new Turns(maxTold);

  constructor(
    wishes: ArgocdWishes,
    configs: readonly AppConfig[],
    cluster: ClusterCycle,
    signal: AbortSignal,
  ) {
    this.#wishes = wishes;
    this.#configs = new Map(configs.map((config) => [appKey(config.app), config]));
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** The report, with what there is to warn of. */
  async tell(report: ApplicationReport): Promise<ApplicationReport> {
    const config = this.#configs.get(report.app);
    if (config === undefined) return report;
    const late = await this.#refresh(config, report);
    return late.length === 0 ? report : { ...report, warnings: [...report.warnings, ...late] };
  }

  async #refresh(config: AppConfig, { write }: ApplicationReport): Promise<readonly Warning[]> {
    if (this.#wishes.refreshAfterPush !== true || write?.kind !== 'committed' || !isFollowed(config))
      return [];
    const asked = await this.#turns.take(() =>
      settle(() => this.#cluster.refreshApplication(config.app, this.#signal)),
    );
    if (asked.ok) return [];
    const message = `the update is done, but Argo CD finds it only when it looks by itself: ${asked.failure.message}`;
    return [{ message, advice: `${adviceFor(asked.failure)}; or switch --refresh-after-push off` }];
  }
}

/** What is on a write branch Argo CD sees once somebody has merged it. */
function isFollowed({ writeBack }: AppConfig): boolean {
  return !(writeBack.ok && writeBack.value.kind === 'git' && writeBack.value.pushTemplate !== undefined);
}
