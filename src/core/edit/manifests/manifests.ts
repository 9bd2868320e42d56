/** Edits of plain Kubernetes manifests: references of tracked images get new versions, every other byte stays. */
import { type ImageRef, withVersion } from '../../image/image.ts';
import { absentImages } from './absence.ts';
import {
  findOccurrences,
  type ImageSearch,
  type ManifestFile,
  type Occurrence,
  searchFor,
} from './occurrences.ts';
import { type Rewrite, rewriteOf } from './rewrite.ts';
import { leftBehind } from './left-behind.ts';
import { placesRead } from './uses.ts';
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import type { ChangedScalar, EditedFile } from '../../yaml/edited-file.ts';
import type { ManifestEdit } from '../edit.ts';
import type { TrackedImage } from '../../config/tracked-image.ts';
import { refuseAt } from '../../yaml/changes.ts';
import { keyFailure } from '../../yaml/lookup.ts';
import { irreplaceable } from '../../yaml/splice.ts';
import { applyChanges } from '../../yaml/text.ts';
import type { YamlScalar, YamlText } from '../../yaml/tree.ts';
import { indexUses, type UseIndex } from '../../yaml/uses.ts';

/** Text of each file; null: there is none. */
type Texts = ReadonlyMap<string, string | null>;

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

function inPathOrder(texts: Texts): readonly (readonly [string, string])[] {
  return [...texts]
    .flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Undefined if the file needs no change. */
function editFile({ yaml, documents }: ManifestFile<ManifestEdit>): Outcome<EditedFile | undefined> {
  const replaced = new Map<YamlScalar, string>();
  const changes: ChangedScalar[] = [];
  for (const document of documents) {
    for (const change of changesIn(yaml, document)) {
      if (!change.ok) return change;
      const { node, text, scalars } = change.value;
      replaced.set(node, text);
      changes.push(...scalars);
      if (changes.length - replaced.size > maxSharedPlaces) {
        return refuseAt(yaml, node.start, `anchors make it ${maxSharedPlaces} places that would change`);
      }
    }
  }
  if (replaced.size === 0) return succeed(undefined);
  const after = applyChanges(yaml, { replaced, added: new Map(), removed: new Set() });
  return after.ok ? succeed({ path: yaml.path, text: after.value.text, changes }) : after;
}

const maxSharedPlaces = 10_000; // a few anchors in a megabyte can be read at millions of places

interface ChangedReference {
  readonly node: YamlScalar;
  readonly text: string;
  /** One for each place at which the reference is read. */
  readonly scalars: readonly ChangedScalar[];
}

function* changesIn(
  yaml: YamlText,
  { reader, occurrences }: ManifestFile<ManifestEdit>['documents'][number],
): Generator<Outcome<ChangedReference>> {
  let uses: UseIndex | undefined;
  for (const occurrence of occurrences) {
    const rewrite = rewriteOf(occurrence);
    if (rewrite.kind === 'keep') continue;
    uses ??= indexUses(yaml, reader.document);
    const places = placesRead(reader, uses, occurrence.node);
    yield places.ok ? changeReference(yaml.path, occurrence, rewrite, places.value) : places;
  }
}

function changeReference(
  path: string,
  { node }: Occurrence<ManifestEdit>,
  rewrite: Exclude<Rewrite, { kind: 'keep' }>,
  places: readonly string[],
): Outcome<ChangedReference> {
  const [first = ''] = places;
  const refuse = (reason: string) => fail(keyFailure(path, first, reason));
  if (rewrite.kind === 'refuse') return refuse(rewrite.reason);
  const refusal = irreplaceable(node);
  if (refusal !== undefined) return refuse(refusal);
  const { text } = rewrite;
  const change = { path, from: node.value, to: text };
  return succeed({ node, text, scalars: places.map((key) => ({ ...change, key })) });
}
