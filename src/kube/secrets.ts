/** Secrets and ConfigMaps in a Kubernetes API. */
import type { Clock } from '../ports/clock.ts';
import type { KeyedTexts } from '../ports/cluster.ts';
import { within } from '../net/deadline.ts';
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
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): KeyedSource {
  return {
    async get(kind, namespace, name) {
      const collection = collections[kind];
      const call = getCall(kind, namespace, name);
      if (!isObjectName(namespace) || !isObjectName(name)) return null; // no object can have such a name
      const path = `/api/v1/namespaces/${namespace}/${collection}/${name}`;
      const request = { method: 'GET', path, maxBodyBytes: maxObjectBytes } as const;
      const answer = await within(clock, deadlineMs, [], (signal) => exchange(call, request, signal));
      if (answer.status === 404) return null;
      return keyedTexts(kind, call, parsedObject(successBody(call, answer)));
    },
    async list(type) {
      const call = listCall(type, argocdNamespace);
      const path = `/api/v1/namespaces/${encodeURIComponent(argocdNamespace)}/secrets`;
      let found: KeyedTexts[] = [];
      const listing = { path, labelSelector: `${secretTypeLabel}=${type}` };
      const receive = {
        item: (object: unknown) => found.push(keyedTexts('Secret', call, object)),
        restart: () => {
          found = [];
        },
      };
      await within(clock, deadlineMs, [], (signal) => listObjects(exchange, call, listing, receive, signal));
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
export function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}
