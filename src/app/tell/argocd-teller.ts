/** What Argo CD is told once an Application is done. That it could not be told is a warning, no more. */
import type { AppConfig, Warning } from '../../core/config/annotations.ts';
import { type AppKey, type Application, appKey } from '../../core/config/application.ts';
import { Failed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { adviceFor } from '../../core/report/advice.ts';
import {
  failureReasons,
  lastError,
  lastErrorAnnotation,
  lastUpdate,
  lastUpdateAnnotation,
  reasonsIn,
} from '../../core/report/notices.ts';
import type { ApplicationReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterCycle } from '../../ports/cluster.ts';
import { Turns } from '../repository/turns.ts';
import type { ToldErrors } from './told-errors.ts';

export interface ArgocdWishes {
  /** It looks at once at what a pushed commit has changed. */
  readonly refreshAfterPush?: boolean;
  /**
   * Which Applications get annotations that Argo CD Notifications reads; `own`: those that no ApplicationSet makes.
   * Absent: none.
   */
  readonly notificationAnnotations?: 'off' | 'own' | 'all';
}

export interface ArgocdAudience {
  readonly configs: readonly AppConfig[];
  readonly cluster: ClusterCycle;
  readonly told: ToldErrors;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Applications that are told of at once. */
const maxTold = 8;

export class ArgocdTeller {
  readonly #wishes: ArgocdWishes;
  readonly #configs: ReadonlyMap<AppKey, AppConfig>;
  readonly #audience: ArgocdAudience;
  readonly #turns = new Turns(maxTold);

  constructor(wishes: ArgocdWishes, audience: ArgocdAudience) {
    this.#wishes = wishes;
    this.#configs = new Map(audience.configs.map((config) => [appKey(config.app), config]));
    this.#audience = audience;
  }

  /** The report, with what there is to warn of. */
  async tell(report: ApplicationReport): Promise<ApplicationReport> {
    const config = this.#configs.get(report.app);
    if (config === undefined) return report;
    const late = [...(await this.#refresh(config, report)), ...(await this.#annotate(config.app, report))];
    return late.length === 0 ? report : { ...report, warnings: [...report.warnings, ...late] };
  }

  async #refresh(config: AppConfig, { write }: ApplicationReport): Promise<readonly Warning[]> {
    if (this.#wishes.refreshAfterPush !== true || write?.kind !== 'committed' || !isFollowed(config))
      return [];
    const { cluster, signal } = this.#audience;
    const about = 'the update is done, but Argo CD finds it only when it looks by itself';
    return await this.#warned(about, '--refresh-after-push', () =>
      cluster.refreshApplication(config.app, signal),
    );
  }

  async #annotate(app: Application, report: ApplicationReport): Promise<readonly Warning[]> {
    const { notificationAnnotations = 'off' } = this.#wishes;
    const isMeant = notificationAnnotations === 'all' || app.applicationSet === undefined;
    if (notificationAnnotations === 'off' || !isMeant) return [];
    const { cluster, told, clock, signal } = this.#audience;
    const updated = lastUpdate(report, clock.now());
    const annotations = {
      ...(updated === undefined ? {} : { [lastUpdateAnnotation]: updated }),
      ...this.#errorNotice(app, report),
    };
    if (Object.keys(annotations).length === 0) return [];
    return await this.#warned('Argo CD Notifications is not told', '--notification-annotations', async () => {
      try {
        await cluster.annotateApplication(app, annotations, signal);
      } catch (fault) {
        if (!isForbidden(fault)) told.forget(report.app);
        throw fault;
      }
    });
  }

  /** Only where something began to fail, fails otherwise, or ended failing. */
  #errorNotice(app: Application, report: ApplicationReport): Readonly<Record<string, string | null>> {
    const { told, clock } = this.#audience;
    const reasons = failureReasons(report);
    if (reasons === undefined) return {};
    const known = app.annotations[lastErrorAnnotation];
    const isSame =
      known === undefined ? reasons.length === 0 : reasons.length > 0 && sameTexts(reasonsIn(known), reasons);
    if (isSame) {
      told.forget(report.app);
      return {};
    }
    if (told.has(report.app, reasons)) return {};
    told.tell(report.app, reasons);
    return { [lastErrorAnnotation]: reasons.length === 0 ? null : lastError(report, reasons, clock.now()) };
  }

  async #warned(about: string, flag: string, work: () => Promise<void>): Promise<readonly Warning[]> {
    const done = await this.#turns.take(() => settle(work));
    if (done.ok) return [];
    const { failure } = done;
    const known = adviceFor(failure);
    const advice = `${known === undefined ? '' : `${known}; or `}switch ${flag} off`;
    return [{ message: `${about}: ${failure.message}`, advice }];
  }
}

/** What is not permitted now is not permitted in the next cycle either. */
function isForbidden(fault: unknown): boolean {
  return fault instanceof Failed && 'code' in fault.failure && fault.failure.code === 'forbidden';
}

/** What is on a write branch Argo CD sees once somebody has merged it. */
function isFollowed({ writeBack }: AppConfig): boolean {
  return !(writeBack.ok && writeBack.value.kind === 'git' && writeBack.value.pushTemplate !== undefined);
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, i) => text === others[i]);
}
