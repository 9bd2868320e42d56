/** `rollout`: a few Applications take a version first, the others once it is proven there (spec/policies.md 7.3). */
import { createHash } from 'node:crypto';
import type { RolloutShare } from '../settings.ts';
import type { Verdict } from '../verdict.ts';

/**
 * One of those that take the same version of the same repository: an Application, or a group as a whole. Who is
 * withheld by hold, window, interval or rollback is none: a paused one must not block the others.
 */
export interface RolloutMember {
  /** `namespace/name` of all its Applications, sorted: the first is its name. */
  readonly apps: readonly string[];
  /** All that were asked for: the smallest counts. */
  readonly shares: readonly RolloutShare[];
  /** `rollout-order`: the smaller goes first. */
  readonly order: number;
  /** It holds the version, or has held it and moved on to a newer one. */
  readonly isThere: boolean;
  /** Why the version is not proven there; undefined: it is. */
  readonly unproven?: string;
}

export interface Rollout {
  /** Names of those that may take the version now. */
  readonly first: readonly string[];
  /** For all others; absent: the version is proven, and they may as well. */
  readonly verdict?: Verdict;
}

/** The same ones go first whatever the order of `members`. */
export function planRollout(version: string, members: readonly RolloutMember[]): Rollout {
  const first = inOrder(members).slice(0, countOf(members));
  const names = first.map(nameOf);
  const waiting = first.find(({ unproven }) => unproven !== undefined);
  if (waiting?.unproven === undefined || first.length === members.length) return { first: names };
  const verdict: Verdict = {
    code: 'rollout',
    kind: 'waiting',
    reason: `${first.length} of ${members.length} take ${version} first: ${waiting.unproven}`,
    ends: `${version} proven at ${names.join(', ')}, or a newer version`,
  };
  return { first: names, verdict };
}

function countOf(members: readonly RolloutMember[]): number {
  const counts = members.flatMap(({ shares }) => shares.map((share) => sizeOf(share, members.length)));
  return Math.max(1, Math.min(...counts, members.length));
}

function sizeOf(share: RolloutShare, members: number): number {
  return share.kind === 'count' ? share.count : Math.ceil((share.percent * members) / 100);
}

function inOrder(members: readonly RolloutMember[]): readonly RolloutMember[] {
  const places = members.map((member) => ({ member, hash: hashOf(nameOf(member)) }));
  return places
    .toSorted(
      (a, b) =>
        Number(b.member.isThere) - Number(a.member.isThere) ||
        a.member.order - b.member.order ||
        (a.hash < b.hash ? -1 : 1),
    )
    .map(({ member }) => member);
}

function nameOf({ apps }: RolloutMember): string {
  return apps[0] ?? '';
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
