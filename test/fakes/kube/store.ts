/** Objects of the fake API server: kinds, versions, snapshots for paged lists. */
import { equalJson, isObject, type Json, type JsonObject, readJson, textOf, writeJson } from './json.ts';
import { managedFieldsAfter } from './managed-fields.ts';

export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject & { name: string; namespace: string };
}

/** What tests hand in: metadata is completed. */
export interface ObjectSeed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** A subresource of its own: writes to the object leave it, writes to it leave the object. */
  readonly status: boolean;
}

const core = { group: '', version: 'v1', namespaced: true, status: false };

/** Argo CD's CRD has no status subresource; argocd-image-updater's has one. */
export const resources: readonly Resource[] = [
  { ...core, plural: 'secrets', kind: 'Secret', shortNames: [] },
  { ...core, plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] },
  { ...core, plural: 'events', kind: 'Event', shortNames: ['ev'] },
  { ...core, plural: 'namespaces', kind: 'Namespace', shortNames: ['ns'], namespaced: false },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    shortNames: [],
    namespaced: true,
    status: false,
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'applications',
    kind: 'Application',
    shortNames: ['app', 'apps'],
    namespaced: true,
    status: false,
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'appprojects',
    kind: 'AppProject',
    shortNames: ['appproj', 'appprojs'],
    namespaced: true,
    status: false,
  },
  {
    group: 'argocd-image-updater.argoproj.io',
    version: 'v1alpha1',
    plural: 'imageupdaters',
    kind: 'ImageUpdater',
    shortNames: [],
    namespaced: true,
    status: true,
  },
];

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

export class ObjectStore {
  readonly #objects = new Map<string, KubeObject>();
  #version = 1000;

  /** Creates or overwrites, as somebody else in the cluster would. */
  put(seed: ObjectSeed, manager = 'somebody-else'): KubeObject {
    const resource = resources.find((one) => one.kind === seed.kind && apiVersionOf(one) === seed.apiVersion);
    if (resource === undefined) throw new Error(`the fake API server has no ${seed.apiVersion} ${seed.kind}`);
    const object = readJson(writeJson(seed as unknown as Json)) as KubeObject;
    object.metadata = {
      ...object.metadata,
      namespace: resource.namespaced ? (seed.metadata.namespace ?? 'default') : '',
    };
    return this.save(resource, object, manager);
  }

  get(plural: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${plural}/${namespace}/${name}`);
  }

  /** In etcd's order: by namespace, then name. */
  all(plural: string): readonly KubeObject[] {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(`${plural}/`)).toSorted();
    return keys.flatMap((key) => this.#objects.get(key) ?? []);
  }

  remove(plural: string, namespace: string, name: string): boolean {
    this.#version += 1;
    return this.#objects.delete(`${plural}/${namespace}/${name}`);
  }

  get version(): string {
    return String(this.#version);
  }

  /** Gives uid, resourceVersion, generation and creation time; a write that changes nothing changes no version. */
  save(resource: Resource, object: KubeObject, manager: string): KubeObject {
    const { name, namespace } = object.metadata;
    const key = `${resource.plural}/${namespace}/${name}`;
    const before = this.#objects.get(key);
    if (before !== undefined && equalJson(withoutVersion(before), withoutVersion(object))) return before;
    this.#version += 1;
    const metadata = {
      uid: `00000000-0000-4000-8000-${String(this.#version).padStart(12, '0')}`,
      creationTimestamp: '2026-01-02T03:04:05Z',
      ...object.metadata,
      ...(before === undefined ? {} : { uid: before.metadata['uid'] ?? '' }),
      generation: generationAfter(before, object),
      resourceVersion: String(this.#version),
    };
    const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.#version * 1000).toISOString();
    const managedFields = managedFieldsAfter(before, object, manager, `${time.slice(0, 19)}Z`);
    const saved: KubeObject = { ...object, metadata: { ...metadata, managedFields } };
    if (!resource.namespaced) delete (saved.metadata as JsonObject)['namespace'];
    this.#objects.set(key, saved);
    return saved;
  }
}

function generationAfter(before: KubeObject | undefined, after: KubeObject): number {
  if (before === undefined) return 1;
  const generation = Number(before.metadata['generation'] ?? 1);
  return equalJson(before['spec'], after['spec']) ? generation : generation + 1;
}

function withoutVersion(object: KubeObject): Json {
  const metadata: JsonObject = { ...object.metadata };
  const own = ['resourceVersion', 'generation', 'uid', 'creationTimestamp', 'managedFields'];
  for (const key of own) delete metadata[key];
  return { ...object, metadata };
}

export function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  const labels = object.metadata['labels'];
  if (!isObject(labels)) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, textOf(value)]));
}
