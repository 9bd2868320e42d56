/** Between decide and plan: what the policies of a cycle make of its decisions (spec/policies.md 1.1). */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { settle } from '../../core/base/settle.ts';
import type { Decision } from '../../core/decide/decision.ts';
import type { ImageRef } from '../../core/image/image.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import { type GateFacts, gateReason } from '../../core/policy/stage/gates.ts';
import type { Groups } from './groups.ts';
import type { PoliciesOf } from './policies.ts';
import { heldOf, type HeldVersions } from './held-versions.ts';
import {
  decideSieved,
  failedUpdate,
  isBehind,
  isHeldAlready,
  sieve,
  type Update,
  withheld,
} from './sieving.ts';
import { type MakeJudge, type Subject, subjectOf } from './subject.ts';

export interface PolicyStageOptions {
  readonly policiesOf: PoliciesOf;
  /** What gates of an Application need to know, at the time of the call. */
  readonly gateFacts: (config: AppConfig) => GateFacts;
  readonly heldVersions: HeldVersions;
  readonly makeJudge: MakeJudge;
  readonly groups: Groups;
}

export class PolicyStage {
  readonly #options: PolicyStageOptions;

  constructor(options: PolicyStageOptions) {
    this.#options = options;
  }

  of(app: AppKey): ReadonlyMap<number, ImagePolicies> {
    return this.#options.policiesOf(app);
  }

  pass(app: AppKey): void {
    this.#options.groups.pass(app);
  }

  forget(app: AppKey): void {
    this.#options.heldVersions.forget(app);
  }

  async judge(config: AppConfig, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    const app = appKey(config.app);
    const policies = this.#options.policiesOf(app);
    const isFree = policies.size === 0 && this.#options.gateFacts(config).freeze === undefined;
    if (isFree) {
      this.pass(app);
      return decisions;
    }
    const judged = await Promise.all(
      decisions.map((decision) => this.#judgeOne(config, decision, policies.get(decision.index) ?? {})),
    );
    return this.#judgeCurrent(config, judged, policies);
  }

  async #judgeOne(config: AppConfig, decision: Decision, policies: ImagePolicies): Promise<Decision> {
    const { groups } = this.#options;
    const seat = { app: appKey(config.app), index: decision.index };
    const outcome = await settle(async () => {
      if (decision.kind !== 'update') return groups.settle(seat, decision, policies);
      const gate = gateReason(policies, this.#options.gateFacts(config));
      if (gate !== undefined) return groups.settle(seat, withheld(decision, gate), policies);
      return this.#judgeUpdate(config, decision, policies);
    });
    if (outcome.ok) return outcome.value;
    groups.stayAway(seat);
    return decision.kind === 'update' ? failedUpdate(decision, outcome.failure) : decision;
  }

  async #judgeUpdate(config: AppConfig, update: Update, policies: ImagePolicies): Promise<Decision> {
    const { groups } = this.#options;
    const seat = { app: appKey(config.app), index: update.index };
    const versions = await this.#options.heldVersions.read(config);
    if (!versions.ok) return groups.settle(seat, failedUpdate(update, versions.failure), policies);
    const held = heldOf(versions.value, update.index);
    const subject = subjectOf(config, update, policies, held);
    if (isHeldAlready(update, held)) return groups.settle(seat, update, policies, { held });
    const sieved = await this.#sieve(update, subject);
    if (!sieved.ok) return groups.settle(seat, failedUpdate(update, sieved.failure), policies);
    const decided = decideSieved(update, sieved.value, held);
    return groups.settle(seat, decided, policies, { update, sieved: sieved.value, held });
  }

  async #sieve(update: Update, subject: Subject): Promise<ReturnType<typeof sieve>> {
    const judge = await this.#options.makeJudge(subject);
    if (!judge.ok) return judge;
    return sieve(update, subject, judge.value, subject.policies.group !== undefined);
  }

  /**
   * Images that are current are written together with those that are updated. Where Git holds something else than what
   * runs, that is a change like any other (1.3).
   */
  async #judgeCurrent(
    config: AppConfig,
    decisions: readonly Decision[],
    policies: ReadonlyMap<number, ImagePolicies>,
  ): Promise<readonly Decision[]> {
    const isWritten = decisions.some(({ kind }) => kind === 'update');
    if (!isWritten || decisions.every(({ kind }) => kind !== 'current')) return decisions;
    const versions = await this.#options.heldVersions.read(config);
    if (!versions.ok) return decisions.map((decision) => withoutGit(decision, versions.failure));
    return Promise.all(
      decisions.map(async (decision) => {
        const held = heldOf(versions.value, decision.index);
        if (decision.kind !== 'current' || held === undefined) return decision;
        return this.#judgeStanding(config, decision, held, policies.get(decision.index) ?? {});
      }),
    );
  }

  async #judgeStanding(
    config: AppConfig,
    current: Extract<Decision, { kind: 'current' }>,
    held: ImageRef,
    policies: ImagePolicies,
  ): Promise<Decision> {
    const { image, at, index, alias, entry, trace } = current;
    const update: Update = { index, alias, entry, trace, kind: 'update', image, from: held, to: at };
    if (isHeldAlready(update, held)) return current;
    if (isBehind(update, held)) return { ...current, at: held };
    const gate = gateReason(policies, this.#options.gateFacts(config));
    if (gate !== undefined) return withheld(update, gate);
    const sieved = await this.#sieve(update, subjectOf(config, update, policies, held));
    if (!sieved.ok) return failedUpdate(update, sieved.failure);
    const decided = decideSieved(update, sieved.value, held);
    return decided.kind === 'update' ? current : decided;
  }
}

/** Nothing is written over a target that cannot be read. */
function withoutGit(decision: Decision, failure: Parameters<typeof failedUpdate>[1]): Decision {
  return decision.kind === 'update' ? failedUpdate(decision, failure) : decision;
}
