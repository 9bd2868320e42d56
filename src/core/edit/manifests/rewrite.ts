/** Which text an image reference of a manifest gets, or why nobody can say. */
import { type ImageRef, imageText, withVersion } from '../../image/image.ts';
import type { Occurrence } from './occurrences.ts';
import { quoted } from '../../base/quoted.ts';
import type { ManifestEdit } from '../edit.ts';

export type Rewrite =
  | { readonly kind: 'keep' }
  | { readonly kind: 'replace'; readonly text: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/** The reference keeps its own spelling of the repository; only tag and digest change. */
export function rewriteOf(occurrence: Occurrence<ManifestEdit>): Rewrite {
  const { ref } = occurrence;
  const edits = [...occurrence.meantBy].filter(hasVersion);
  const [edit, ...others] = edits;
  if (edit === undefined) return { kind: 'keep' };
  const text = withVersion(ref, edit).written;
  const conflicting = others.find((other) => withVersion(ref, other).written !== text);
  if (conflicting !== undefined) return { kind: 'refuse', reason: conflictText(ref, edit, conflicting) };
  if (meansVersion(ref, edit)) return { kind: 'keep' };
  const reason = unclearContainer(occurrence, edits);
  return reason === undefined ? { kind: 'replace', text } : { kind: 'refuse', reason };
}

/** An image of which no version is known stays as it is. */
function hasVersion({ tag, digest }: ManifestEdit): boolean {
  return tag !== undefined || digest !== undefined;
}

/**
 * True if a reference needs no change. A digest decides what runs, so a tag that is missing beside it is no
 * difference; a wanted tag alone does not unpin that same tag; no tag at all is `latest`.
 */
export function meansVersion(ref: ImageRef, { tag, digest }: Pick<ManifestEdit, 'tag' | 'digest'>): boolean {
  if (digest === undefined) return tag === (ref.tag ?? (ref.digest === undefined ? 'latest' : undefined));
  return digest === ref.digest && (ref.tag === undefined || tag === undefined || tag === ref.tag);
}

function conflictText(ref: ImageRef, edit: ManifestEdit, other: ManifestEdit): string {
  const claim = (party: ManifestEdit) => {
    const owner = party.alias === '' ? 'an image without alias' : party.alias;
    return `${owner} wants ${imageText(withVersion(ref, party))}`;
  };
  return `${claim(edit)} and ${claim(other)}; tell their containers apart with <alias>.manifests.name`;
}

/** Containers that share a text through an anchor change together, so all of them must be meant. */
function unclearContainer(
  { containers }: Occurrence<ManifestEdit>,
  edits: readonly ManifestEdit[],
): string | undefined {
  if (edits.some(({ container }) => container === undefined)) return undefined;
  const [edit] = edits;
  for (const names of containers) {
    if (names.length > 1) return 'the name of its container is there more than once';
    if (edits.some(({ container }) => container === names[0])) continue;
    const other = names[0] === undefined ? 'a container without a name' : `container ${quoted(names[0])}`;
    return `it is shared with ${other}, which ${edit?.alias}.manifests.name leaves out`;
  }
  return undefined;
}
