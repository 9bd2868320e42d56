/** Groups of a cycle: their members meet once each is decided, and hear where all of them go. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../../core/config/application.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { versionText } from '../../../core/image/image.ts';
import { type GroupEntry, type GroupRoster, groupRosters } from '../../../core/policy/read/group-rosters.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import { chooseForGroup, type GroupChoice } from '../../../core/policy/stage/group.ts';
import { reasonOf } from '../../../core/policy/verdict.ts';
import { groupMember, type Guest, type Judged, type MemberContext } from './group-member.ts';
import { Meeting, type Seat, seatKey } from './meeting.ts';
import type { PoliciesOf } from '../judge/policies.ts';
import { movedTo, withheld } from '../judge/sieving.ts';

interface Members extends GroupRoster<Seat> {
  readonly meeting: Meeting<Guest, GroupChoice>;
}

export interface GroupsOptions extends MemberContext {
  readonly policiesOf: PoliciesOf;
}

export class Groups {
  readonly #bySeat = new Map<string, Members>();
  readonly #seatsOf = new Map<AppKey, Seat[]>();
  readonly #options: GroupsOptions;

  constructor(configs: readonly AppConfig[], options: GroupsOptions) {
    this.#options = options;
    for (const roster of groupRosters(entriesOf(configs, options.policiesOf))) this.#found(roster);
  }

  /** Nobody of the Application comes. */
  pass(app: AppKey): void {
    for (const seat of this.#seatsOf.get(app) ?? []) this.stayAway(seat);
  }

  stayAway(seat: Seat): void {
    this.#bySeat.get(seatKey(seat))?.meeting.stayAway(seat);
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
    if (choice.kind === 'stays') return decision;
    if (choice.kind === 'withheld') {
      const reason = reasonOf([choice.verdict]);
      return reason === undefined ? decision : withheld(update, reason, held);
    }
    const candidate = sieved.passing.find((each) => versionText(each) === choice.version);
    return candidate === undefined ? decision : movedTo(update, candidate, sieved.passedOver);
  }

  #found(roster: GroupRoster<Seat>): void {
    const seats = roster.members.map(({ image }) => image);
    const meeting = new Meeting<Guest, GroupChoice>(seats, (guests) => this.#conclude(roster, guests));
    for (const seat of seats) {
      this.#bySeat.set(seatKey(seat), { ...roster, meeting });
      this.#seatsOf.set(seat.app, [...(this.#seatsOf.get(seat.app) ?? []), seat]);
    }
  }

  async #conclude(
    { name, members, by, minMembers, disagreement }: GroupRoster<Seat>,
    guests: ReadonlyMap<string, Guest>,
  ): Promise<ReadonlyMap<string, GroupChoice>> {
    const brought = await Promise.all(
      members.map((member) => groupMember(member.name, guests.get(seatKey(member.image)), by, this.#options)),
    );
    const choices =
      disagreement === undefined
        ? chooseForGroup(name, brought, minMembers)
        : brought.map(({ candidates }) => disagreeing(name, disagreement, candidates.length > 0));
    return new Map(members.map(({ image }, i) => [seatKey(image), choices[i] ?? { kind: 'stays' }]));
  }
}

function disagreeing(group: string, why: string, wants: boolean): GroupChoice {
  if (!wants) return { kind: 'stays' };
  const reason = `group ${group}: ${why}`;
  const ends = 'one group-by for all members';
  return { kind: 'withheld', verdict: { code: 'group-disagree', kind: 'held', reason, ends } };
}

/** Images that name a group. */
export function entriesOf(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
): readonly GroupEntry<Seat>[] {
  return configs.flatMap(({ app, images }) => {
    const key = appKey(app);
    return [...policiesOf(key)].flatMap(([index, { group }]) => {
      if (group === undefined) return [];
      const alias = images[index]?.alias ?? '';
      const name = alias === '' ? key : `${key} ${alias}`;
      return [{ image: { app: key, index }, name, project: app.project, settings: group.value }];
    });
  });
}
