/** Git over HTTP(S): `git http-backend` behind a Node server that counts, delays, refuses and breaks requests. */
import { execFileSync, spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

export interface GitServerOptions {
  /** Folder whose bare repositories are served: `<root>/ops/deploy.git` at `<url>/ops/deploy.git`. */
  readonly root: string;
  /** Without it everybody may read and push. */
  readonly auth?: { readonly username: string; readonly password: string } | { readonly bearerToken: string };
  /** PEM texts. With `clientCa` only clients with a certificate of that authority are let in. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** Waited before each answer. */
  readonly latencyMs?: number;
  /** A fault: returns true if it has taken the request over (also to let it hang). */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /**
   * A fault: the request is served to its end, and instead of the answer comes the end of the connection, once what this
   * returns is done. undefined: it is answered.
   */
  readonly loseAnswer?: (request: IncomingMessage) => (() => Promise<unknown>) | undefined;
  /**
   * A fault: the request is served to its end, and this takes the answer over if it returns true, as a proxy does that
   * fails on what it sees.
   */
  readonly spoil?: (request: IncomingMessage, answer: Buffer, response: ServerResponse) => boolean;
  /** Which Git protocol versions are spoken: 0 acts like a server that has not heard of version 2. */
  readonly protocol?: 0 | 2;
}

export interface ServedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly status: number;
}

export interface GitServer {
  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT`. */
  readonly url: string;
  /** Every request so far, in order of arrival of the answer. */
  readonly requests: ServedRequest[];
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const requests: ServedRequest[] = [];
  const sockets = new Set<Socket>();
  const answer: RequestListener = (request, response) => {
    response.on('close', () => {
      requests.push({ method: request.method ?? '', path: request.url ?? '', status: response.statusCode });
    });
    if (options.intercept?.(request, response) === true) return;
    if (!isAllowed(request, options.auth)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      return;
    }
    setTimeout(() => serve(options, request, response), options.latencyMs ?? 0);
  };
  const server = options.tls === undefined ? createHttpServer(answer) : secureServer(options.tls, answer);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function secureServer(tls: NonNullable<GitServerOptions['tls']>, answer: RequestListener): Server {
  const { clientCa } = tls;
  const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return createHttpsServer({ cert: tls.cert, key: tls.key, ...client }, answer);
}

function isAllowed(request: IncomingMessage, auth: GitServerOptions['auth']): boolean {
  if (auth === undefined) return true;
  const expected =
    'bearerToken' in auth
      ? `Bearer ${auth.bearerToken}`
      : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return request.headers.authorization === expected;
}

/** The program itself: `git http-backend` would be one process more for each request. */
const backendPath = join(
  execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(),
  'git-http-backend',
);

function serve(options: GitServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const backend = spawn(backendPath, [], { env: cgiEnvironment(options, request) });
  backend.stdin.on('error', () => undefined); // the backend may answer before it has read everything
  backend.stderr.resume();
  response.on('close', () => backend.stdout.destroy());
  request.pipe(backend.stdin);
  const lost = options.loseAnswer?.(request);
  if (lost !== undefined) {
    backend.stdout.resume();
    backend.on('close', () => void lost().finally(() => request.socket.destroy()));
    return;
  }
  if (options.spoil !== undefined && request.method === 'POST') {
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const answer = Buffer.concat(chunks);
      if (options.spoil?.(request, answer, response) === true) return;
      const end = answer.indexOf('\r\n\r\n');
      writeHead(response, answer.toString('latin1', 0, end));
      response.end(answer.subarray(end + 4));
    });
    return;
  }
  let head = Buffer.alloc(0);
  backend.stdout.on('data', function readHead(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    backend.stdout.off('data', readHead);
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
    backend.stdout.pipe(response);
  });
  backend.on('error', () => response.destroy());
  backend.on('close', () => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
}

function cgiEnvironment(options: GitServerOptions, request: IncomingMessage): Record<string, string> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const protocol = options.protocol === 0 ? undefined : request.headers['git-protocol'];
  const values: Record<string, string | string[] | undefined> = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PROJECT_ROOT: options.root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers['content-type'],
    CONTENT_LENGTH: request.headers['content-length'],
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    GIT_PROTOCOL: protocol,
    REMOTE_USER: 'tester',
    REMOTE_ADDR: '127.0.0.1',
  };
  const entries = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as const],
  );
  return Object.fromEntries(entries);
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
