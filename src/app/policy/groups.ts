/** Groups of a cycle: their members meet once each is decided, and hear where all of them go. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { versionText } from '../../core/image/image.ts';
import type { GroupSettings, ImagePolicies } from '../../core/policy/settings.ts';
import { chooseForGroup, type GroupChoice } from '../../core/policy/stage/group.ts';
import { reasonOf } from '../../core/policy/verdict.ts';
import { groupMember, type Guest, type Judged, type MemberContext } from './group-member.ts';
import { Meeting, type Seat, seatKey } from './meeting.ts';
import type { PoliciesOf } from './policies.ts';
import { movedTo, withheld } from './sieving.ts';

interface Members {
  readonly name: string;
  readonly seats: readonly (Seat & { readonly name: string })[];
  readonly settings: GroupSettings;
  /** False where members ask for different identities. */
  readonly agrees: boolean;
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
    for (const [name, seats] of groupsOf(configs, options.policiesOf)) this.#found(name, seats);
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

  #found(name: string, seats: readonly (Seat & { name: string; settings: GroupSettings })[]): void {
    const [first] = seats;
    if (first === undefined) return;
    const { settings } = first;
    const agrees = seats.every((seat) => JSON.stringify(seat.settings.by) === JSON.stringify(settings.by));
    const members: Members = {
      name,
      seats,
      settings: { ...settings, minMembers: Math.max(...seats.map((seat) => seat.settings.minMembers)) },
      agrees,
      meeting: new Meeting<Guest, GroupChoice>(seats, (guests) => this.#conclude(members, guests)),
    };
    for (const seat of seats) {
      this.#bySeat.set(seatKey(seat), members);
      this.#seatsOf.set(seat.app, [...(this.#seatsOf.get(seat.app) ?? []), seat]);
    }
  }

  async #conclude(
    { name, seats, settings, agrees }: Members,
    guests: ReadonlyMap<string, Guest>,
  ): Promise<ReadonlyMap<string, GroupChoice>> {
    const members = await Promise.all(
      seats.map((seat) => groupMember(seat.name, guests.get(seatKey(seat)), settings.by, this.#options)),
    );
    const choices = agrees
      ? chooseForGroup(name, members, settings.minMembers)
      : members.map(({ candidates }) => disagreement(name, candidates.length > 0));
    return new Map(seats.map((seat, i) => [seatKey(seat), choices[i] ?? { kind: 'stays' }]));
  }
}

function disagreement(group: string, wants: boolean): GroupChoice {
  if (!wants) return { kind: 'stays' };
  const reason = `members of group ${group} ask for different things with group-by`;
  const ends = 'one group-by for all members';
  return { kind: 'withheld', verdict: { code: 'group-disagree', kind: 'held', reason, ends } };
}

/** Project and name -> members: a tenant cannot join a group of another project (6.1). */
function groupsOf(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
): ReadonlyMap<string, readonly (Seat & { name: string; settings: GroupSettings })[]> {
  const groups = new Map<string, (Seat & { name: string; settings: GroupSettings })[]>();
  for (const { app, images } of configs) {
    const key = appKey(app);
    for (const [index, { group }] of policiesOf(key)) {
      if (group === undefined) continue;
      const settings = group.value;
      const name = settings.name.startsWith('/') ? settings.name : `${app.project}/${settings.name}`;
      const alias = images[index]?.alias ?? '';
      const seat = { app: key, index, name: alias === '' ? key : `${key} ${alias}`, settings };
      groups.set(name, [...(groups.get(name) ?? []), seat]);
    }
  }
  return groups;
}
