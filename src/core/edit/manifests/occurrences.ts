/** Finds the references of tracked images in a file of Kubernetes manifests. */
import { type ImageRef, parseImageRef } from '../../image/image.ts';
import { type PathSegment, parseKeyPath } from '../../yaml/key-path.ts';
import { containerSites, customSites, type ImageSite, objectsOf } from './containers.ts';
import { ManifestReader } from './reader.ts';
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import type { ManifestEdit } from '../edit.ts';
import { refuseAt } from '../../yaml/changes.ts';
import { parseYaml } from '../../yaml/parse.ts';
import type { YamlScalar, YamlText } from '../../yaml/tree.ts';

/** What to look for: an image, and what narrows or widens the places. */
export type ImageWanted = Pick<ManifestEdit, 'alias' | 'registry' | 'repository' | 'path' | 'container'>;

/** An image with its key path read. */
export interface ImageSearch<Wanted extends ImageWanted> {
  readonly wanted: Wanted;
  readonly path?: readonly PathSegment[];
}

/** A scalar that is a reference of at least one wanted image. */
export interface Occurrence<Wanted extends ImageWanted> {
  readonly node: YamlScalar;
  readonly ref: ImageRef;
  /** Who means it. */
  readonly meantBy: ReadonlySet<Wanted>;
  /** The names of each container that uses it; several containers share it through an anchor. */
  readonly containers: readonly (readonly string[])[];
}

/** A parsed file and what each of its documents holds, in the order of the text. */
export interface ManifestFile<Wanted extends ImageWanted> {
  readonly yaml: YamlText;
  readonly documents: readonly {
    readonly reader: ManifestReader;
    readonly occurrences: readonly Occurrence<Wanted>[];
  }[];
}

/** Fails (config) on a key path that cannot be read. */
export function searchFor<Wanted extends ImageWanted>(wanted: Wanted): Outcome<ImageSearch<Wanted>> {
  if (wanted.path === undefined) return succeed({ wanted });
  const path = parseKeyPath(wanted.path);
  if (path.ok) return succeed({ wanted, path: path.value });
  const annotation = `${wanted.alias}.manifests.path`;
  return fail(configFailure(`${annotation}: ${path.failure.message}`, annotation));
}

/**
 * What a file holds of the wanted images; undefined if its text names none of them. Fails (kind `edit`) on a file
 * that does, but is no YAML; other files may be anything.
 */
export function findOccurrences<Wanted extends ImageWanted>(
  path: string,
  text: string,
  searches: readonly ImageSearch<Wanted>[],
): Outcome<ManifestFile<Wanted> | undefined> {
  if (!searches.some(({ wanted }) => mayName(text, wanted))) return succeed(undefined);
  const yaml = parseYaml(path, text);
  if (!yaml.ok) {
    const named = searches.find(({ wanted }) => names(text, wanted))?.wanted;
    if (named === undefined) return succeed(undefined);
    return fail({ ...yaml.failure, message: `${yaml.failure.message}; it names ${imageName(named)}` });
  }
  const documents: ManifestFile<Wanted>['documents'][number][] = [];
  for (const document of yaml.value.documents) {
    const reader = new ManifestReader(document);
    const occurrences = occurrencesIn(reader, searches);
    if (reader.isTangled)
      return refuseAt(yaml.value, document.root.start, 'too many merge keys (<<) to follow');
    documents.push({ reader, occurrences });
  }
  return succeed({ yaml: yaml.value, documents });
}

/** `ghcr.io/acme/web`, for messages. */
export function imageName({ registry, repository }: Pick<ImageWanted, 'registry' | 'repository'>): string {
  return `${registry}/${repository}`;
}

function occurrencesIn<Wanted extends ImageWanted>(
  reader: ManifestReader,
  searches: readonly ImageSearch<Wanted>[],
): readonly Occurrence<Wanted>[] {
  const objects = objectsOf(reader);
  const found = new Map<YamlScalar, Gathered<Wanted>>();
  const gather = (site: ImageSite, candidates: readonly Wanted[]): void => {
    const known = found.get(site.node) ?? gathered(site.node);
    if (known === undefined) return;
    const own = candidates.filter((wanted) => isImage(known.ref, wanted));
    if (own.length === 0) return;
    found.set(site.node, known);
    if (site.container !== undefined) known.containers.push(site.container);
    for (const wanted of own) if (means(wanted, site)) known.meantBy.add(wanted);
  };
  const all = searches.map(({ wanted }) => wanted);
  for (const site of containerSites(reader, objects)) gather(site, all);
  for (const { wanted, path } of searches) {
    if (path === undefined) continue;
    for (const site of customSites(reader, objects, path)) gather(site, [wanted]);
  }
  return [...found.values()]
    .filter(({ meantBy }) => meantBy.size > 0)
    .sort((a, b) => a.node.start - b.node.start);
}

interface Gathered<Wanted extends ImageWanted> extends Occurrence<Wanted> {
  readonly meantBy: Set<Wanted>;
  readonly containers: (readonly string[])[];
}

/** Undefined for what is no reference, such as a template's placeholder. */
function gathered<Wanted extends ImageWanted>(node: YamlScalar): Gathered<Wanted> | undefined {
  const ref = parseImageRef(node.value);
  return ref.ok ? { node, ref: ref.value, meantBy: new Set(), containers: [] } : undefined;
}

function means(wanted: ImageWanted, { container }: ImageSite): boolean {
  return container === undefined || wanted.container === undefined || container.includes(wanted.container);
}

function isImage({ canonical }: ImageRef, { registry, repository }: ImageWanted): boolean {
  return canonical.registry === registry && canonical.repository === repository;
}

/** False only for texts that cannot hold the image in any spelling; a backslash may hide any letter. */
function mayName(text: string, { repository }: ImageWanted): boolean {
  return text.includes('\\') || text.includes(lastComponent(repository));
}

function lastComponent(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}

const referenceLike = /[\w.:/@+[\]-]+/g;

/** True if something in any text, YAML or not, looks like a reference of the image. */
function names(text: string, wanted: ImageWanted): boolean {
  const last = lastComponent(wanted.repository);
  for (const [word] of text.replaceAll('\\/', '/').matchAll(referenceLike)) {
    if (!word.includes(last)) continue;
    const ref = parseImageRef(word);
    if (ref.ok && isImage(ref.value, wanted)) return true;
  }
  return false;
}
