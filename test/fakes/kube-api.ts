/** A Kubernetes API server in the process of the tests: as strict as the real one in what Tidewaiter uses of it. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSecureServer, Http2ServerRequest } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { discoveryDocument } from './kube/discovery.ts';
import { applicationSchema, type Schema } from './kube/application-crd.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  jsonPatch,
  mergePatch,
  readJson,
  writeJson,
} from './kube/json.ts';
import { fieldMatcher, labelMatcher } from './kube/selector.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  patchRefused,
  StatusError,
  unsupportedMediaType,
} from './kube/status.ts';
import {
  apiVersionOf,
  type KubeObject,
  labelsOf,
  ObjectStore,
  type ObjectSeed,
  type Resource,
  resources,
} from './kube/store.ts';
import { admitted } from './kube/validate.ts';

export type { KubeObject, ObjectSeed } from './kube/store.ts';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 0 while no answer was given. */
  status: number;
}

/** What to do instead of answering: once for each of `times` (default: always) requests that `when` holds for. */
export interface Fault {
  readonly when?: (request: LoggedRequest) => boolean;
  times?: number;
  readonly respond:
    | {
        readonly kind: 'status';
        readonly status: number;
        readonly body?: string;
        readonly headers?: Record<string, string>;
      }
    /** The connection is closed without an answer. */
    | { readonly kind: 'reset' }
    /** No answer ever. */
    | { readonly kind: 'hang' }
    /** The request is served, but late. */
    | { readonly kind: 'slow'; readonly delayMs: number }
    /** The request is served, and the connection closed without an answer. */
    | { readonly kind: 'unanswered' }
    /** Something happens first (another writer), then the request is served. */
    | { readonly kind: 'before'; readonly act: () => void };
}

/** A rule of RBAC. Without `namespace` it is a ClusterRole's. */
export interface Rule {
  readonly namespace?: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Absent: all. */
  readonly resourceNames?: readonly string[];
}

export interface KubeApiOptions {
  readonly objects?: readonly ObjectSeed[];
  /** The one token that is let in; absent: everybody is. `setToken` changes it. */
  readonly token?: string;
  /** HTTPS with HTTP/2, as the real server; `clientCa`: clients have to show a certificate of it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** Absent: everything is allowed. */
  readonly rules?: readonly Rule[];
  /** To come back at the same address after `stop`. */
  readonly port?: number;
  /** False: dry sources of a hydrator have no `helm` and `kustomize`, as in Argo CD 3.1. */
  readonly hasDryBlocks?: boolean;
  /** The CRD of argocd-image-updater 1.x is installed. */
  readonly hasImageUpdaters?: boolean;
}

export interface KubeApi {
  readonly url: string;
  readonly port: number;
  readonly objects: ObjectStore;
  readonly requests: LoggedRequest[];
  readonly faults: Fault[];
  /** Connections accepted so far. */
  connections(): number;
  setToken(token: string): void;
  /** Continue tokens handed out so far get 410. */
  expireLists(): void;
  /** Writes a kubeconfig with the address, token and CA, and gives its path. */
  kubeconfig(path: string, extras?: { readonly namespace?: string; readonly user?: JsonObject }): string;
  stop(): Promise<void>;
}

const user = 'system:serviceaccount:argocd:argocd-image-updater';
const maxRequestBytes = 3 << 20;

export async function startKubeApi(options: KubeApiOptions = {}): Promise<KubeApi> {
  const server = new FakeServer(options);
  await server.listen(options.port ?? 0);
  return server;
}

interface Target {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

class FakeServer implements KubeApi {
  readonly objects = new ObjectStore();
  readonly requests: LoggedRequest[] = [];
  readonly faults: Fault[] = [];
  readonly #options: KubeApiOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #snapshots = new Map<string, readonly KubeObject[]>();
  readonly #schema: Schema;
  #accepted = 0;
  #token: string;

  constructor(options: KubeApiOptions) {
    this.#options = options;
    this.#schema = applicationSchema(options.hasDryBlocks ?? true);
    this.#token = options.token ?? '';
    for (const seed of options.objects ?? []) this.objects.put(seed);
    this.#server = makeServer(options);
    this.#server.on('connection', (socket: Socket) => {
      this.#accepted += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('request', (request, response) => {
      void this.#serve(request, response as unknown as Response);
    });
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  connections(): number {
    return this.#accepted;
  }

  setToken(token: string): void {
    this.#token = token;
  }

  expireLists(): void {
    this.#snapshots.clear();
  }

