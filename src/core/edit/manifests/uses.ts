/** Names the places at which one scalar of a manifest is read: `Deployment/web spec.template.spec.containers[0].image`. */
import { type PathSegment, renderKeyPath } from '../../yaml/key-path.ts';
import { isListObject } from './containers.ts';
import { isText, type ManifestNode, type ManifestReader } from './reader.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import { refuseAt } from '../../yaml/changes.ts';
import type { YamlEntry, YamlScalar, YamlText } from '../../yaml/tree.ts';
import { type UseIndex, usesOf } from '../../yaml/uses.ts';

/**
 * All places of a scalar, its own first: through an anchor it may have several. Fails (kind `edit`) where a key on the
 * way is duplicated, for then readers disagree on whether the scalar counts.
 */
export function placesRead(
  reader: ManifestReader,
  index: UseIndex,
  node: YamlScalar,
): Outcome<readonly string[]> {
  const paths = usesOf(index, node);
  if (!paths.ok) return paths;
  const places: string[] = [];
  for (const path of paths.value) {
    const place = readPlace(reader, index.yaml, path);
    if (!place.ok) return place;
    places.push(place.value);
  }
  return succeed(places);
}

/** Walks a path from the root, past the lists of objects, and tells object and key path apart. */
function readPlace(reader: ManifestReader, yaml: YamlText, path: readonly PathSegment[]): Outcome<string> {
  let node: ManifestNode | undefined = reader.root;
  let object = node;
  let inside = 0;
  for (const [depth, segment] of path.entries()) {
    const duplicate = duplicateOf(reader, node, node === object ? ['kind', segment] : [segment]);
    if (duplicate !== undefined) {
      return refuseAt(yaml, duplicate.start, 'this key is duplicated, so it is unclear which image counts');
    }
    if (node === undefined) break;
    const isItem = depth === inside + 1 && path[inside] === 'items' && isList(reader, object);
    [node] = reader.step([node], segment);
    if (isItem && node !== undefined) [object, inside] = [node, depth + 1];
  }
  return succeed(
    [objectName(reader, object), keyPath(path.slice(inside))].filter((part) => part !== '').join(' '),
  );
}

function duplicateOf(
  reader: ManifestReader,
  node: ManifestNode | undefined,
  keys: readonly PathSegment[],
): YamlEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  for (const key of keys) {
    const second = typeof key === 'string' ? reader.entries(node, key)[1] : undefined;
    if (second !== undefined) return second;
  }
  return undefined;
}

function isList(reader: ManifestReader, object: ManifestNode): boolean {
  return object.kind === 'map' && isListObject(reader, object);
}

/** `Deployment/web`; the name may be missing, or only a prefix (`generateName`). */
export function objectName(reader: ManifestReader, object: ManifestNode): string {
  if (object.kind !== 'map') return '';
  const [kind] = reader.texts(object, 'kind');
  const metadata = reader.step([object], 'metadata');
  const name = ['name', 'generateName'].flatMap((key) => [...reader.step(metadata, key)]).find(isText);
  return [kind, name?.value]
    .filter((text) => text !== undefined)
    .map(shown)
    .join('/');
}

/** Keys of anchored texts elsewhere in the file may be anything. */
function keyPath(path: readonly PathSegment[]): string {
  return renderKeyPath(path.map((segment) => (typeof segment === 'string' ? shown(segment) : segment)));
}

function shown(text: string): string {
  return text.length <= 100 && !/\p{Cc}/u.test(text) ? text : quoted(text);
}
