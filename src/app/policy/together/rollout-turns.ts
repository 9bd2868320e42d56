/** Who takes one version first, and whether the others may follow. */
import { versionText } from '../../../core/image/image.ts';
import { planRollout, type RolloutMember } from '../../../core/policy/health/rollout.ts';
import { type Reason, reasonOf, type Verdict } from '../../../core/policy/verdict.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { HealthFacts } from '../facts/health-facts.ts';
import { type Guest, isAtOrBeyond, memberName, wants } from './rollout-guest.ts';

const standardOrder = 500;
const standardHealthyMs = 600_000;

export type Choice =
  | { readonly kind: 'moves'; readonly candidate: Candidate }
  | { readonly kind: 'waits'; readonly reason: Reason };

/** Of all versions that anybody may take. */
export class AllTurns {
  readonly #guests: readonly Guest[];
  readonly #health: HealthFacts;
  readonly #byVersion = new Map<string, Turns>();

  constructor(guests: readonly Guest[], health: HealthFacts) {
    this.#guests = guests;
    this.#health = health;
  }

  /** The best version that it may take now, else the reason of the best. */
  chooseFor(guest: Guest, passing: readonly Candidate[]): Choice | undefined {
    let first: Reason | undefined;
    for (const candidate of passing) {
      const { firstApps, verdict } = this.#turnsOf(candidate);
      if (verdict === undefined || firstApps.has(guest.seat.app)) return { kind: 'moves', candidate };
      first ??= reasonOf([verdict]);
    }
    return first === undefined ? undefined : { kind: 'waits', reason: first };
  }

  #turnsOf(version: Candidate): Turns {
    const text = versionText(version);
    const turns = this.#byVersion.get(text) ?? turnsFor(version, this.#guests, this.#health);
    this.#byVersion.set(text, turns);
    return turns;
  }
}

/** Applications that may take a version now, and why the others wait. */
interface Turns {
  readonly firstApps: ReadonlySet<string>;
  readonly verdict?: Verdict;
}

function turnsFor(version: Candidate, guests: readonly Guest[], health: HealthFacts): Turns {
  const members = membersFor(version, guests, health);
  const { first, verdict } = planRollout(versionText(version), members);
  const apps = members
    .filter((member) => first.includes(member.apps[0] ?? ''))
    .flatMap((member) => member.apps);
  return { firstApps: new Set(apps), ...(verdict === undefined ? {} : { verdict }) };
}

/** Those that want the version or are beyond it; the members of a group are one. */
function membersFor(
  version: Candidate,
  guests: readonly Guest[],
  health: HealthFacts,
): readonly RolloutMember[] {
  const cohort = guests.filter((guest) => wants(guest, version) || isAtOrBeyond(guest, version));
  const members = Map.groupBy(cohort, memberName);
  return [...members.values()].map((parts) => memberOf(version, parts, health));
}

function memberOf(version: Candidate, parts: readonly Guest[], health: HealthFacts): RolloutMember {
  const orders = parts.map(({ policies }) => policies.rolloutOrder?.value ?? standardOrder);
  const unproven = parts
    .map((guest) => unprovenAt(guest, version, health))
    .find((reason) => reason !== undefined);
  return {
    apps: parts.map(({ seat }) => seat.app).toSorted(),
    shares: parts.flatMap(({ policies }) => (policies.rollout ?? []).map(({ value }) => value)),
    order: Math.min(...orders),
    isThere: parts.every((guest) => isAtOrBeyond(guest, version)),
    ...(unproven === undefined ? {} : { unproven }),
  };
}

function unprovenAt(
  { config, seat, policies }: Guest,
  version: Candidate,
  health: HealthFacts,
): string | undefined {
  const image = config.images[seat.index]?.image;
  if (image?.ok !== true) return `${seat.app} cannot be read`;
  const subject = { config, image: image.value, policies };
  return health.unproven(subject, version, standardHealthyMs);
}
