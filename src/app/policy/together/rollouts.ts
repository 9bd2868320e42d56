/** Who takes a new version first: all images of one repository that have `rollout` meet, and hear it (7.3). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { HealthFacts } from '../facts/health-facts.ts';
import type { Cohort } from './cohorts.ts';
import type { Judged } from './group-member.ts';
import { Meeting, type Seat, seatKey } from './meeting.ts';
import { type Guest, guestOf } from './rollout-guest.ts';
import { AllTurns, type Choice } from './rollout-turns.ts';
import type { Completes } from './splits.ts';
import { movedTo, withheld } from '../judge/sieving.ts';

export class Rollouts {
  readonly #health: HealthFacts;
  readonly #completes: Completes;
  readonly #meetings = new Map<string, Meeting<Guest, Choice>>();
  readonly #seatsOf = new Map<AppKey, Seat[]>();

  /** `completes`: whoever completes a group waits for no turn. */
  constructor(cohorts: readonly Cohort[], health: HealthFacts, completes: Completes) {
    this.#health = health;
    this.#completes = completes;
    for (const seats of cohorts) {
      const meeting = new Meeting<Guest, Choice>(seats, (guests) => Promise.resolve(this.#conclude(guests)));
      for (const seat of seats) {
        this.#meetings.set(seatKey(seat), meeting);
        this.#seatsOf.set(seat.app, [...(this.#seatsOf.get(seat.app) ?? []), seat]);
      }
    }
  }

  pass(app: AppKey): void {
    for (const seat of this.#seatsOf.get(app) ?? []) this.stayAway(seat);
  }

  stayAway(seat: Seat): void {
    this.#meetings.get(seatKey(seat))?.stayAway(seat);
  }

  /** `decision` after the image's own policies and its group. */
  async settle(
    config: AppConfig,
    decision: Decision,
    policies: ImagePolicies,
    judged: Judged = {},
  ): Promise<Decision> {
    const seat = { app: appKey(config.app), index: decision.index };
    const meeting = this.#meetings.get(seatKey(seat));
    if (meeting === undefined) return decision;
    if (decision.kind === 'held' || decision.kind === 'failed' || decision.kind === 'skipped') {
      meeting.stayAway(seat); // a paused canary must not block the others
      return decision;
    }
    if (decision.kind === 'update' && (await this.#completes(seat, decision.image, decision.to))) {
      meeting.stayAway(seat);
      return decision;
    }
    const choice = await meeting.come(seat, guestOf({ seat, config, policies }, decision, judged));
    if (decision.kind !== 'update' || choice === undefined) return decision;
    if (choice.kind === 'waits') return withheld(decision, choice.reason, judged.held);
    return movedTo(decision, choice.candidate, decision.passedOver ?? []);
  }

  #conclude(guests: ReadonlyMap<string, Guest>): ReadonlyMap<string, Choice> {
    const all = [...guests.values()];
    const turns = new AllTurns(all, this.#health);
    const choices = all.flatMap((guest): readonly (readonly [string, Choice])[] => {
      const choice = guest.wish === undefined ? undefined : turns.chooseFor(guest, guest.wish.passing);
      return choice === undefined ? [] : [[seatKey(guest.seat), choice]];
    });
    return new Map(choices);
  }
}
