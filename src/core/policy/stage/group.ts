/** Images that move together or not at all: to one identity that all of them can take (spec/policies.md 6.2). */
import type { Verdict } from '../verdict.ts';

/** A version that a member may move to, with what makes it equal to those of others. */
export interface GroupCandidate {
  readonly version: string;
  /** undefined: it has none, as where the label is missing. */
  readonly id: string | undefined;
}

/** What a member brings, after all of its own policies. */
export interface GroupMember {
  /** For people: `argocd/shop web`. */
  readonly name: string;
  /** Best first; empty where it wants nothing, or nothing passes. */
  readonly candidates: readonly GroupCandidate[];
  /** Identity of the version that its target holds. */
  readonly current: string | undefined;
  /** False for a strategy that has no order: it prefers nothing. */
  readonly isOrdered: boolean;
  /** True for an identity older than what is held. */
  readonly isBehind: (id: string) => boolean;
  /** Why it can move nowhere, whatever the version: a gate, or a failure. */
  readonly stopped?: { readonly kind: 'withheld' | 'failed'; readonly reason: string };
  /** Why its own rules or policies dropped a version, where they did. */
  readonly dropped?: (id: string) => string | undefined;
}

export type GroupChoice =
  | { readonly kind: 'moves'; readonly version: string }
  | { readonly kind: 'stays' }
  | { readonly kind: 'withheld'; readonly verdict: Verdict };

/** One choice per member, in order. Who has no candidates and is not in anybody's way stays as it is. */
export function chooseForGroup(
  group: string,
  members: readonly GroupMember[],
  minMembers: number,
): readonly GroupChoice[] {
  const wanting = members.filter(({ candidates }) => candidates.length > 0);
  if (wanting.length === 0) return members.map(() => ({ kind: 'stays' }));
  const stop = stopOf(group, members, minMembers);
  const best = stop === undefined ? bestOf(group, members) : stop;
  return members.map((member) => {
    if (member.stopped !== undefined || member.candidates.length === 0) return { kind: 'stays' };
    if (typeof best === 'string') return moveTo(group, best, member, members);
    if (best !== undefined) return { kind: 'withheld', verdict: best };
    return { kind: 'withheld', verdict: missing(group, member, members) };
  });
}

/** Why nobody may move, whatever the version. */
function stopOf(group: string, members: readonly GroupMember[], minMembers: number): Verdict | undefined {
  if (members.length < minMembers) {
    const count = `${members.length} of at least ${minMembers} ${minMembers === 1 ? 'member' : 'members'}`;
    const reason = `group ${group} has ${count}`;
    return {
      code: 'group-alone',
      kind: 'waiting',
      reason,
      ends: `${minMembers} members, or another group-min`,
    };
  }
  const failed = members.find(({ stopped }) => stopped?.kind === 'failed');
  if (failed?.stopped !== undefined) {
    const reason = `group ${group}: ${failed.name} cannot be decided: ${failed.stopped.reason}`;
    return { code: 'group-failed', kind: 'held', reason, ends: `${failed.name} can be decided again` };
  }
  const held = members.find(({ stopped }) => stopped?.kind === 'withheld');
  if (held?.stopped === undefined) return undefined;
  const reason = `group ${group}: ${held.name} is withheld: ${held.stopped.reason}`;
  return { code: 'group-held', kind: 'waiting', reason, ends: `${held.name} may move` };
}

/** The identity that all move to; a verdict where members prefer different ones; undefined: none is possible. */
function bestOf(group: string, members: readonly GroupMember[]): string | Verdict | undefined {
  const ids = members.flatMap(({ candidates }) =>
    candidates.flatMap(({ id }) => (id === undefined ? [] : [id])),
  );
  const possible = new Set(ids.filter((id) => members.every((member) => canTake(member, id))));
  const preferred = new Map<string, GroupMember>();
  for (const member of members) {
    const first = member.candidates.find(({ id }) => id !== undefined && possible.has(id))?.id;
    if (first !== undefined && member.isOrdered && !preferred.has(first)) preferred.set(first, member);
  }
  const [choice, other] = preferred;
  if (choice === undefined) return [...possible][0];
  if (other === undefined) return choice[0];
  const reason = `group ${group}: ${choice[1].name} prefers ${choice[0]}, ${other[1].name} prefers ${other[0]}`;
  const ends = 'rules by which the members prefer the same version';
  return { code: 'group-disagree', kind: 'held', reason, ends };
}

function canTake({ candidates, current, isBehind }: GroupMember, id: string): boolean {
  if (current === id) return true;
  return candidates.some((candidate) => candidate.id === id) && !isBehind(id);
}

function moveTo(
  group: string,
  id: string,
  member: GroupMember,
  members: readonly GroupMember[],
): GroupChoice {
  const candidate = member.candidates.find((each) => each.id === id);
  if (candidate !== undefined) return { kind: 'moves', version: candidate.version };
  // It is there already, and what it wants beyond is not possible for the others.
  return { kind: 'withheld', verdict: missing(group, member, members) };
}

/** Why the best version of a member is not possible: who lacks it, or is beyond it. */
function missing(group: string, member: GroupMember, members: readonly GroupMember[]): Verdict {
  const best = member.candidates[0];
  const id = best?.id;
  if (id === undefined) {
    const reason = `group ${group}: ${best?.version ?? 'the choice'} of ${member.name} has no identity to compare`;
    return { code: 'group-missing', kind: 'waiting', reason, ends: 'a version that has one' };
  }
  const beyond = members.find((other) => other !== member && !canTake(other, id) && other.isBehind(id));
  if (beyond !== undefined) {
    const at = beyond.current ?? 'a newer version';
    const reason = `group ${group}: ${beyond.name} is at ${at}, ahead of ${id}`;
    return { code: 'group-ahead', kind: 'waiting', reason, ends: `${at} or newer for all members` };
  }
  const lacking = members.find((other) => other !== member && !canTake(other, id));
  const why = lacking?.dropped?.(id);
  const reason = `group ${group}: ${lacking?.name ?? 'a member'} lacks ${id}${why === undefined ? '' : ` (${why})`}`;
  return { code: 'group-missing', kind: 'waiting', reason, ends: `a version that all members have` };
}
