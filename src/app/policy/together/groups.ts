/** Groups of a cycle: their members meet once each is decided, and hear where all of them go. */
import type { AppKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import type { Company } from '../../../core/plan.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Judged } from './group-member.ts';
import { type GroupOptions, GroupRound } from './group-round.ts';
import { type Seat, seatKey } from './meeting.ts';
import type { Roster } from './rosters.ts';
import type { Journey } from './splits.ts';

interface Group {
  readonly roster: Roster;
  round: GroupRound;
}

export class Groups {
  readonly #bySeat = new Map<string, Group>();
  readonly #seatsOf = new Map<AppKey, Seat[]>();
  readonly #options: GroupOptions;
  /** Those of whom nothing more comes in this cycle. */
  readonly #gone = new Set<AppKey>();

  constructor(rosters: readonly Roster[], options: GroupOptions) {
    this.#options = options;
    for (const roster of rosters) this.#found(roster);
  }

  /** Nothing more comes of the Application. */
  pass(app: AppKey): void {
    this.#gone.add(app);
    for (const seat of this.#seatsOf.get(app) ?? []) this.stayAway(seat);
  }

  stayAway(seat: Seat): void {
    this.#bySeat.get(seatKey(seat))?.round.stayAway(seat);
  }

  /** The decision for an image once its group, if it has one, has met. */
  async settle(
    seat: Seat,
    decision: Decision,
    { group: named }: ImagePolicies,
    judged: Judged = {},
  ): Promise<Decision> {
    const group = this.#bySeat.get(seatKey(seat));
    return named === undefined || group === undefined ? decision : group.round.settle(seat, decision, judged);
  }

  /** The decisions of an Application once all who are to move with its images have come as far: all go, or nobody. */
  async depart(app: AppKey, decisions: readonly Decision[]): Promise<readonly Decision[]> {
    return Promise.all(
      decisions.map(async (decision) => {
        const seat = { app, index: decision.index };
        return (await this.#bySeat.get(seatKey(seat))?.round.depart(seat, decision)) ?? decision;
      }),
    );
  }

  /** With whom the Application has set out; undefined: it goes alone. */
  companyOf(app: AppKey): Company | undefined {
    const groups = this.#groupsOf(app).filter(({ round }) =>
      round.under.some(({ seat }) => seat.app === app),
    );
    const apps = new Set(groups.flatMap(({ round }) => round.under.map(({ seat }) => seat.app)));
    const name = groups[0]?.roster.name;
    return name === undefined || apps.size < 2 ? undefined : { name, apps };
  }

  /** Its targets hold what its groups chose. */
  landed(app: AppKey): void {
    for (const { round } of this.#groupsOf(app)) round.landed(app);
  }

  /** What became of those who set out. */
  journeys(): readonly Journey[] {
    return [...new Set(this.#bySeat.values())].map(({ roster, round }) => {
      const all = [...round.journeys().values()];
      return {
        roster,
        landed: all.flatMap(({ mover, isThere }) => (isThere ? [mover] : [])),
        left: all.flatMap(({ mover, isThere }) => (isThere ? [] : [mover])),
      };
    });
  }

  /** The Application is judged again, and so are those who set out with it: they meet again. */
  reopen(app: AppKey): void {
    for (const group of this.#groupsOf(app)) {
      const { under, isOver } = group.round;
      const expected = under.map(({ seat }) => seat).filter((seat) => !this.#gone.has(seat.app));
      if (isOver && expected.some((seat) => seat.app === app))
        group.round = new GroupRound(group.roster, expected, this.#options, group.round);
    }
  }

  #groupsOf(app: AppKey): readonly Group[] {
    const groups = (this.#seatsOf.get(app) ?? []).flatMap((seat) => this.#bySeat.get(seatKey(seat)) ?? []);
    return [...new Set(groups)];
  }

  #found(roster: Roster): void {
    const seats = roster.members.map(({ image }) => image);
    const group = { roster, round: new GroupRound(roster, seats, this.#options) };
    for (const seat of seats) {
      this.#bySeat.set(seatKey(seat), group);
      this.#seatsOf.set(seat.app, [...(this.#seatsOf.get(seat.app) ?? []), seat]);
    }
  }
}
