/** The registry of the demo: OCI images in memory, behind a password, on loopback. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DemoRegistry {
  readonly port: number;
  /** Adds an image; its tag tells the commit it was built from. */
  push(repository: string, tag: string, createdMs: number): void;
  /** Called for `POST /demo/push/<repository>`: a person wants another image. */
  onWish: ((repository: string) => string) | undefined;
  close(): Promise<void>;
}

interface Content {
  readonly mediaType: string;
  readonly body: string;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';

export async function startDemoRegistry(username: string, password: string): Promise<DemoRegistry> {
  const repositories = new Map<string, Map<string, string>>();
  const contents = new Map<string, Content>();
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    if (request.method === 'POST') answerWish(request, response, registry.onWish);
    else if (request.headers.authorization !== authorization) challenge(response);
    else answerRead(request, response, repositories, contents);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: DemoRegistry = {
    port: (server.address() as AddressInfo).port,
    onWish: undefined,
    push: (repository, tag, createdMs) => {
      const tags = repositories.get(repository) ?? new Map<string, string>();
      repositories.set(repository, tags.set(tag, storeImage(contents, tag, createdMs)));
    },
    close: () => close(server),
  };
  return registry;
}

function storeImage(contents: Map<string, Content>, tag: string, createdMs: number): string {
  const config = JSON.stringify({
    created: new Date(createdMs).toISOString(),
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: process.platform === 'win32' ? 'windows' : 'linux',
    config: { Labels: { 'org.opencontainers.image.revision': tag } },
  });
  const digest = store(contents, { mediaType: configType, body: config });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest, size: config.length },
    layers: [],
  });
  return store(contents, { mediaType: manifestType, body: manifest });
}

function store(contents: Map<string, Content>, content: Content): string {
  const digest = `sha256:${createHash('sha256').update(content.body).digest('hex')}`;
  contents.set(digest, content);
  return digest;
}

function challenge(response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="demo"' }).end();
}

function answerWish(
  request: IncomingMessage,
  response: ServerResponse,
  onWish: DemoRegistry['onWish'],
): void {
  const repository = /^\/demo\/push\/([a-z0-9/-]+)$/.exec(request.url ?? '')?.[1];
  if (repository === undefined || onWish === undefined) response.writeHead(404).end();
  else response.end(`${onWish(repository)}\n`);
}

function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  repositories: ReadonlyMap<string, ReadonlyMap<string, string>>,
  contents: ReadonlyMap<string, Content>,
): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const [, repository = '', kind, reference = ''] =
    /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
  const tags = repositories.get(repository);
  if (kind === 'tags' && tags !== undefined) {
    send(request, response, {
      mediaType: 'application/json',
      body: JSON.stringify({ name: repository, tags: [...tags.keys()] }),
    });
    return;
  }
  const digest = tags?.get(reference) ?? reference;
  const content = contents.get(digest);
  if (kind === undefined || tags === undefined || content === undefined) response.writeHead(404).end();
  else send(request, response, content, digest);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { mediaType, body }: Content,
  digest?: string,
): void {
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    ...(digest === undefined ? {} : { 'docker-content-digest': digest }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
