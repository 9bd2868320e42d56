/** What the look into histories has noticed that withholds nothing. */
import { type AppKey, appKey } from '../../../core/config/application.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import type { Decision, Remark } from '../../../core/decide/decision.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import type { SpecHistory } from './spec-history.ts';
import { imageKey, imageKeyOf, type RollbackSubject } from './subject.ts';

export class Remarks {
  readonly #policiesOf: PoliciesOf;
  readonly #specHistory: SpecHistory;
  readonly #seenBack = new Map<string, Remark>();

  constructor(policiesOf: PoliciesOf, specHistory: SpecHistory) {
    this.#policiesOf = policiesOf;
    this.#specHistory = specHistory;
  }

  /** Nothing was taken back in the part of a history that could be had. */
  seenBackTo(subject: RollbackSubject, ms: number): void {
    const since = new Date(ms).toISOString().slice(0, 10);
    const message = `nothing was taken back, as far as its history in Git was seen: back to ${since}`;
    this.#seenBack.set(imageKey(subject), { message });
  }

  async on(config: AppConfig, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    const app = appKey(config.app);
    return Promise.all(
      decisions.map(async (decision) => {
        const seen = this.#seenBack.get(imageKeyOf(app, decision));
        const redeployed = await this.#redeployed(app, config, decision);
        const remarks = [seen, redeployed].filter((remark) => remark !== undefined);
        return remarks.length === 0 ? decision : { ...decision, remarks };
      }),
    );
  }

  /** Where the spec has what is wanted and something else runs. */
  async #redeployed(app: AppKey, config: AppConfig, decision: Decision): Promise<Remark | undefined> {
    const { writeBack } = config;
    if (decision.kind !== 'update' || !writeBack.ok || writeBack.value.kind !== 'argocd') return undefined;
    if (this.#policiesOf(app).get(decision.index)?.respectsRollback === undefined) return undefined;
    const message = await this.#specHistory.redeployment({ config, image: decision.image }, decision);
    return message === undefined ? undefined : { message, isNews: true };
  }
}
