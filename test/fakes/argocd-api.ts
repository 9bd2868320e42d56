/** Argo CD's REST API for Applications in the process of the tests, with the answers of the real gateway. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  isObject,
  type Json,
  type JsonObject,
  jsonPatch,
  mergePatch,
  readJson,
  textOf,
  writeJson,
} from './kube/json.ts';
import { applicationSchema } from './kube/application-crd.ts';
import { pruned } from './kube/schema.ts';
import { labelMatcher } from './kube/selector.ts';
import { type KubeObject, labelsOf, ObjectStore, type ObjectSeed, resources } from './kube/store.ts';

export interface ArgocdApiOptions {
  readonly objects?: readonly ObjectSeed[];
  /** Absent: everybody is let in. */
  readonly token?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Path that the server is mounted at (`--rootpath`), such as `/argocd`. */
  readonly rootPath?: string;
}

export interface ArgocdRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ArgocdApi {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly objects: ObjectStore;
  readonly requests: ArgocdRequest[];
  /** Called before each request is served; what it returns is sent instead. */
  before: (
    request: ArgocdRequest,
  ) =>
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
    | undefined;
  stop(): Promise<void>;
}

/** gRPC status and the HTTP status that the gateway makes of it. */
class GatewayError extends Error {
  readonly http: number;
  readonly code: number;

  constructor(http: number, code: number, message: string) {
    super(message);
    this.http = http;
    this.code = code;
  }
}

const controlPlaneNamespace = 'argocd';
const [application] = resources.filter((resource) => resource.kind === 'Application');

export async function startArgocdApi(options: ArgocdApiOptions = {}): Promise<ArgocdApi> {
  const server: Server = options.tls === undefined ? createServer() : createSecureServer(options.tls);
  const objects = new ObjectStore();
  for (const seed of options.objects ?? []) objects.put(seed);
  const requests: ArgocdRequest[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const api: ArgocdApi = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    before: () => undefined,
    stop() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
  server.on('request', (request, response) => void serve(options, api, request, response));
  return api;
}

async function serve(
  options: ArgocdApiOptions,
  api: ArgocdApi,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming, options.rootPath ?? '');
  api.requests.push(request);
  const instead = api.before(request);
  if (instead !== undefined) {
    response.writeHead(instead.status, instead.headers).end(instead.body ?? '{}');
    return;
  }
  if (request.path === '') {
    // what is not below the root path does not reach the gateway
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
    return;
  }
  try {
    authenticate(options, request);
    send(response, 200, answer(api.objects, request));
  } catch (error) {
    const { http, code } = error instanceof GatewayError ? error : { http: 500, code: 2 };
    const message = (error as Error).message;
    send(response, http, { error: message, code, message });
  }
}

async function readRequest(incoming: IncomingMessage, rootPath: string): Promise<ArgocdRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? '',
    path: url.pathname.startsWith(rootPath) ? url.pathname.slice(rootPath.length) : '',
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(writeJson(body));
}

function authenticate({ token }: ArgocdApiOptions, request: ArgocdRequest): void {
  const { authorization } = request.headers;
  if (token === undefined || authorization === `Bearer ${token}`) return;
  throw new GatewayError(
    401,
    16,
    // a text that is no token at all reads like none
    /^Bearer [^.]+\.[^.]+\.[^.]+$/.test(authorization ?? '')
      ? 'invalid session: signature is invalid'
      : 'no session information',
  );
}

function answer(objects: ObjectStore, request: ArgocdRequest): Json {
  const [, project] = /^\/api\/v1\/projects\/([^/]+)\/detailed$/.exec(request.path) ?? [];
  if (project !== undefined) return detailedProject(objects, decodeURIComponent(project));
  const [, name] = /^\/api\/v1\/applications(?:\/([^/]+))?$/.exec(request.path) ?? [];
  if (!request.path.startsWith('/api/v1/applications')) throw new GatewayError(404, 5, 'Not Found');
  if (request.method === 'GET' && name === undefined) return list(objects, request.query);
  if (request.method === 'GET') return existing(objects, request.query['appNamespace'], name ?? '');
  if (request.method === 'PATCH' && name !== undefined) return patch(objects, name, request);
  throw new GatewayError(501, 12, 'Method Not Allowed');
}