  kubeconfig(path: string, extras: { readonly namespace?: string; readonly user?: JsonObject } = {}): string {
    const { tls } = this.#options;
    const ca =
      tls === undefined ? {} : { 'certificate-authority-data': Buffer.from(tls.cert).toString('base64') };
    const context = {
      cluster: 'fake',
      user: 'tester',
      ...(extras.namespace === undefined ? {} : { namespace: extras.namespace }),
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [{ name: 'fake', cluster: { server: this.url, ...ca } }],
      users: [{ name: 'tester', user: extras.user ?? (this.#token === '' ? {} : { token: this.#token }) }],
      contexts: [{ name: 'fake', context }],
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }

  async #serve(request: IncomingMessage, response: Response): Promise<void> {
    const logged = await this.#log(request);
    const fault = this.faults.find((one) => (one.times ?? 1) > 0 && (one.when?.(logged) ?? true));
    if (fault?.times !== undefined) fault.times -= 1;
    if (fault !== undefined && !(await this.#applyFault(fault, request, response, logged))) return;
    const reply = this.#answer(logged, request);
    logged.status = reply.status;
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'audit-id': randomUUID(),
      ...reply.headers,
    });
    response.end(writeJson(reply.body));
  }

  async #log(request: IncomingMessage): Promise<LoggedRequest> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith(':'));
    const logged: LoggedRequest = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(chunks).toString('utf8'),
      status: 0,
    };
    this.requests.push(logged);
    return logged;
  }

  /** True: go on and serve the request. */
  async #applyFault(
    fault: Fault,
    request: IncomingMessage,
    response: Response,
    logged: LoggedRequest,
  ): Promise<boolean> {
    const { respond } = fault;
    switch (respond.kind) {
      case 'before':
        respond.act();
        return true;
      case 'slow':
        await setTimeout(respond.delayMs);
        return true;
      case 'hang':
        return false;
      case 'unanswered':
        logged.status = this.#answer(logged, request).status;
        closeConnection(request);
        return false;
      case 'reset':
        closeConnection(request);
        return false;
      case 'status':
        logged.status = respond.status;
        response.writeHead(respond.status, { 'content-type': 'application/json', ...respond.headers });
        response.end(
          respond.body ??
            JSON.stringify({ kind: 'Status', status: 'Failure', message: 'a fault', code: respond.status }),
        );
        return false;
    }
  }

