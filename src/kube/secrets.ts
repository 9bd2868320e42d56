/** Secrets and ConfigMaps of one cycle: each is read once, however often it is asked for. */
import type { KeyedTexts, SecretReader } from '../app/ports.ts';
import { apiFailure, type ApiCall, parsedObject } from './error.ts';
import { type Exchange, successBody } from './exchange.ts';
import { type KeyedKind, readKeyedTexts } from './keyed-texts.ts';
import { listObjects } from './list.ts';

export type ArgocdSecretType = Parameters<SecretReader['argocdSecrets']>[0];

export const secretTypeLabel = 'argocd.argoproj.io/secret-type';

/** Where the objects come from: an API, or files. Throws `Failed`. */
export interface KeyedSource {
  /** null: there is none. */
  get(kind: KeyedKind, namespace: string, name: string): Promise<KeyedTexts | null>;
  /** Secrets with the label in Argo CD's namespace, in list order. */
  list(type: ArgocdSecretType): Promise<readonly KeyedTexts[]>;
}

/** Remembers every answer, also "there is none" and failures (the source has repeated what may pass). */
export function makeSecretReader(source: KeyedSource): SecretReader {
  const objects = new Map<string, Promise<KeyedTexts | null>>();
  const lists = new Map<ArgocdSecretType, Promise<readonly KeyedTexts[]>>();
  const get = (kind: KeyedKind, namespace: string, name: string): Promise<KeyedTexts | null> =>
    once(objects, `${kind} ${namespace}/${name}`, () => source.get(kind, namespace, name));
  return {
    secret: (namespace, name) => get('Secret', namespace, name),
    configMap: (namespace, name) => get('ConfigMap', namespace, name),
    argocdSecrets: (type) => once(lists, type, () => source.list(type)),
  };
}

function once<Key, Value>(
  memo: Map<Key, Promise<Value>>,
  key: Key,
  ask: () => Promise<Value>,
): Promise<Value> {
  const known = memo.get(key);
  if (known !== undefined) return known;
  const asked = ask();
  memo.set(key, asked);
  return asked;
}

const maxObjectBytes = 4 << 20; // an object in etcd has at most 1.5 MiB
const collections = { Secret: 'secrets', ConfigMap: 'configmaps' } as const;

export function makeKubeKeyedSource(
  exchange: Exchange,
  argocdNamespace: string,
  listTimeoutMs: number,
): KeyedSource {
  return {
    async get(kind, namespace, name) {
      const collection = collections[kind];
      const call = getCall(kind, namespace, name);
      if (!isObjectName(namespace) || !isObjectName(name)) return null; // no object can have such a name
      const path = `/api/v1/namespaces/${namespace}/${collection}/${name}`;
      const never = new AbortController().signal; // shared by all who ask: bounded by the request's own deadline
      const answer = await exchange(call, { method: 'GET', path, maxBodyBytes: maxObjectBytes }, never);
      if (answer.status === 404) return null;
      return keyedTexts(kind, call, parsedObject(successBody(call, answer)));
    },
    async list(type) {
      const call = listCall(type, argocdNamespace);
      const path = `/api/v1/namespaces/${argocdNamespace}/secrets`;
      let found: KeyedTexts[] = [];
      await listObjects(
        exchange,
        call,
        { path, labelSelector: `${secretTypeLabel}=${type}` },
        {
          item: (object) => found.push(keyedTexts('Secret', call, object)),
          restart: () => {
            found = [];
          },
        },
        AbortSignal.timeout(listTimeoutMs),
      );
      return found;
    },
  };
}

function keyedTexts(kind: KeyedKind, call: ApiCall, object: unknown): KeyedTexts {
  const read = readKeyedTexts(kind, object);
  if (!read.ok) throw apiFailure(call, 'malformed', read.failure.message);
  return read.value;
}

function getCall(kind: KeyedKind, namespace: string, name: string): ApiCall {
  const collection = collections[kind];
  return {
    doing: `read ${kind} ${namespace}/${name}`,
    resource: `${collection} ${namespace}/${name}`,
    advice: { forbidden: `allow verb "get" on "${collection}" in namespace "${namespace}" by a Role` },
  };
}

function listCall(type: ArgocdSecretType, namespace: string): ApiCall {
  return {
    doing: `list Secrets with ${secretTypeLabel}=${type} in namespace ${namespace}`,
    resource: `secrets ${namespace}`,
    advice: {
      forbidden:
        `allow verb "list" on "secrets" in namespace "${namespace}" by a Role, ` +
        'or set --argocd-namespace if Argo CD lives elsewhere',
    },
  };
}

/** RFC 1123 subdomain: what Kubernetes takes as a name, and what is safe in a path. */
function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}
