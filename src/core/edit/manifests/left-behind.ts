/** Tracked images at places of which nobody knows that a container runs them: seen, not understood, and told. */
import { parseImageRef } from '../../image/image.ts';
import { renderKeyPath } from '../../yaml/key-path.ts';
import { followAlias, type YamlMap, type YamlNode, type YamlScalar } from '../../yaml/tree.ts';
import type { ManifestEdit } from '../edit.ts';
import { objectsOf } from './containers.ts';
import type { ManifestFile } from './occurrences.ts';
import type { ManifestReader } from './reader.ts';
import { meansVersion } from './rewrite.ts';
import { objectName } from './uses.ts';

const maxTold = 10; // of one file
const maxDepth = 50;

/** One text for each value of a key `image` that names a wanted image at another version, and that no edit reaches. */
export function leftBehind(
  { yaml, documents }: ManifestFile<ManifestEdit>,
  images: readonly ManifestEdit[],
): readonly string[] {
  const told: string[] = [];
  for (const { reader, occurrences } of documents) {
    const reached = new Set<YamlScalar>(occurrences.map(({ node }) => node));
    for (const object of objectsOf(reader)) {
      for (const { path, node } of imagesIn(reader, object, [])) {
        const image = reached.has(node) ? undefined : images.find((wanted) => isOlder(wanted, node.value));
        if (image === undefined || told.length === maxTold) continue;
        const place = `${objectName(reader, object)} ${renderKeyPath(path)}`.trim();
        const remedy =
          image.alias === '' ? 'an alias and <alias>.manifests.path' : `${image.alias}.manifests.path`;
        told.push(
          `${yaml.path}: ${place} stays at ${node.value}: the kind is not known; ${remedy} can name it`,
        );
      }
    }
  }
  return told;
}

function isOlder({ registry, repository, container, tag, digest }: ManifestEdit, text: string): boolean {
  if (container !== undefined || (tag === undefined && digest === undefined)) return false;
  const ref = parseImageRef(text);
  if (!ref.ok) return false;
  const { canonical } = ref.value;
  if (canonical.registry !== registry || canonical.repository !== repository) return false;
  return !meansVersion(ref.value, {
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  });
}

interface Found {
  readonly path: readonly (string | number)[];
  readonly node: YamlScalar;
}

/** Own content only: what an alias repeats is found where it is written. */
function* imagesIn(reader: ManifestReader, map: YamlMap, above: Found['path']): Generator<Found> {
  if (above.length > maxDepth) return;
  for (const entry of map.entries) {
    const key = followAlias(reader.document, entry.key);
    if (key.kind !== 'scalar') continue;
    const path = [...above, key.value];
    if (entry.value.kind === 'scalar' && key.value === 'image') yield { path, node: entry.value };
    else yield* imagesBelow(reader, entry.value, path);
  }
}

function* imagesBelow(reader: ManifestReader, node: YamlNode, path: Found['path']): Generator<Found> {
  if (node.kind === 'map') yield* imagesIn(reader, node, path);
  if (node.kind !== 'list' || path.length > maxDepth) return;
  for (const [index, item] of node.items.entries()) yield* imagesBelow(reader, item, [...path, index]);
}
