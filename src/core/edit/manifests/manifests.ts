/** Edits of plain Kubernetes manifests: references of tracked images get new versions, every other byte stays. */
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import type { EditedFile } from '../../yaml/edited-file.ts';
import type { ManifestEdit } from '../edit.ts';
import { absentImages } from './absence.ts';
import { editFile } from './edit-file.ts';
import { leftBehind } from './left-behind.ts';
import { findOccurrences, type ImageSearch, searchFor } from './occurrences.ts';
import { inPathOrder, type Texts } from './texts.ts';

/**
 * Gives every reference of an image in any file the image's version, in the file's own spelling and quotes; a
 * reference that means the same already stays. Files come back in path order. Fails where an image is in no file,
 * where a file that names an image is no YAML, and (kind `config`) on a key path that cannot be read.
 */
export function editManifests(texts: Texts, images: readonly ManifestEdit[]): Outcome<readonly EditedFile[]> {
  const searches: ImageSearch<ManifestEdit>[] = [];
  for (const image of images) {
    const search = searchFor(image);
    if (!search.ok) return search;
    searches.push(search.value);
  }
  const files = inPathOrder(texts);
  const absent = new Set(images);
  const edited: EditedFile[] = [];
  const warnings: string[] = [];
  for (const [path, text] of files) {
    const file = findOccurrences(path, text, searches);
    if (!file.ok) return file;
    if (file.value === undefined) continue;
    for (const { meantBy } of file.value.documents.flatMap(({ occurrences }) => occurrences)) {
      for (const image of meantBy) absent.delete(image);
    }
    warnings.push(...leftBehind(file.value, images));
    const own = editFile(file.value);
    if (!own.ok) return own;
    if (own.value !== undefined) edited.push(own.value);
  }
  if (absent.size === 0) return succeed(withWarnings(edited, warnings));
  const failure = absentImages(
    [...absent],
    files.map(([path]) => path),
  );
  const seen = warnings.length === 0 ? '' : `; ${warnings.join('; ')}`;
  return fail({ ...failure, message: `${failure.message}${seen}` });
}

/** What was seen in any file is told with the first that changes. */
function withWarnings(edited: readonly EditedFile[], warnings: readonly string[]): readonly EditedFile[] {
  const [first, ...others] = edited;
  if (first === undefined || warnings.length === 0) return edited;
  return [{ ...first, warnings: warnings.slice(0, maxWarnings) }, ...others];
}

const maxWarnings = 20;
