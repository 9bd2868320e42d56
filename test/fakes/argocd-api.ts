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
  /** `application.namespaces`: outside of them, and of Argo CD's own, Applications do not exist for the API. */
  readonly enabledNamespaces?: readonly string[];
  /** False: no controller takes up a refresh, and who asks for one waits. */
  readonly looks?: boolean;
  /** Projects that there are; absent: each that an Application names. */
  readonly projects?: readonly string[];
  /** Clusters that there are, by URL; absent: each that an Application names. */
  readonly clusters?: readonly string[];
  /** Whether the account's policy lacks the action on an object, `<project>/<app>`. */
  readonly denies?: (action: 'get' | 'update', object: string) => boolean;
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
  before: (request: ArgocdRequest) =>
    | {
        readonly status: number;
        readonly headers?: Record<string, string>;
        readonly body?: string | Uint8Array;
      }
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
    if (options.looks === false && refreshedBy(request)) return;
    send(response, 200, answer({ ...options, store: api.objects }, request));
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

/** The objects, and what the server is set up for. */
interface Serving extends ArgocdApiOptions {
  readonly store: ObjectStore;
}

function answer(serving: Serving, request: ArgocdRequest): Json {
  const { store: objects } = serving;
  const [, project] = /^\/api\/v1\/projects\/([^/]+)\/detailed$/.exec(request.path) ?? [];
  if (project !== undefined) return detailedProject(objects, decodeURIComponent(project));
  const [, name] = /^\/api\/v1\/applications(?:\/([^/]+))?$/.exec(request.path) ?? [];
  if (!request.path.startsWith('/api/v1/applications')) throw new GatewayError(404, 5, 'Not Found');
  if (request.method === 'GET' && name === undefined) return list(serving, request.query);
  if (request.method === 'GET') return existing(serving, request.query['appNamespace'], name ?? '', 'get');
  if (request.method === 'PATCH' && name !== undefined) return patch(serving, name, request);
  throw new GatewayError(501, 12, 'Method Not Allowed');
}

/** Any other word than hard is a normal refresh, as the server has it. */
function refreshedBy({ method, path, query }: ArgocdRequest): boolean {
  return method === 'GET' && /^\/api\/v1\/applications\/[^/]+$/.test(path) && query['refresh'] !== undefined;
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

function list(serving: Serving, query: ArgocdRequest['query']): Json {
  const { store: objects } = serving;
  const selects = labelMatcher(query['selector'] ?? '');
  const namespace = query['appNamespace'] ?? '';
  const found = objects
    .all('applications')
    .filter((app) => selects(labelsOf(app)) && (namespace === '' || app.metadata.namespace === namespace))
    .filter((app) => isEnabled(serving, app.metadata.namespace ?? '') && !isDenied(serving, 'get', app));
  const items = found.map(({ kind: _kind, apiVersion: _apiVersion, ...app }): Json => asListed(app));
  return { metadata: { resourceVersion: objects.version }, items: items.length === 0 ? null : items };
}

/** An Application that is not there looks like one that is not allowed. */
function existing(
  serving: Serving,
  namespace: string | undefined,
  name: string,
  action: 'get' | 'update',
): KubeObject {
  const placed = namespace === undefined || namespace === '' ? controlPlaneNamespace : namespace;
  if (!isEnabled(serving, placed)) throw new GatewayError(403, 7, `namespace '${placed}' is not permitted`);
  const app = serving.store.get('applications', placed, decodeURIComponent(name));
  if (app === undefined || isDenied(serving, 'get', app)) throw new GatewayError(403, 7, 'permission denied');
  if (isDenied(serving, action, app)) {
    const tuple = `applications, ${action}, ${policyObject(app)}, sub: updater, iat: 2026-01-01T00:00:00Z`;
    throw new GatewayError(403, 7, `permission denied: ${tuple}`);
  }
  const project = projectOf(app);
  if (serving.projects?.includes(project) === false) {
    const words = `app is not allowed in project "${project}", or the project does not exist`;
    throw new GatewayError(400, 3, words);
  }
  return app;
}

/** The server works the Application out anew before it stores it. */
function validate({ clusters }: Serving, patched: JsonObject): void {
  const spec = isObject(patched['spec']) ? patched['spec'] : {};
  const destination = isObject(spec['destination']) ? spec['destination'] : {};
  const server = textOf(destination['server'] ?? '');
  if (clusters === undefined || clusters.includes(server)) return;
  const words = `application destination spec for shop is invalid: cluster "${server}" not found`;
  throw new GatewayError(400, 3, words);
}

function isEnabled({ enabledNamespaces }: Serving, namespace: string): boolean {
  if (enabledNamespaces === undefined || namespace === controlPlaneNamespace) return true;
  return enabledNamespaces.includes(namespace);
}

function isDenied({ denies }: Serving, action: 'get' | 'update', app: KubeObject): boolean {
  return denies?.(action, policyObject(app)) ?? false;
}

function projectOf(app: KubeObject): string {
  const spec = isObject(app['spec']) ? app['spec'] : {};
  return textOf(spec['project'] ?? '') || 'default';
}

const policyObject = (app: KubeObject): string => `${projectOf(app)}/${app.metadata.name}`;

/** Structs of the status are there though nothing is in them. */
function asListed(app: JsonObject): Json {
  const status = isObject(app['status']) ? app['status'] : {};
  return { ...app, status: { health: {}, sync: { status: '' }, sourceHydrator: {}, ...status } };
}

function patch(serving: Serving, name: string, request: ArgocdRequest): Json {
  if (request.headers['content-type'] !== 'application/json')
    throw new GatewayError(415, 3, 'Invalid content type');
  const body = JSON.parse(request.body) as JsonObject;
  // with a body the gateway takes nothing from the query
  const app = existing(serving, textOf(body['appNamespace'] ?? ''), name, 'update');
  const patched = patchedWith(app, textOf(body['patchType'] ?? ''), textOf(body['patch'] ?? ''));
  if (application === undefined || !isObject(patched))
    throw new GatewayError(500, 2, 'error unmarshaling the patch');
  validate(serving, patched);
  return serving.store.save(application, takenOver(app, patched), 'argocd-server');
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
