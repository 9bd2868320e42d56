/** Groups of which some members are written and others are not: what is left of them goes on in the next cycle (spec/policies.md 6.3). */
import type { AppKey } from '../../../core/config/application.ts';
import { type ImageRef, versionText } from '../../../core/image/image.ts';
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { IdentityOf } from './group-member.ts';
import type { Mover } from './mover.ts';
import { type Seat, seatKey } from './meeting.ts';
import type { Roster } from './rosters.ts';

interface Split {
  /** What all are to be at. */
  readonly id: string;
  /** Seats of those that are not there yet. */
  readonly left: ReadonlySet<string>;
}

/** By the key of the group. In the life of the process: who forgets it waits for all policies again. */
type Splits = Map<string, Split>;

/** What became of those that a group sent on their way in one cycle. */
export interface Journey {
  readonly roster: Roster;
  readonly landed: readonly Mover[];
  readonly left: readonly Mover[];
}

/** Told where it is new. */
export interface GroupSplit {
  /** Those that are not written. */
  readonly apps: readonly AppKey[];
  readonly message: string;
}

/** A version that completes a group: no policy but a freeze or a hold stops it. */
export type Completes = (seat: Seat, image: TrackedImage, version: Candidate | ImageRef) => Promise<boolean>;

export interface Completion {
  /** Whether there is such a version for the image at all. */
  readonly isDue: (seat: Seat) => boolean;
  readonly completes: Completes;
}

export function completionOf(rosters: readonly Roster[], splits: Splits, identityOf: IdentityOf): Completion {
  const due = new Map<string, { readonly split: Split; readonly roster: Roster }>();
  for (const roster of rosters) {
    const split = splits.get(keyOf(roster));
    if (split !== undefined) for (const seat of split.left) due.set(seat, { split, roster });
  }
  return {
    isDue: (seat) => due.has(seatKey(seat)),
    completes: async (seat, image, version) => {
      const found = due.get(seatKey(seat));
      return (
        found !== undefined && (await identityOf({ image }, version, found.roster.by)) === found.split.id
      );
    },
  };
}

/** Keeps what is left for the next cycle; says what is news. */
export async function keepSplits(
  splits: Splits,
  rosters: readonly Roster[],
  journeys: readonly Journey[],
  identityOf: IdentityOf,
): Promise<readonly GroupSplit[]> {
  const there = new Set(rosters.map(keyOf));
  for (const key of splits.keys()) if (!there.has(key)) splits.delete(key);
  const news: GroupSplit[] = [];
  for (const { roster, landed, left } of journeys) {
    const [first] = landed;
    if (first === undefined) continue;
    const key = keyOf(roster);
    const { image, to } = first.update;
    const id = await identityOf({ image }, to, roster.by);
    if (left.length === 0 || id === undefined) splits.delete(key);
    else {
      splits.set(key, { id, left: new Set(left.map(({ seat }) => seatKey(seat))) });
      news.push({ apps: left.map(({ seat }) => seat.app), message: splitText(roster.name, landed, left) });
    }
  }
  return news;
}

function splitText(group: string, landed: readonly Mover[], left: readonly Mover[]): string {
  const there = landed.map(({ name, update }) => `${name} is written to ${versionText(update.to)}`);
  const behind = left.map(
    ({ name, held }) => `${name} stays at ${held === undefined ? 'none' : versionText(held)}`,
  );
  return `group-split: group ${group}: ${there.join(', ')}, ${behind.join(', ')}; the next cycle goes on with it`;
}

function keyOf({ name, members }: Roster): string {
  return name.startsWith('/') ? name : `${members[0]?.project ?? ''} ${name}`;
}
