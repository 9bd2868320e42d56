/** An image that may take a new version in turn: where it is, and where it wants to go. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import type { ImageRef } from '../../../core/image/image.ts';
import { order } from '../../../core/policy/order.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { Update } from '../judge/sieving.ts';
import type { Judged } from './group-member.ts';
import { type Seat, seatKey } from './meeting.ts';

export interface Guest {
  readonly seat: Seat;
  readonly config: AppConfig;
  readonly policies: ImagePolicies;
  /** Where it wants to go; absent: nowhere, or a gate stops it. */
  readonly wish?: { readonly update: Update; readonly passing: readonly Candidate[] };
  /** What its target holds, else what runs. */
  readonly at?: ImageRef;
}

export function guestOf(
  who: Pick<Guest, 'seat' | 'config' | 'policies'>,
  decision: Decision,
  { sieved, held }: Judged,
): Guest {
  if (decision.kind !== 'update') {
    const at = 'at' in decision ? decision.at : undefined;
    return { ...who, ...(at === undefined ? {} : { at }) };
  }
  const { from, candidates, to } = decision;
  const at = held ?? from;
  const chosen = candidates?.find(({ tag }) => tag === to.tag);
  const all = sieved?.passing ?? (chosen === undefined ? [] : [chosen]);
  const passing = afterGroup(all, who, decision);
  return { ...who, wish: { update: decision, passing }, ...(at === undefined ? {} : { at }) };
}

/** A group has chosen one version for all its members. */
function afterGroup(
  passing: readonly Candidate[],
  { policies }: Pick<Guest, 'policies'>,
  { to }: Update,
): readonly Candidate[] {
  return policies.group === undefined ? passing : passing.filter(({ tag }) => tag === to.tag);
}

export function wants({ wish }: Guest, { tag }: Candidate): boolean {
  return wish?.passing.some((candidate) => candidate.tag === tag) ?? false;
}

export function isAtOrBeyond({ at, config, seat }: Guest, version: Candidate): boolean {
  const image = config.images[seat.index]?.image;
  if (at === undefined || image?.ok !== true) return false;
  const verdict = order(image.value.strategy, at, version);
  return verdict === 'equal' || verdict === 'newer';
}

export function memberName({ seat, config, policies }: Guest): string {
  const group = policies.group?.value.name;
  return group === undefined ? seatKey(seat) : `${config.app.project} ${group}`;
}
