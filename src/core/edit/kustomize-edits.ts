/** Decided versions as a kustomization, or the source of an Application, spells them. */
import { kustomizeNameOf } from '../config/image-conflicts.ts';
import { fullName, imageText } from '../image/image.ts';
import { type DecidedVersion, versionOf, writtenVersion } from './decided-version.ts';
import type { KustomizeEdit } from './edit.ts';
import { kustomizeEditFromString } from './kustomization.ts';

/** `name=new:tag`, as the field `kustomize.images` of a source has it. */
export function kustomizeString(decided: DecidedVersion): string {
  const { image } = decided;
  const to = writtenVersion(decided);
  return image.kustomizeName === undefined
    ? imageText(to)
    : `${fullName(image.kustomizeName)}=${imageText(to)}`;
}

/** The images of the spec, as 0.18 writes them too, with the decided ones in their place. */
export function kustomizeEdits(
  specImages: readonly string[],
  decided: readonly DecidedVersion[],
): readonly KustomizeEdit[] {
  const own = decided.filter(({ to }) => to.tag !== undefined || to.digest !== undefined).map(kustomizeEdit);
  const edits = new Map<string, KustomizeEdit>();
  for (const text of specImages) {
    const parsed = kustomizeEditFromString(text);
    if (parsed.ok) edits.set(parsed.value.name, parsed.value);
  }
  for (const edit of own) edits.set(edit.name, edit);
  return [...edits.values()];
}

function kustomizeEdit(decided: DecidedVersion): KustomizeEdit {
  const { image } = decided;
  const to = writtenVersion(decided);
  return {
    name: kustomizeNameOf(image),
    named: image.kustomizeName !== undefined,
    newName: fullName(to),
    alias: image.alias,
    ...versionOf(to),
  };
}
