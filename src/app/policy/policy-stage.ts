/** Between decide and plan: what the policies of a cycle make of its decisions (spec/policies.md 1.1). */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import type { Decision } from '../../core/decide/decision.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import { gateReason } from '../../core/policy/stage/gates.ts';
import type { ImageJudge, ImageJudgeOptions } from './image-judge.ts';
import type { PoliciesOf } from './judge/policies.ts';
import { failedWith, withheld } from './judge/sieving.ts';
import type { Limits } from './limits.ts';
import type { Groups } from './together/groups.ts';
import type { Rollouts } from './together/rollouts.ts';

export interface PolicyStageOptions extends Pick<ImageJudgeOptions, 'gateFacts'> {
  readonly policiesOf: PoliciesOf;
  readonly images: ImageJudge;
  readonly groups: Groups;
  readonly rollouts: Rollouts;
  readonly limits: Limits;
  /** Policies of an image with what people withhold by now. */
  readonly withLatestHolds: (config: AppConfig, index: number, policies: ImagePolicies) => ImagePolicies;
}

export class PolicyStage {
  readonly #options: PolicyStageOptions;

  constructor(options: PolicyStageOptions) {
    this.#options = options;
  }

  pass(app: AppKey): void {
    this.#options.groups.pass(app);
    this.#options.rollouts.pass(app);
  }

  forget(app: AppKey): void {
    this.#options.images.forget(app);
    this.#options.groups.reopen(app);
  }

  async judge(config: AppConfig, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    const app = appKey(config.app);
    const policies = this.#options.policiesOf(app);
    const latest = new Map(
      decisions.map(({ index }) => {
        const known = policies.get(index) ?? {};
        return [index, this.#options.withLatestHolds(config, index, known)] as const;
      }),
    );
    const hasNone = policies.size === 0 && [...latest.values()].every((own) => Object.keys(own).length === 0);
    const isFree = hasNone && gateReason({}, this.#options.gateFacts(config)) === undefined;
    if (isFree) {
      this.pass(app);
      return this.#options.limits.isForAll ? this.#limit(config, decisions) : decisions;
    }
    const judged = await Promise.all(
      decisions.map((decision) => this.#judgeOne(config, decision, latest.get(decision.index) ?? {})),
    );
    const { images, groups } = this.#options;
    const settled = await settle(() => images.beside(config, judged, policies));
    const besides = settled.ok ? settled.value : judged.map((each) => failedWith(each, settled.failure));
    return this.#limit(config, await groups.depart(app, besides));
  }

  /** One token for all images of the Application; none for what Git has already. */
  async #limit(config: AppConfig, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    const { images, limits } = this.#options;
    if (!(await images.wouldChange(config, decisions))) return decisions;
    const verdict = limits.ask(appKey(config.app));
    if (verdict === undefined) return decisions;
    const reason = { ...verdict, also: [] };
    return decisions.map((decision) => (decision.kind === 'update' ? withheld(decision, reason) : decision));
  }

  /** By its own policies, then with its group, then with all who take the same version. */
  async #judgeOne(config: AppConfig, decision: Decision, policies: ImagePolicies): Promise<Decision> {
    const { groups, rollouts } = this.#options;
    const seat = { app: appKey(config.app), index: decision.index };
    const outcome = await settle(async () => {
      const judged = await this.#options.images.alone(config, decision, policies);
      const grouped = await groups.settle(seat, judged.decision, policies, judged);
      return rollouts.settle(config, grouped, policies, judged);
    });
    if (outcome.ok) return outcome.value;
    groups.stayAway(seat);
    rollouts.stayAway(seat);
    return failedWith(decision, outcome.failure);
  }
}
