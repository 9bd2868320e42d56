/** One time that the members of a group meet: they are judged, choose where all go, and set out. */
import type { AppKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { versionText, withVersion } from '../../../core/image/image.ts';
import { chooseForGroup, type GroupChoice } from '../../../core/policy/stage/group.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
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
import { movedTo, type Update } from '../judge/sieving.ts';
import type { Mover } from './mover.ts';
import type { Roster } from './rosters.ts';
import type { Completes } from './splits.ts';

export interface GroupOptions extends MemberContext, DepartureOptions {
  readonly completes: Completes;
}

export class GroupRound {
  readonly #roster: Roster;
  readonly #options: GroupOptions;
  readonly #before: GroupRound | undefined;
  readonly #meeting: Meeting<Guest, GroupChoice>;
  readonly #departure: Meeting<Decision, Verdict>;
  readonly #guests = new Map<string, Guest>();
  readonly #movers = new Map<string, Mover>();
  /** Movers whose targets hold by now what the group chose. */
  readonly #landed = new Set<string>();
  #isOver = false;
  #isStopped = false;

  /** `expected`: those who come; of the others counts what they brought to the round before, or have come to since. */
  constructor(roster: Roster, expected: readonly Seat[], options: GroupOptions, before?: GroupRound) {
    this.#roster = roster;
    this.#options = options;
    this.#before = before;
    this.#meeting = new Meeting(expected, () => this.#choose());
    this.#departure = new Meeting<Decision, Verdict>(expected, (decisions) => this.#seeOff(decisions));
  }

  /** All have set out, or nobody does: whoever is judged again meets the others again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get movers(): readonly Mover[] {
    return this.#isStopped ? [] : [...this.#movers.values()];
  }

  /** Those on their way whose targets do not hold yet what the group chose. */
  get under(): readonly Mover[] {
    return this.movers.filter(({ seat }) => !this.#landed.has(seatKey(seat)));
  }

  stayAway(seat: Seat): void {
    this.#meeting.stayAway(seat);
    this.#departure.stayAway(seat);
  }

  landed(app: AppKey): void {
    for (const { seat } of this.#movers.values()) if (seat.app === app) this.#landed.add(seatKey(seat));
  }

  async settle(seat: Seat, decision: Decision, judged: Judged): Promise<Decision> {
    this.#guests.set(seatKey(seat), { decision, ...judged });
    const choice = await this.#meeting.come(seat, { decision, ...judged });
    const { update, sieved, held } = judged;
    if (choice === undefined || update === undefined || sieved === undefined) return decision;
    if (choice.kind === 'withheld') return withheldBy(choice.verdict, update, held);
    const version = choice.kind === 'moves' ? choice.version : undefined;
    const candidate = sieved.passing.find((each) => versionText(each) === version);
    if (candidate === undefined)
      return sieved.passing.length === 0 ? decision : withheldBy(changed(this.#roster.name), update, held);
    const moved = movedTo(update, candidate, sieved.passedOver);
    this.#movers.set(seatKey(seat), {
      seat,
      name: this.#nameOf(seat),
      held: held ?? update.from,
      update: moved,
    });
    return moved;
  }

  /** After all that follows the choice. */
  async depart(seat: Seat, decision: Decision): Promise<Decision> {
    const verdict = await this.#departure.come(seat, decision);
    if (verdict === undefined || decision.kind !== 'update') return decision;
    return withheldBy(verdict, decision, this.#movers.get(seatKey(seat))?.held);
  }

  /** All that have set out in this round and those before, and whether they are there. */
  journeys(): ReadonlyMap<string, { readonly mover: Mover; readonly isThere: boolean }> {
    const own = this.movers.map((mover) => {
      const key = seatKey(mover.seat);
      return [key, { mover, isThere: this.#landed.has(key) }] as const;
    });
    return new Map([...(this.#before?.journeys() ?? []), ...own]);
  }

  /** What counts of a member that does not come to the next round. */
  lastOf(seat: Seat): Guest | undefined {
    const key = seatKey(seat);
    const mover = this.movers.find((one) => seatKey(one.seat) === key);
    if (mover === undefined) return this.#guests.get(key) ?? this.#before?.lastOf(seat);
    return this.#landed.has(key) ? guestAt(mover.update) : undefined;
  }

  async #choose(): Promise<ReadonlyMap<string, GroupChoice>> {
    const { name, members, by, minMembers, disagreement } = this.#roster;
    const guests = members.map(
      ({ image }) => this.#guests.get(seatKey(image)) ?? this.#before?.lastOf(image),
    );
    if (!guests.some((guest) => guest?.sieved !== undefined && guest.sieved.passing.length > 0))
      return new Map();
    const brought = await Promise.all(
      members.map(({ name: own }, i) => groupMember(own, guests[i], by, this.#options)),
    );
    const obstacle = obstacleFor(name, disagreement, this.#options.unlisted);
    const choices =
      obstacle === undefined
        ? chooseForGroup(name, brought, minMembers)
        : brought.map(({ candidates }) => choiceUnder(obstacle, candidates.length > 0));
    return new Map(members.map(({ image }, i) => [seatKey(image), choices[i] ?? { kind: 'stays' }]));
  }

  async #seeOff(decisions: ReadonlyMap<string, Decision>): Promise<ReadonlyMap<string, Verdict>> {
    this.#isOver = true;
    const { limit, completes } = this.#options;
    const completing = await Promise.all(
      this.movers.map(({ seat, update: { image, to } }) => completes(seat, image, to)),
    );
    const leaving = this.movers.map(({ seat, name }) => ({ name, decision: decisions.get(seatKey(seat)) }));
    const apps = new Set(this.movers.map(({ seat }) => seat.app));
    const verdict = stoppedOnTheWay(this.#roster.name, leaving) ?? limit(apps, completing.every(Boolean));
    if (verdict === undefined) return new Map();
    this.#isStopped = true;
    return new Map([...this.#movers.keys()].map((key) => [key, verdict]));
  }

  #nameOf(seat: Seat): string {
    const key = seatKey(seat);
    return this.#roster.members.find(({ image }) => seatKey(image) === key)?.name ?? seat.app;
  }
}

function guestAt({ index, alias, entry, trace, image, to }: Update): Guest {
  const at = withVersion(image.ref, to);
  return { decision: { index, alias, entry, trace, kind: 'current', image, at }, held: at };
}
