/** Secrets and ConfigMaps in a Kubernetes API. */
import type { KeyedTexts } from '../ports/cluster.ts';
import { type ApiCall, apiFailure, parsedObject } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';
import { type KeyedKind, readKeyedTexts } from './keyed-texts.ts';
import { listObjects } from './api/list.ts';
import { type ArgocdSecretType, type KeyedSource, secretTypeLabel } from './secret-reader.ts';

const maxObjectBytes = 4 << 20; // an object in etcd has at most 1.5 MiB
const collections = { Secret: 'secrets', ConfigMap: 'configmaps' } as const;

/** `deadlineMs`: for each question, with all its requests. An answer is shared, so that no single asker can stop it. */
export function makeKubeKeyedSource(
  exchange: Exchange,
  argocdNamespace: string,
  deadlineMs: number,
): KeyedSource {
  return {
    async get(kind, namespace, name) {
      const collection = collections[kind];
      const call = getCall(kind, namespace, name);
      if (!isObjectName(namespace) || !isObjectName(name)) return null; // no object can have such a name
      const path = `/api/v1/namespaces/${namespace}/${collection}/${name}`;
      const deadline = AbortSignal.timeout(deadlineMs);
      const answer = await exchange(call, { method: 'GET', path, maxBodyBytes: maxObjectBytes }, deadline);
      if (answer.status === 404) return null;
      return keyedTexts(kind, call, parsedObject(successBody(call, answer)));
    },
    async list(type) {
      const call = listCall(type, argocdNamespace);
      const path = `/api/v1/namespaces/${encodeURIComponent(argocdNamespace)}/secrets`;
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
        AbortSignal.timeout(deadlineMs),
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
