/** Tags that name another image than the one that was written (spec/policies.md 8.3). */
import type { TrackedImage } from '../config/annotations.ts';
import type { Digest } from '../image/image.ts';
import type { Reason } from '../policy/verdict.ts';

export interface MovedTag {
  readonly tag: string;
  /** What the target holds, else what was seen first: of that the first digits may be all that is remembered. */
  readonly recorded: Digest;
  /** What the registry names now. */
  readonly named: Digest;
}

/** `named` null: the tag is gone, which is no move. Undefined: it did not move, or nobody can tell. */
export function movedTag(
  tag: string,
  recorded: Digest | undefined,
  named: Digest | null | undefined,
): MovedTag | undefined {
  if (recorded === undefined || named === undefined || named === null || named.startsWith(recorded))
    return undefined;
  return { tag, recorded, named };
}

/** For a warning, once for each new digest. */
export function movedWarning(
  { tag, recorded, named }: MovedTag,
  { format, onMovedTag }: TrackedImage,
): string {
  const fact = `${tag} names another image now: ${named}, no more ${recorded}, which stays`;
  if (onMovedTag === 'follow' && format === 'tag')
    return `${fact}: write-format ${format} has no digest to follow it with`;
  return `${fact}; on-moved-tag: follow takes it`;
}

/** `on-moved-tag: hold`: newer versions are held too. */
export function movedReason({ tag, recorded, named }: MovedTag): Reason {
  return {
    code: 'moved-tag',
    kind: 'held',
    reason: `${tag} names another image now: ${named}, no more ${recorded}`,
    ends: `${tag} names ${recorded} again, or on-moved-tag is follow`,
    also: [],
  };
}
