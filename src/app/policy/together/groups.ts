/** Groups of a cycle: their members meet once each is decided, and hear where all of them go. */
import type { AppKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { type ImageRef, versionText } from '../../../core/image/image.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import { chooseForGroup, type GroupChoice } from '../../../core/policy/stage/group.ts';
import {
  changed,
  choiceUnder,
  type DepartureOptions,
  obstacleFor,
  stoppedOnTheWay,
  withheldBy,
} from './departure.ts';
import { groupMember, type Guest, type Judged, type MemberContext } from './group-member.ts';
import { Meeting, type Seat, seatKey } from './meeting.ts';
import { movedTo } from '../judge/sieving.ts';
import type { Roster } from './rosters.ts';

interface Members extends Roster {
  readonly meeting: Meeting<Guest, GroupChoice>;
  /** Each comes a second time, after all that follows the choice. */
  readonly departure: Meeting<Decision, Stop>;
}

type Stop = Extract<GroupChoice, { kind: 'withheld' }>['verdict'];

export type GroupsOptions = MemberContext & DepartureOptions;

export class Groups {
  readonly #bySeat = new Map<string, Members>();
  readonly #seatsOf = new Map<AppKey, Seat[]>();
  readonly #options: GroupsOptions;
  /** By seat, what the target of each holds that its group has chosen a version for. */
  readonly #moving = new Map<string, ImageRef | undefined>();

  constructor(rosters: readonly Roster[], options: GroupsOptions) {
    this.#options = options;
    for (const roster of rosters) this.#found(roster);
  }

  /** Nobody of the Application comes. */
  pass(app: AppKey): void {
    for (const seat of this.#seatsOf.get(app) ?? []) this.stayAway(seat);
  }

  stayAway(seat: Seat): void {
    const members = this.#bySeat.get(seatKey(seat));
    members?.meeting.stayAway(seat);
    members?.departure.stayAway(seat);
  }

  /** The decision for an image once its group, if it has one, has met. */
  async settle(
    seat: Seat,
    decision: Decision,
    { group }: ImagePolicies,
    judged: Judged = {},
  ): Promise<Decision> {
    const members = this.#bySeat.get(seatKey(seat));
    if (group === undefined || members === undefined) return decision;
    const choice = await members.meeting.come(seat, { decision, ...judged });
    const { update, sieved, held } = judged;
    if (choice === undefined || update === undefined || sieved === undefined) return decision;
    if (choice.kind === 'withheld') return withheldBy(choice.verdict, update, held);
    const version = choice.kind === 'moves' ? choice.version : undefined;
    const candidate = sieved.passing.find((each) => versionText(each) === version);
    if (candidate !== undefined) {
      this.#moving.set(seatKey(seat), held ?? update.from);
      return movedTo(update, candidate, sieved.passedOver);
    }
    // it was judged again, and its group has met already
    return sieved.passing.length === 0 ? decision : withheldBy(changed(members.name), update, held);
  }

  /** The decisions of an Application once all who are to move with its images have come as far: all go, or nobody. */
  async depart(app: AppKey, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    return Promise.all(
      decisions.map(async (decision) => {
        const seat = { app, index: decision.index };
        const verdict = await this.#bySeat.get(seatKey(seat))?.departure.come(seat, decision);
        if (verdict === undefined || decision.kind !== 'update') return decision;
        return withheldBy(verdict, decision, this.#moving.get(seatKey(seat)));
      }),
    );
  }

  #found(roster: Roster): void {
    const seats = roster.members.map(({ image }) => image);
    const meeting = new Meeting<Guest, GroupChoice>(seats, (guests) => this.#conclude(roster, guests));
    const departure = new Meeting<Decision, Stop>(seats, (decisions) =>
      Promise.resolve(this.#seeOff(roster, decisions)),
    );
    for (const seat of seats) {
      this.#bySeat.set(seatKey(seat), { ...roster, meeting, departure });
      this.#seatsOf.set(seat.app, [...(this.#seatsOf.get(seat.app) ?? []), seat]);
    }
  }

  #seeOff({ name, members }: Roster, decisions: ReadonlyMap<string, Decision>): ReadonlyMap<string, Stop> {
    const moving = members.filter(({ image }) => this.#moving.has(seatKey(image)));
    const leaving = moving.map((member) => ({
      name: member.name,
      decision: decisions.get(seatKey(member.image)),
    }));
    const apps = new Set(moving.map(({ image }) => image.app));
    const verdict = stoppedOnTheWay(name, leaving) ?? this.#options.limit(apps);
    return new Map(verdict === undefined ? [] : moving.map(({ image }) => [seatKey(image), verdict]));
  }

  async #conclude(
    { name, members, by, minMembers, disagreement }: Roster,
    guests: ReadonlyMap<string, Guest>,
  ): Promise<ReadonlyMap<string, GroupChoice>> {
    const brought = await Promise.all(
      members.map((member) => groupMember(member.name, guests.get(seatKey(member.image)), by, this.#options)),
    );
    const obstacle = obstacleFor(name, disagreement, this.#options.unlisted);
    const choices =
      obstacle === undefined
        ? chooseForGroup(name, brought, minMembers)
        : brought.map(({ candidates }) => choiceUnder(obstacle, candidates.length > 0));
    return new Map(members.map(({ image }, i) => [seatKey(image), choices[i] ?? { kind: 'stays' }]));
  }
}