  #answer(
    request: LoggedRequest,
    raw: IncomingMessage,
  ): Reply & { readonly headers?: Readonly<Record<string, string>> } {
    try {
      this.#authenticate(request, raw);
      return this.#route(request);
    } catch (error) {
      if (error instanceof StatusError)
        return { status: error.body.code, body: error.body, headers: error.headers };
      const message = error instanceof Error ? error.message : String(error);
      return {
        status: 500,
        body: new StatusError(500, 'InternalError', `Internal error occurred: ${message}`).body,
      };
    }
  }

  #authenticate(request: LoggedRequest, raw: IncomingMessage): void {
    const { tls } = this.#options;
    const socket = raw.socket as { readonly authorized?: boolean };
    if (tls?.clientCa !== undefined && socket.authorized === true) return;
    const needsToken = this.#token !== '' || tls?.clientCa !== undefined;
    if (needsToken && request.headers['authorization'] !== `Bearer ${this.#token}`) {
      throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    }
  }

  #route(request: LoggedRequest): Reply {
    if (Buffer.byteLength(request.body) > maxRequestBytes) {
      throw new StatusError(
        413,
        'RequestEntityTooLarge',
        `Request entity too large: limit is ${maxRequestBytes}`,
      );
    }
    const document = discoveryDocument(request.path, this.#options.hasImageUpdaters ?? false);
    if (document !== null && request.method === 'GET') return { status: 200, body: document };
    const target = readTarget(request.path);
    if (target === null)
      throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
    const verb = verbOf(request, target);
    this.#authorize(verb, target);
    switch (verb) {
      case 'list':
        return this.#list(target, request.query);
      case 'get':
        return { status: 200, body: this.#existing(target) };
      case 'create':
        return this.#create(target, request);
      case 'patch':
        return this.#patch(target, request);
      case 'update':
        return this.#update(target, request);
      case 'delete':
        return this.#delete(target);
      default:
        throw new StatusError(
          405,
          'MethodNotAllowed',
          'the server does not allow this method on the requested resource',
        );
    }
  }

  #authorize(verb: string, { resource, namespace, name, subresource }: Target): void {
    const { rules } = this.#options;
    const wanted = resource.plural + (subresource === '' ? '' : `/${subresource}`);
    const allows = (rule: Rule): boolean =>
      (rule.namespace === undefined || rule.namespace === namespace) &&
      [resource.group, '*'].some((group) => rule.apiGroups.includes(group)) &&
      (rule.resourceNames === undefined || rule.resourceNames.includes(name)) &&
      [wanted, '*'].some((one) => rule.resources.includes(one)) &&
      [verb, '*'].some((one) => rule.verbs.includes(one));
    if (rules !== undefined && !rules.some(allows)) throw forbidden(user, verb, resource, namespace, name);
  }

  #list(target: Target, query: LoggedRequest['query']): Reply {
    const { resource, namespace } = target;
    const selected = this.#select(query, resource.plural);
    const token = query['continue'] ?? '';
    if (token !== '' && (query['resourceVersion'] ?? '') !== '') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    // from its cache the server gives everything at once
    const limit = query['resourceVersion'] === '0' ? 0 : Number(query['limit'] ?? 0);
    const at =
      token === '' ? { snapshot: this.#snapshot(resource.plural), start: 0 } : this.#continued(token);
    const all = this.#snapshots.get(at.snapshot) ?? [];
    const page: KubeObject[] = [];
    let next = at.start;
    for (; next < all.length && (limit === 0 || page.length < limit); next += 1) {
      const object = all[next];
      if (object !== undefined && inNamespace(object, namespace) && selected(object)) page.push(object);
    }
    const rest = all
      .slice(next)
      .filter((object) => inNamespace(object, namespace) && selected(object)).length;
    const metadata: JsonObject = { resourceVersion: at.snapshot.split('/')[1] ?? '' };
    if (rest > 0) {
      metadata['continue'] = Buffer.from(JSON.stringify({ ...at, start: next })).toString('base64url');
      if ((query['labelSelector'] ?? '') === '') metadata['remainingItemCount'] = rest;
    }
    const items = page.map((object) => (resource.group === '' ? withoutKind(object) : object));
    return {
      status: 200,
      body: { apiVersion: apiVersionOf(resource), kind: `${resource.kind}List`, metadata, items },
    };
  }

  #select(query: LoggedRequest['query'], plural: string): (object: KubeObject) => boolean {
    try {
      const labels = labelMatcher(query['labelSelector'] ?? '');
      const fields = fieldMatcher(query['fieldSelector'] ?? '', plural);
      return (object) => labels(labelsOf(object)) && fields(object);
    } catch (error) {
      throw badRequest((error as Error).message);
    }
  }

  #snapshot(plural: string): string {
    const id = `${plural}/${this.objects.version}`;
    this.#snapshots.set(id, this.objects.all(plural));
    return id;
  }

  #continued(token: string): { readonly snapshot: string; readonly start: number } {
    let at: { readonly snapshot?: unknown; readonly start?: unknown };
    try {
      at = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as typeof at;
    } catch (error) {
      throw badRequest(`continue key is not valid: ${(error as Error).message}`);
    }
    const { snapshot, start } = at;
    if (typeof snapshot !== 'string' || typeof start !== 'number')
      throw badRequest('continue key is not valid');
    if (!this.#snapshots.has(snapshot)) {
      const message =
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
      throw new StatusError(410, 'Expired', message);
    }
    return { snapshot, start };
  }

  #existing({ resource, namespace, name }: Target): KubeObject {
    const object = this.objects.get(resource.plural, namespace, name);
    if (object === undefined) throw notFound(resource, name);
    return object;
  }

  #create({ resource, namespace }: Target, request: LoggedRequest): Reply {
    const object = writtenObject(request, resource, namespace);
    const { name } = object.metadata;
    if (this.objects.get(resource.plural, namespace, name) !== undefined) throw alreadyExists(resource, name);
    const saved = this.objects.save(resource, admitted(resource, object, this.#schema), managerOf(request));
    return { status: 201, body: saved };
  }

  #update(target: Target, request: LoggedRequest): Reply {
    const before = this.#existing(target);
    return {
      status: 200,
      body: this.#store(
        target,
        before,
        writtenObject(request, target.resource, target.namespace),
        managerOf(request),
      ),
    };
  }

  #patch(target: Target, request: LoggedRequest): Reply {
    const before = this.#existing(target);
    const patched = patchedObject(before, request, target.resource);
    return { status: 200, body: this.#store(target, before, patched, managerOf(request)) };
  }

  #store(target: Target, before: KubeObject, after: KubeObject, manager: string): KubeObject {
    const { resource, name, subresource } = target;
    const version = after.metadata['resourceVersion'] ?? '';
    if (version !== '' && version !== before.metadata['resourceVersion']) throw conflict(resource, name);
    if (after.metadata.name !== name) {
      throw badRequest(
        `the name of the object (${after.metadata.name}) does not match the name on the URL (${name})`,
      );
    }
    if (after.metadata.namespace !== before.metadata.namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    for (const field of ['uid']) {
      if (after.metadata[field] !== before.metadata[field]) {
        throw invalid(resource, name, `metadata.${field}`, 'Invalid value: field is immutable');
      }
    }
    const checked = admitted(resource, after, this.#schema);
    if (subresource === 'status')
      return this.objects.save(resource, { ...before, status: checked['status'] ?? {} }, manager);
    if (!resource.status) return this.objects.save(resource, checked, manager);
    const { status: _written, ...withoutStatus } = checked;
    const kept = before['status'] === undefined ? {} : { status: before['status'] };
    return this.objects.save(resource, { ...withoutStatus, ...kept } as KubeObject, manager);
  }

  #delete(target: Target): Reply {
    const { resource, namespace, name } = target;
    const { metadata } = this.#existing(target);
    this.objects.remove(resource.plural, namespace, name);
    const details = { name, kind: resource.plural, uid: metadata['uid'] ?? '' };
    return {
      status: 200,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    };
  }
}