/** The project with what counts for it beside its own rules; global projects are by a label of this fake. */
function detailedProject(objects: ObjectStore, name: string): Json {
  const project = objects.get('appprojects', controlPlaneNamespace, name);
  if (project === undefined) throw new GatewayError(404, 5, `appprojects.argoproj.io "${name}" not found`);
  const repositories = objects.all('secrets').flatMap((secret): Json[] => {
    const data = isObject(secret['data']) ? secret['data'] : {};
    const value = (key: string) => Buffer.from(textOf(data[key] ?? ''), 'base64').toString();
    return value('project') === name ? [{ repo: value('url'), project: name }] : [];
  });
  const globalProjects = objects
    .all('appprojects')
    .filter((one) => one.metadata.name !== name && labelsOf(one)['global'] === 'yes');
  return { project, globalProjects: [...globalProjects], repositories, clusters: null };
}

function list(objects: ObjectStore, query: ArgocdRequest['query']): Json {
  const selects = labelMatcher(query['selector'] ?? '');
  const namespace = query['appNamespace'] ?? '';
  const found = objects
    .all('applications')
    .filter((app) => selects(labelsOf(app)) && (namespace === '' || app.metadata.namespace === namespace));
  const items = found.map(({ kind: _kind, apiVersion: _apiVersion, ...app }): Json => app);
  return { metadata: { resourceVersion: objects.version }, items: items.length === 0 ? null : items };
}

/** An Application that is not there looks like one that is not allowed. */
function existing(objects: ObjectStore, namespace: string | undefined, name: string): KubeObject {
  const placed = namespace === undefined || namespace === '' ? controlPlaneNamespace : namespace;
  const app = objects.get('applications', placed, decodeURIComponent(name));
  if (app === undefined) throw new GatewayError(403, 7, 'permission denied');
  return app;
}

function patch(objects: ObjectStore, name: string, request: ArgocdRequest): Json {
  if (request.headers['content-type'] !== 'application/json')
    throw new GatewayError(415, 3, 'Invalid content type');
  const body = JSON.parse(request.body) as JsonObject;
  // with a body the gateway takes nothing from the query
  const app = existing(objects, textOf(body['appNamespace'] ?? ''), name);
  const patched = patchedWith(app, textOf(body['patchType'] ?? ''), textOf(body['patch'] ?? ''));
  if (application === undefined || !isObject(patched))
    throw new GatewayError(500, 2, 'error unmarshaling the patch');
  return objects.save(application, takenOver(app, patched), 'argocd-server');
}

/** The server takes over these and nothing else. */
function takenOver(app: KubeObject, patched: JsonObject): KubeObject {
  const written = isObject(patched['metadata']) ? patched['metadata'] : {};
  const metadata = { ...app.metadata };
  for (const key of ['labels', 'annotations', 'finalizers']) {
    if (written[key] === undefined) delete metadata[key];
    else metadata[key] = written[key];
  }
  // what its type does not have is lost on the way
  return pruned(applicationSchema(true), { ...app, metadata, spec: patched['spec'] ?? null }) as KubeObject;
}

function patchedWith(app: KubeObject, patchType: string, operations: string): Json {
  if (patchType === 'merge') return mergePatch(app, readJson(operations));
  if (patchType !== 'json' && patchType !== '') {
    throw new GatewayError(400, 3, `Patch type '${patchType}' is not supported`);
  }
  try {
    return jsonPatch(app, operations);
  } catch (error) {
    throw new GatewayError(500, 2, `error applying patch: ${(error as Error).message}`);
  }
}
