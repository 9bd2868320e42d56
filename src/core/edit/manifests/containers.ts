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

const jobPodSpec = ['template', 'spec', 'template', 'spec'] as const;

/** Group and kind -> paths of its pod specs, for custom resources that people run beside Deployments. */
const customPodSpecs: ReadonlyMap<string, readonly (readonly string[])[]> = new Map<
  string,
  readonly (readonly string[])[]
>([
  ['argoproj.io/Rollout', [['spec', 'template', 'spec']]],
  ['serving.knative.dev/Service', [['spec', 'template', 'spec']]],
  ['serving.knative.dev/Configuration', [['spec', 'template', 'spec']]],
  ['serving.knative.dev/Revision', [['spec']]],
  ['sources.knative.dev/ContainerSource', [['spec', 'template', 'spec']]],
  ['apps.kruise.io/CloneSet', [['spec', 'template', 'spec']]],
  ['apps.kruise.io/BroadcastJob', [['spec', 'template', 'spec']]],
  ['apps.kruise.io/SidecarSet', [['spec']]],
  [
    'apps.kruise.io/AdvancedCronJob',
    [
      ['spec', 'template', 'jobTemplate', 'spec', 'template', 'spec'],
      ['spec', 'template', 'broadcastJobTemplate', 'spec', 'template', 'spec'],
    ],
  ],
  [
    'apps.kruise.io/UnitedDeployment',
    ['statefulSetTemplate', 'advancedStatefulSetTemplate', 'cloneSetTemplate', 'deploymentTemplate'].map(
      (template) => ['spec', 'template', template, 'spec', 'template', 'spec'],
    ),
  ],
  ['keda.sh/ScaledJob', [['spec', 'jobTargetRef', 'template', 'spec']]],
  ['jobset.x-k8s.io/JobSet', [['spec', 'replicatedJobs', everyItem, ...jobPodSpec]]],
  [
    'leaderworkerset.x-k8s.io/LeaderWorkerSet',
    ['leaderTemplate', 'workerTemplate'].map((template) => [
      'spec',
      'leaderWorkerTemplate',
      template,
      'spec',
    ]),
  ],
  ['batch.volcano.sh/Job', [['spec', 'tasks', everyItem, 'template', 'spec']]],
]);

const workflowContainers = [
  ['container'],
  ['script'],
  ['initContainers', everyItem],
  ['sidecars', everyItem],
  ['containerSet', 'containers', everyItem],
] as const;

/** Containers of the templates of an Argo workflow, below the path of its specification. */
function workflowPaths(...spec: readonly string[]): readonly (readonly string[])[] {
  return workflowContainers.map((path) => [...spec, 'templates', everyItem, ...path]);
}

const tektonPaths = ['steps', 'sidecars'].map((list) => ['spec', list, everyItem]);

/** Group and kind -> paths of containers that are in no pod spec. */
const customContainers: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['argoproj.io/Workflow', workflowPaths('spec')],
  ['argoproj.io/WorkflowTemplate', workflowPaths('spec')],
  ['argoproj.io/ClusterWorkflowTemplate', workflowPaths('spec')],
  ['argoproj.io/CronWorkflow', workflowPaths('spec', 'workflowSpec')],
  ['tekton.dev/Task', tektonPaths],
  ['tekton.dev/ClusterTask', tektonPaths],
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
  for (const [type, group] of Map.groupBy(objects, (object) => customType(reader, object))) {
    const podSpecs = (customPodSpecs.get(type) ?? []).flatMap((path) => [...stepAlong(reader, group, path)]);
    const inPods = containerLists.flatMap((list) => [...stepAlong(reader, podSpecs, [list, everyItem])]);
    const elsewhere = (customContainers.get(type) ?? []).flatMap((path) => [
      ...stepAlong(reader, group, path),
    ]);
    for (const container of [...inPods, ...elsewhere]) containers.add(container);
  }
  return [...containers].flatMap((container) => sitesOf(reader, container));
}

/** `argoproj.io/Rollout`: the group of its API, without the version, and the kind. */
function customType(reader: ManifestReader, object: YamlMap): string {
  const [apiVersion = ''] = reader.texts(object, 'apiVersion');
  const [kind = ''] = reader.texts(object, 'kind');
  return `${apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0))}/${kind}`;
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
