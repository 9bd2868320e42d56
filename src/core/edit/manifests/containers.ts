/** Where Kubernetes objects name their images: containers of workloads, and key paths of custom resources. */
import type { PathSegment } from '../../yaml/key-path.ts';
import { everyItem, isText, type ManifestNode, type ManifestReader } from './reader.ts';
import type { YamlMap, YamlScalar } from '../../yaml/tree.ts';

/** A scalar that may be an image reference. */
export interface ImageSite {
  readonly node: YamlScalar;
  /** Set for a container: its name, or its names where that key is duplicated. */
  readonly container?: readonly string[];
}

const templated = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
] as const;

/** Kind -> path of its pod spec. */
const podSpecPaths: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ...templated.map((kind) => [kind, ['spec', 'template', 'spec']] as const),
]);

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** API groups of Kubernetes' own workloads; in another one such a kind is a custom resource too (OpenKruise). */
const workloadGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'extensions']);

/** All objects of a document; a `List`, also one inside another, stands for its items. */
export function objectsOf(reader: ManifestReader): readonly YamlMap[] {
  const seen = new Set<ManifestNode>();
  const objects: YamlMap[] = [];
  let nodes: ReadonlySet<ManifestNode> = new Set([reader.root]);
  while (nodes.size > 0) {
    const lists: YamlMap[] = [];
    for (const node of nodes) {
      if (node.kind !== 'map' || seen.has(node)) continue;
      seen.add(node);
      if (isListObject(reader, node)) lists.push(node);
      else objects.push(node);
    }
    nodes = reader.step(reader.step(lists, 'items'), everyItem);
  }
  return objects;
}

/** True for `kind: List`. */
export function isListObject(reader: ManifestReader, object: YamlMap): boolean {
  return reader.texts(object, 'kind').includes('List');
}

/** The images of all containers of all workloads; objects may share parts through anchors, so they are read together. */
export function containerSites(reader: ManifestReader, objects: readonly YamlMap[]): readonly ImageSite[] {
  const containers = new Set<ManifestNode>();
  for (const [path, group] of Map.groupBy(objects, (object) => podSpecPath(reader, object))) {
    if (path === undefined) continue;
    const podSpecs = stepAlong(reader, group, path);
    for (const list of containerLists) {
      for (const container of stepAlong(reader, podSpecs, [list, everyItem])) containers.add(container);
    }
  }
  return [...containers].flatMap((container) => sitesOf(reader, container));
}

function sitesOf(reader: ManifestReader, container: ManifestNode): readonly ImageSite[] {
  if (container.kind !== 'map') return [];
  const names = reader.texts(container, 'name');
  return [...reader.step([container], 'image')].filter(isText).map((node) => ({ node, container: names }));
}

/** The values at a key path of all custom resources; `*` in it is every item of a list. */
export function customSites(
  reader: ManifestReader,
  objects: readonly YamlMap[],
  path: readonly PathSegment[],
): readonly ImageSite[] {
  const custom = objects.filter((object) => isCustom(reader, object));
  return [...stepAlong(reader, custom, path)].filter(isText).map((node) => ({ node }));
}

function podSpecPath(reader: ManifestReader, object: YamlMap): readonly string[] | undefined {
  const kind = reader.texts(object, 'kind').find((text) => podSpecPaths.has(text));
  return kind === undefined ? undefined : podSpecPaths.get(kind);
}

function isCustom(reader: ManifestReader, object: YamlMap): boolean {
  if (podSpecPath(reader, object) === undefined) return true;
  const apiVersions = reader.texts(object, 'apiVersion');
  return apiVersions.some(
    (text) => !workloadGroups.has(text.includes('/') ? (text.split('/', 1)[0] ?? '') : ''),
  );
}

function stepAlong(
  reader: ManifestReader,
  start: Iterable<ManifestNode>,
  path: readonly PathSegment[],
): ReadonlySet<ManifestNode> {
  let nodes: ReadonlySet<ManifestNode> = new Set(start);
  for (const segment of path) nodes = reader.step(nodes, segment);
  return nodes;
}
