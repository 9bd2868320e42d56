/** One image, by its own policies: a pin, the gates, and what they say of each version. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import type { ImageRef } from '../../core/image/image.ts';
import type { ImagePolicies, Pin, Sourced } from '../../core/policy/settings.ts';
import { type GateFacts, gateReason } from '../../core/policy/stage/gates.ts';
import { heldOf, type HeldVersions } from './held-versions.ts';
import { policiesOfPinned } from './judge/pins.ts';
import {
  decideSieved,
  failedUpdate,
  failedWith,
  isBehind,
  isHeldAlready,
  type Resolve,
  sieve,
  type Update,
  withheld,
} from './judge/sieving.ts';
import { type Subject, subjectOf } from './judge/subject.ts';
import type { Guest } from './together/group-member.ts';
import type { ClosedGates, Completing } from './completing.ts';

export interface ImageJudgeOptions {
  /** What gates of an Application need to know, at the time of the call. */
  readonly gateFacts: (config: AppConfig) => GateFacts;
  readonly heldVersions: HeldVersions;
  /** What is closed to an image, and what its policies say of versions. */
  readonly completing: Completing;
  /** What a candidate names that stands in for the choice: its digest is written, or its platforms are wanted. */
  readonly resolve: Resolve;
  /** The decision with the version that a person has chosen in its place. */
  readonly pinned: (config: AppConfig, decision: Decision, pin: Sourced<Pin>) => Promise<Decision>;
  /** Told of updates whose gates are closed, for what is remembered all the same. */
  readonly onClosed?: (subject: Subject, update: Update) => Promise<void>;
}

export class ImageJudge {
  readonly #options: ImageJudgeOptions;

  constructor(options: ImageJudgeOptions) {
    this.#options = options;
  }

  /** By its own policies, whatever others do. */
  async alone(config: AppConfig, wanted: Decision, given: ImagePolicies): Promise<Guest> {
    const { pin } = given;
    const decision = pin === undefined ? wanted : await this.#options.pinned(config, wanted, pin);
    const policies = pin === undefined ? given : policiesOfPinned(given);
    if (decision.kind !== 'update')
      return policies.group === undefined
        ? { decision }
        : { decision, readHeld: () => this.#options.heldVersions.readOne(config, decision.index) };
    const { gateFacts, completing } = this.#options;
    const seat = { app: appKey(config.app), index: decision.index };
    const { firm: gate, soft } = completing.gates(seat, policies, gateFacts(config));
    if (gate === undefined) return this.#judgeUpdate(config, decision, policies, soft);
    await this.#options.onClosed?.(subjectOf(config, decision, policies, undefined), decision);
    return { decision: withheld(decision, gate) };
  }

  /** `gate`: what is closed to all versions but those that complete a group. */
  async #judgeUpdate(
    config: AppConfig,
    update: Update,
    policies: ImagePolicies,
    gate?: ClosedGates['soft'],
  ): Promise<Guest> {
    const versions = await this.#options.heldVersions.read(config);
    if (!versions.ok) return { decision: failedUpdate(update, versions.failure) };
    const held = heldOf(versions.value, update.index);
    if (isHeldAlready(update, held)) return { decision: update, held };
    const sieved = await this.#sieve(update, subjectOf(config, update, policies, held), gate);
    if (!sieved.ok) return { decision: failedUpdate(update, sieved.failure) };
    return { decision: decideSieved(update, sieved.value, held), update, sieved: sieved.value, held };
  }

  async #sieve(
    update: Update,
    subject: Subject,
    gate?: ClosedGates['soft'],
  ): Promise<ReturnType<typeof sieve>> {
    const seat = { app: appKey(subject.config.app), index: update.index };
    const judge = await this.#options.completing.judge(seat, subject, gate);
    if (!judge.ok) return judge;
    const { group, rollout } = subject.policies;
    const wantsAll = group !== undefined || rollout !== undefined;
    return sieve(update, subject, { judge: judge.value, resolve: this.#options.resolve, wantsAll });
  }

  /** An image that runs what is wanted while Git holds something else: to write it is a change. */
  async #standing(
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

  /**
   * Images that are current are written together with those that are updated. Where Git holds something else than what
   * runs, that is a change like any other (1.3).
   */
  async beside(
    config: AppConfig,
    decisions: readonly Decision[],
    policies: ReadonlyMap<number, ImagePolicies>,
  ): Promise<readonly Decision[]> {
    const isWritten = decisions.some(({ kind }) => kind === 'update');
    if (!isWritten || decisions.every(({ kind }) => kind !== 'current')) return decisions;
    const versions = await this.#options.heldVersions.read(config);
    if (!versions.ok) return decisions.map((decision) => failedWith(decision, versions.failure));
    return Promise.all(
      decisions.map(async (decision) => {
        const held = heldOf(versions.value, decision.index);
        if (decision.kind !== 'current' || held === undefined) return decision;
        return this.#standing(config, decision, held, policies.get(decision.index) ?? {});
      }),
    );
  }

  /** True if something would be written that Git does not have. */
  async wouldChange(config: AppConfig, decisions: readonly Decision[]): Promise<boolean> {
    const updates = decisions.filter((decision) => decision.kind === 'update');
    if (updates.length === 0) return false;
    const versions = await this.#options.heldVersions.read(config);
    return (
      !versions.ok || updates.some((update) => !isHeldAlready(update, heldOf(versions.value, update.index)))
    );
  }

  forget(app: AppKey): void {
    this.#options.heldVersions.forget(app);
  }
}