function closeConnection(request: IncomingMessage): void {
  if (request instanceof Http2ServerRequest) request.stream.session?.destroy();
  else request.socket.destroy();
}

interface Response {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

function makeServer({ tls }: KubeApiOptions): Server {
  if (tls === undefined) return createServer();
  const clients =
    tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false };
  // the real server speaks HTTP/2 with everybody who offers it
  return createSecureServer({
    cert: tls.cert,
    key: tls.key,
    allowHTTP1: true,
    ...clients,
  }) as unknown as Server;
}

function readTarget(path: string): Target | null {
  const match =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path,
    );
  if (match === null) return null;
  const [, group = '', version, namespace = '', plural, name = '', subresource = ''] = match;
  const resource = resources.find(
    (one) => one.group === group && one.version === version && one.plural === plural,
  );
  if (resource === undefined || (subresource !== '' && !(subresource === 'status' && resource.status)))
    return null;
  return { resource, namespace, name, subresource };
}

function verbOf({ method, query }: LoggedRequest, { name, namespace, resource }: Target): string {
  if (query['watch'] === 'true' || query['watch'] === '1') return 'watch';
  const named = name !== '';
  const placed = namespace !== '' || !resource.namespaced;
  if (method === 'GET') return named ? 'get' : 'list';
  if (method === 'POST' && !named && placed) return 'create';
  const verbs: Readonly<Record<string, string>> = { PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
  return named && placed ? (verbs[method] ?? 'unknown') : 'unknown';
}

function writtenObject(request: LoggedRequest, resource: Resource, namespace: string): KubeObject {
  const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
  if (contentType(request) !== 'application/json') throw unsupportedMediaType(accepted);
  const object = parseBody(request.body);
  if (!isObject(object) || !isObject(object['metadata'])) throw badRequest('the object has no metadata');
  if (object['kind'] !== resource.kind || object['apiVersion'] !== apiVersionOf(resource)) {
    throw badRequest(`the object is no ${apiVersionOf(resource)} ${resource.kind}`);
  }
  const metadata = object['metadata'];
  if ((metadata['namespace'] ?? namespace) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: { ...metadata, namespace } } as unknown as KubeObject;
}

function patchedObject(before: KubeObject, request: LoggedRequest, resource: Resource): KubeObject {
  const types = ['application/json-patch+json', 'application/merge-patch+json'];
  const patch = contentType(request);
  if (!types.includes(patch)) throw unsupportedMediaType([...types, 'application/apply-patch+yaml']);
  const patched =
    patch === 'application/json-patch+json'
      ? jsonPatched(before, request.body)
      : mergePatch(before, parseBody(request.body));
  if (!isObject(patched) || !isObject(patched['metadata']))
    throw invalid(resource, before.metadata.name, 'metadata', 'Required value');
  return patched as unknown as KubeObject;
}

function jsonPatched(before: KubeObject, body: string): Json {
  try {
    return jsonPatch(before, body);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw badRequest(error.message);
    throw patchRefused();
  }
}

function parseBody(text: string): Json {
  try {
    return readJson(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

function contentType(request: LoggedRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

function inNamespace(object: KubeObject, namespace: string): boolean {
  return namespace === '' || object.metadata.namespace === namespace;
}

/** `fieldManager`, else the first part of the client's name. */
function managerOf({ query, headers }: LoggedRequest): string {
  return query['fieldManager'] ?? (headers['user-agent'] ?? 'unknown').split('/')[0] ?? '';
}

/** Items of a list of built-in objects name no kind. */
function withoutKind(object: KubeObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return rest;
}
