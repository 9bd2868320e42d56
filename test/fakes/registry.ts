/** An OCI registry in the process of the tests: real protocol, content from memory, faults on demand. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  makeImage,
  type ManifestContent,
  type RepositoryContent,
  type TaggedDescription,
} from './image-content.ts';
import { type Coding, compressResponse } from './compression.ts';
import type { CertificateFiles } from './tls.ts';
import type { TokenServer } from './token-server.ts';

export type FakeAuth =
  | { readonly kind: 'basic'; readonly users: Readonly<Record<string, string>> }
  | { readonly kind: 'bearer'; readonly tokens: TokenServer };

export interface FakeRegistryOptions {
  /** Raw content by repository name. */
  readonly repositories?: Readonly<Record<string, RepositoryContent>>;
  readonly auth?: FakeAuth;
  /** Longest page of tags, also for clients that name no size; absent: everything in one. */
  readonly pageSize?: number;
  /** Delay of every answer. */
  readonly latencyMs?: number;
  readonly tls?: CertificateFiles;
}

/** A request as it came in; the log of what a client asked. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Answers a request in the registry's place and returns true, or leaves it to the registry. */
export type Fault = (request: LoggedRequest, response: ServerResponse) => boolean;

export interface FakeRegistry {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** `127.0.0.1:<port>`, for references. */
  readonly host: string;
  readonly requests: LoggedRequest[];
  fault: Fault | undefined;
  /** How its answers are compressed. */
  coding: Coding | undefined;
  auth: FakeAuth | undefined;
  /** Stores an image under a tag and gives its digest. Equal descriptions under two tags are two images. */
  push(repository: string, tag: string, description: TaggedDescription): string;
  /** Adds raw content. */
  load(repository: string, content: RepositoryContent): void;
  removeTag(repository: string, tag: string): void;
  /** `GET tags/list`, `HEAD manifests`, … with the number of times it was asked. */
  counts(): Readonly<Record<string, number>>;
  clearLog(): void;
  close(): Promise<void>;
}

interface Stored {
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, ManifestContent>;
  readonly blobs: Map<string, string>;
}

export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const stored = new Map<string, Stored>();
  const requests: LoggedRequest[] = [];
  const { tls, latencyMs = 0, pageSize } = options;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://registry.test');
    const logged: LoggedRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
    };
    requests.push(logged);
    if (registry.coding !== undefined) compressResponse(response, registry.coding);
    if (registry.fault?.(logged, response)) return;
    if (registry.auth !== undefined && !isAdmitted(logged, registry.auth))
      return challenge(logged, response, registry.auth);
    answerContent(logged, response, stored, pageSize);
  };

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (latencyMs === 0) answer(request, response);
    else setTimeout(() => answer(request, response), latencyMs);
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ cert: tls.cert, key: tls.key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const registry: FakeRegistry = {
    url: `${tls === undefined ? 'http' : 'https'}://${host}`,
    host,
    requests,
    fault: undefined,
    coding: undefined,
    auth: options.auth,
    push: (repository, tag, description) => {
      const image = makeImage(withComment(description, `${repository}:${tag}`));
      registry.load(repository, { ...image, tags: { [tag]: image.digest } });
      return image.digest;
    },
    load: (repository, content) => {
      const known = stored.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
      stored.set(repository, known);
      for (const [tag, digest] of Object.entries(content.tags)) known.tags.set(tag, digest);
      for (const [digest, manifest] of Object.entries(content.manifests))
        known.manifests.set(digest, manifest);
      for (const [digest, blob] of Object.entries(content.blobs)) known.blobs.set(digest, blob);
    },
    removeTag: (repository, tag) => void stored.get(repository)?.tags.delete(tag),
    counts: () => countByKind(requests),
    clearLog: () => void requests.splice(0),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  for (const [name, content] of Object.entries(options.repositories ?? {})) registry.load(name, content);
  return registry;
}

/** `{"errors":[…]}` of the distribution-spec. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

function withComment(description: TaggedDescription, comment: string): TaggedDescription {
  if ('index' in description) return { index: description.index.map((child) => ({ comment, ...child })) };
  return { comment, ...description };
}

const route = /^\/v2\/(.+)\/(tags\/list|manifests|blobs)(?:\/([^/]+))?$/;

function countByKind(requests: readonly LoggedRequest[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path } of requests) {
    const kind = `${method} ${route.exec(path)?.[2] ?? path}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function scopeOf(path: string): string {
  return `repository:${route.exec(path)?.[1] ?? ''}:pull`;
}

function isAdmitted({ headers, path }: LoggedRequest, auth: FakeAuth): boolean {
  const [, scheme = '', value = ''] = /^(\w+) (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (auth.kind === 'bearer') {
    return scheme === 'Bearer' && (path === '/v2/' || auth.tokens.accepts(value, scopeOf(path)));
  }
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return scheme === 'Basic' && auth.users[user] === rest.join(':');
}

function challenge({ path }: LoggedRequest, response: ServerResponse, auth: FakeAuth): void {
  const scope = path === '/v2/' ? '' : `,scope="${scopeOf(path)}"`;
  const header =
    auth.kind === 'basic'
      ? 'Basic realm="registry"'
      : `Bearer realm="${auth.tokens.realm}",service="${auth.tokens.service}"${scope}`;
  sendError(response, 401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': header });
}

function answerContent(
  request: LoggedRequest,
  response: ServerResponse,
  stored: ReadonlyMap<string, Stored>,
  pageSize: number | undefined,
): void {
  if (request.path === '/v2/')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  const [, name = '', kind = '', reference = ''] = route.exec(decodeURIComponent(request.path)) ?? [];
  const repository = stored.get(name);
  if (repository === undefined)
    return sendError(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
  if (kind === 'tags/list') return sendTags(request, response, name, [...repository.tags.keys()], pageSize);
  const digest = reference.startsWith('sha256:') ? reference : (repository.tags.get(reference) ?? '');
  if (kind === 'blobs') return sendBlob(response, digest, repository.blobs.get(digest));
  sendManifest(request, response, digest, repository.manifests.get(digest));
}

function sendTags(
  { path, query }: LoggedRequest,
  response: ServerResponse,
  name: string,
  tags: readonly string[],
  pageSize = Number.POSITIVE_INFINITY,
): void {
  const size = Math.min(Number(query.get('n') ?? Number.POSITIVE_INFINITY), pageSize);
  const start = tags.indexOf(query.get('last') ?? '') + 1;
  const page = tags.slice(start, start + size);
  const isLast = start + size >= tags.length;
  response.setHeader('content-type', 'application/json');
  const next = new URLSearchParams({ n: String(size), last: page.at(-1) ?? '' });
  if (!isLast) response.setHeader('link', `<${path}?${next.toString()}>; rel="next"`);
  response.end(JSON.stringify({ name, tags: page }));
}

function sendBlob(response: ServerResponse, digest: string, blob: string | undefined): void {
  if (blob === undefined) return sendError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'docker-content-digest': digest });
  response.end(blob);
}

function sendManifest(
  { method, headers }: LoggedRequest,
  response: ServerResponse,
  digest: string,
  manifest: ManifestContent | undefined,
): void {
  if (manifest === undefined || !headers.accept?.includes(manifest.mediaType)) {
    return sendError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  }
  response.writeHead(200, {
    'content-type': manifest.mediaType,
    'content-length': Buffer.byteLength(manifest.body),
    'docker-content-digest': digest,
  });
  response.end(method === 'HEAD' ? undefined : manifest.body);
}
