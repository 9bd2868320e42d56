/** What manifest files hold of interest to us: Applications, Secrets, ConfigMaps, and what is wrong with them. */
import type { KeyedTexts } from '../../ports/cluster.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import { isRecord } from '../../core/base/json.ts';
import { type KeyedKind, readKeyedTexts } from '../keyed-texts.ts';
import { readDocuments } from './manifest-documents.ts';
import { readManifestFiles, type TreeLimits } from './manifest-tree.ts';

export interface Manifests {
  /** Objects, with a namespace, in the order of the files. */
  readonly applications: readonly unknown[];
  /** By `<kind> <namespace>/<name>`, in the order of the files. */
  readonly keyed: ReadonlyMap<string, Outcome<KeyedTexts>>;
  /** `app`: the Application's key, or the path of a file. */
  readonly problems: readonly { readonly app: string; readonly message: string }[];
}

/** An object without namespace gets `defaultNamespace`. Of two objects of one name the first one counts. */
export async function readManifests(
  paths: readonly string[],
  defaultNamespace: string,
  limits: TreeLimits,
): Promise<Manifests> {
  const collection = new Collection(defaultNamespace);
  const problems = await readManifestFiles(paths, limits, ({ path, text }) => collection.addFile(path, text));
  const unread = problems.map(({ path, message }) => ({ app: path, message: `${path}: ${message}` }));
  const { applications, keyed } = collection;
  return { applications, keyed, problems: [...unread, ...collection.problems] };
}

export function keyedKey(kind: KeyedKind, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

class Collection {
  readonly applications: unknown[] = [];
  readonly keyed = new Map<string, Outcome<KeyedTexts>>();
  readonly problems: { readonly app: string; readonly message: string }[] = [];
  readonly #defaultNamespace: string;
  /** Key of an object -> the file it came from. */
  readonly #files = new Map<string, string>();

  constructor(defaultNamespace: string) {
    this.#defaultNamespace = defaultNamespace;
  }

  addFile(path: string, text: string): void {
    const objects = readDocuments(text);
    if (objects.ok) for (const object of objects.value) this.#addObject(path, object);
    else this.problems.push({ app: path, message: `${path}: ${objects.failure.message}` });
  }

  #addObject(path: string, object: unknown): void {
    const kind = kindOf(object);
    const placed = withNamespace(object, this.#defaultNamespace);
    if (kind === undefined || placed === undefined) return;
    const { namespace, name } = placed.metadata;
    const app = kind === 'Application' ? `${namespace}/${name}` : path;
    const key = `${kind} ${namespace}/${name}`;
    const earlier = this.#files.get(key);
    if (earlier !== undefined) {
      this.problems.push({ app, message: `${path}: ${key} is in ${earlier} too; the first one counts` });
      return;
    }
    this.#files.set(key, path);
    if (kind === 'Application') this.applications.push(placed);
    else this.#addKeyed(path, kind, key, placed);
  }

  #addKeyed(path: string, kind: KeyedKind, key: string, object: unknown): void {
    const read = readKeyedTexts(kind, object);
    this.keyed.set(key, read);
    if (!read.ok) this.problems.push({ app: path, message: `${path}: ${read.failure.message}` });
  }
}

/** undefined: of no interest, such as a Helm values file. */
function kindOf(object: unknown): 'Application' | KeyedKind | undefined {
  if (!isRecord(object)) return undefined;
  const { apiVersion, kind } = object;
  if (kind === 'Application' && typeof apiVersion === 'string' && apiVersion.startsWith('argoproj.io/'))
    return kind;
  return apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap') ? kind : undefined;
}

interface PlacedObject extends Readonly<Record<string, unknown>> {
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** undefined: without a name it is an unfinished manifest (`generateName`, a kustomize patch). */
function withNamespace(object: unknown, defaultNamespace: string): PlacedObject | undefined {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(object) || !isRecord(metadata)) return undefined;
  const { namespace, name } = metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  const placed = typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace;
  return { ...object, metadata: { ...metadata, name, namespace: placed } };
}
