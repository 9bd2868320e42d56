/** Which versions of an image plain manifests hold. */
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import type { TrackedImage } from '../../config/tracked-image.ts';
import { type ImageRef, withVersion } from '../../image/image.ts';
import { absentImages } from './absence.ts';
import { findOccurrences, searchFor } from './occurrences.ts';
import { inPathOrder, type Texts } from './texts.ts';

/**
 * Every reference of an image, in path order, as the image's own spelling at the version found. Fails as an edit of
 * the image would: where it is in no file, and where a file that names it is no YAML.
 */
export function findManifestImages(
  texts: Texts,
  { alias, ref, manifests }: TrackedImage,
): Outcome<readonly [ImageRef, ...ImageRef[]]> {
  const wanted = { alias, ...ref.canonical, ...manifests };
  const search = searchFor(wanted);
  if (!search.ok) return search;
  const files = inPathOrder(texts);
  const found: ImageRef[] = [];
  for (const [path, text] of files) {
    const file = findOccurrences(path, text, [search.value]);
    if (!file.ok) return file;
    for (const { occurrences } of file.value?.documents ?? [])
      found.push(...occurrences.map((occurrence) => withVersion(ref, occurrence.ref)));
  }
  const [first, ...others] = found;
  if (first !== undefined) return succeed([first, ...others]);
  return fail(
    absentImages(
      [wanted],
      files.map(([path]) => path),
    ),
  );
}
