/** What an image brings to its group. */
import type { Outcome } from '../../../core/base/outcome.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { type ImageRef, versionText } from '../../../core/image/image.ts';
import { order } from '../../../core/policy/order.ts';
import { reasonText } from '../../../core/policy/reason-text.ts';
import type { GroupIdentity } from '../../../core/policy/settings.ts';
import type { GroupMember } from '../../../core/policy/stage/group.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { Sieved, Update } from '../judge/sieving.ts';

/** What makes a version of an image equal to those of other members; undefined: it has none. */
export type IdentityOf = (
  update: Pick<Update, 'image'>,
  version: Candidate | ImageRef,
  by: GroupIdentity,
) => Promise<string | undefined>;

/** What a member was judged by, where it wants to move. */
export interface Judged {
  readonly update?: Update;
  readonly sieved?: Sieved;
  readonly held?: ImageRef | undefined;
  /** Where nobody has read yet what its target holds: it is read once somebody wants to move. */
  readonly readHeld?: () => Promise<Outcome<ImageRef | undefined>>;
}

export interface Guest extends Judged {
  readonly decision: Decision;
}

export interface MemberContext {
  readonly identityOf: IdentityOf;
  /** Why somebody who may be a member cannot be read; absent: everybody is listed. */
  readonly unlisted?: string | undefined;
}

export async function groupMember(
  name: string,
  guest: Guest | undefined,
  by: GroupIdentity,
  { identityOf }: Pick<MemberContext, 'identityOf'>,
): Promise<GroupMember> {
  if (guest === undefined) return stoppedMember(name, 'failed', 'it cannot be decided');
  const { decision, update, sieved, held } = guest;
  const image = 'image' in decision ? decision.image : undefined;
  const stopped = stopOf(decision, sieved);
  const read = await guest.readHeld?.();
  if (read?.ok === false) return stoppedMember(name, 'failed', read.failure.message);
  const at = held ?? read?.value ?? (decision.kind === 'current' ? decision.at : update?.from);
  if (image === undefined) return { ...stoppedMember(name, 'failed', 'it cannot be decided'), ...stopped };
  const idOf = (version: Candidate | ImageRef) => identityOf({ image }, version, by);
  const ids = await Promise.all((sieved?.passing ?? []).map(idOf));
  const versions = new Map((sieved?.passing ?? []).map((candidate, i) => [ids[i], candidate]));
  const dropped = sieved?.passedOver ?? [];
  return {
    name,
    candidates: (sieved?.passing ?? []).map((candidate, i) => ({
      version: versionText(candidate),
      id: ids[i],
    })),
    current: at === undefined ? undefined : await idOf(at),
    isOrdered: image.strategy.kind !== 'digest',
    isBehind: (id) => isOlder(image.strategy, versions.get(id) ?? { tag: id }, at),
    dropped: (id) => dropped.find(({ version }) => version === id)?.reason.reason,
    ...(stopped === undefined ? {} : { stopped }),
  };
}

function isOlder(
  strategy: Update['image']['strategy'],
  version: Partial<Candidate>,
  at: ImageRef | undefined,
): boolean {
  return at !== undefined && order(strategy, version, at) === 'older';
}

/** A verdict on versions stops nobody from another one; a gate does. */
function stopOf(decision: Decision, sieved: Sieved | undefined): GroupMember['stopped'] {
  switch (decision.kind) {
    case 'held':
    case 'waiting':
      return sieved === undefined ? { kind: 'withheld', reason: reasonText(decision.reason) } : undefined;
    case 'failed':
      return { kind: 'failed', reason: decision.failure.message };
    case 'skipped':
      return { kind: 'failed', reason: decision.message };
    case 'update':
    case 'current':
      return undefined;
  }
}

function stoppedMember(name: string, kind: 'failed', reason: string): GroupMember {
  const stopped = { kind, reason };
  return { name, candidates: [], current: undefined, isOrdered: false, isBehind: () => false, stopped };
}
