/** Applications in a Kubernetes API: listing them, and patching one. */
import type { ListedApplications } from '../ports/cluster.ts';
import type { Application } from '../core/config/application.ts';
import { isRecord } from '../core/base/json.ts';
import { type ApiAnswer, type ApiCall, apiFailure, parsedObject, serverWords } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';
import type { NamespaceFilter } from './api/filters.ts';
import { listObjects } from './api/list.ts';
import { goJson } from './go-json.ts';
import { type LiveApplications, patchAdvice, type PatchAnswer, patchCall } from './live-patch.ts';
import { sendPatch } from './send-patch.ts';
import { fieldManager } from './api/managed-fields.ts';
import type { Sieve } from './sieve.ts';

export interface Listing {
  readonly namespaces: NamespaceFilter;
  readonly labelSelector: string;
}

const api = '/apis/argoproj.io/v1alpha1';
const refreshAnnotation = 'argocd.argoproj.io/refresh';
const maxObjectBytes = 4 << 20; // an object in etcd has at most 1.5 MiB

/** All or none: throws `Failed` (kube) where one of the namespaces cannot be listed. */
export async function listApplications(
  exchange: Exchange,
  { namespaces, labelSelector }: Listing,
  openSieve: () => Sieve,
  signal: AbortSignal,
): Promise<ListedApplications> {
  const lists: ListedApplications[] = [];
  for (const namespace of namespaces.listed) {
    const sieve = openSieve();
    const place = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const path = `${api}${place}/applications`;
    const item = (object: unknown): void => {
      if (namespace !== '' || namespaces.match(namespaceOf(object))) sieve.add(object);
    };
    const receive = { item, restart: () => sieve.clear() };
    await listObjects(exchange, listCall(namespace), { path, labelSelector }, receive, signal);
    lists.push(sieve.result());
  }
  return {
    applications: lists.flatMap(({ applications }) => applications),
    problems: lists.flatMap(({ problems }) => problems),
    warnings: [...new Set(lists.flatMap(({ warnings = [] }) => warnings))],
  };
}

function namespaceOf(object: unknown): unknown {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) ? metadata['namespace'] : undefined;
}

/** How one is asked for. */
export function oneApplication(place: Pick<Application, 'namespace' | 'name'>) {
  const [call, path] = [readCall(place), pathOf(place)];
  return { place, call, path, maxBodyBytes: maxObjectBytes, absent: [404] } as const;
}

export function makeLiveApplications(exchange: Exchange): LiveApplications {
  return {
    async read(app, signal) {
      const call = readCall(app);
      const request = { method: 'GET', path: pathOf(app), maxBodyBytes: maxObjectBytes } as const;
      const body = successBody(call, await exchange(call, request, signal));
      const object = parsedObject(body);
      if (!isRecord(object['metadata'])) throw apiFailure(call, 'malformed', 'the answer is no Application');
      return object;
    },
    async patch(app, operations, signal) {
      const call = patchCall(app);
      const request = {
        method: 'PATCH',
        path: `${pathOf(app)}?fieldManager=${fieldManager}`,
        contentType: 'application/json-patch+json',
        body: goJson(operations),
        maxBodyBytes: maxObjectBytes,
      } as const;
      return sendPatch(exchange, call, request, patchAnswer, signal);
    },
  };
}

/** Argo CD takes the annotation away once it has looked. Throws `Failed` (kube). */
export async function refreshApplication(
  exchange: Exchange,
  app: Application,
  signal: AbortSignal,
): Promise<void> {
  await annotate(
    exchange,
    annotateCall(app, 'ask Argo CD to refresh'),
    app,
    { [refreshAnnotation]: 'normal' },
    signal,
  );
}

/** Throws `Failed` (kube). */
export async function annotateApplication(
  exchange: Exchange,
  app: Application,
  annotations: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<void> {
  await annotate(exchange, annotateCall(app, 'annotate'), app, annotations, signal);
}

async function annotate(
  exchange: Exchange,
  call: ApiCall,
  app: Application,
  annotations: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    method: 'PATCH',
    path: `${pathOf(app)}?fieldManager=${fieldManager}`,
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { annotations } }),
    maxBodyBytes: maxObjectBytes,
    isRepeatable: true,
  } as const;
  successBody(call, unnamed(app, await exchange(call, request, signal)));
}

/** What is refused to one is refused to all of a namespace: in the same words it is one line of the log. */
function annotateCall({ namespace }: Application, doing: string): ApiCall {
  return {
    doing: `${doing} Applications in namespace ${namespace}`,
    resource: `applications.argoproj.io ${namespace}`,
    advice: { forbidden: patchAdvice(namespace), 'not-found': 'it was deleted meanwhile' },
  };
}

function unnamed({ name }: Application, answer: ApiAnswer): ApiAnswer {
  return {
    ...answer,
    body: answer.body.replaceAll(` ${JSON.stringify(JSON.stringify(name)).slice(1, -1)}`, ''),
  };
}

function patchAnswer(answer: ApiAnswer): PatchAnswer | undefined {
  if (answer.status === 409) return { kind: 'conflict' };
  if (answer.status !== 422 || namesFields(answer)) return undefined;
  return { kind: 'refused', words: `422 ${serverWords(answer)}` };
}

/** A 422 of the CRD's validation names fields as causes; that of a failed `test` has none. */
function namesFields(answer: ApiAnswer): boolean {
  const details = parsedObject(answer.body)['details'];
  const causes = isRecord(details) ? details['causes'] : undefined;
  return Array.isArray(causes) && causes.length > 0;
}

function pathOf(app: Pick<Application, 'namespace' | 'name'>): string {
  return `${api}/namespaces/${encodeURIComponent(app.namespace)}/applications/${encodeURIComponent(app.name)}`;
}

function listCall(namespace: string): ApiCall {
  const where = namespace === '' ? 'all namespaces' : `namespace ${namespace}`;
  const role = namespace === '' ? 'a ClusterRole, or set --application-namespace' : 'a Role';
  return {
    doing: `list Applications in ${where}`,
    resource: 'applications.argoproj.io',
    advice: {
      forbidden: `allow verb "list" on "applications" of API group "argoproj.io" by ${role}`,
      'not-found': 'the cluster does not know applications.argoproj.io/v1alpha1: is Argo CD installed in it?',
    },
  };
}

function readCall(app: Pick<Application, 'namespace' | 'name'>): ApiCall {
  return {
    doing: `read Application ${app.namespace}/${app.name}`,
    resource: `applications.argoproj.io ${app.namespace}/${app.name}`,
    advice: {
      forbidden: `allow verb "get" on "applications" of API group "argoproj.io" in namespace "${app.namespace}"`,
      'not-found': 'it was deleted meanwhile',
    },
  };
}
