/** A token server as registries name it in Bearer challenges: Basic in, signed tokens out. */
import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Coding, compressResponse } from './compression.ts';
import type { CertificateFiles } from './tls.ts';

export interface TokenServerOptions {
  /** User to password; without any, everybody gets tokens. */
  readonly users?: Readonly<Record<string, string>>;
  /** Signs the tokens; a registry that trusts this certificate takes them. Absent: tokens are opaque. */
  readonly signer?: CertificateFiles;
  /** Absent: http. */
  readonly tls?: CertificateFiles;
  /** What is said of a token's life; absent: nothing is. */
  readonly lifeSeconds?: number;
  /** Takes `POST` with this refresh token; absent: POST is 404. */
  readonly refreshToken?: string;
  readonly service?: string;
}

export interface TokenRequestLog {
  readonly method: string;
  readonly scopes: readonly string[];
  readonly service: string | null;
  /** Of Basic credentials; "" for none. */
  readonly user: string;
  readonly status: number;
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly requests: TokenRequestLog[];
  /** True for a token of ours for that scope which is not revoked. */
  accepts(token: string, scope: string): boolean;
  /** No token given so far is good any more. */
  revokeAll(): void;
  /** From then on only this password is right. */
  setPassword(user: string, password: string): void;
  /** How its answers are compressed. */
  coding: Coding | undefined;
  /** Answers instead of the server where it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { tls, service = 'registry.test', lifeSeconds, refreshToken } = options;
  const users = options.users === undefined ? undefined : new Map(Object.entries(options.users));
  const scopesOf = new Map<string, readonly string[]>();
  const requests: TokenRequestLog[] = [];
  let serial = 0;

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (api.coding !== undefined) compressResponse(response, api.coding);
    if (api.intercept?.(request, response)) return;
    const url = new URL(request.url ?? '/', 'http://token.test');
    const parameters =
      request.method === 'POST' ? new URLSearchParams(await readText(request)) : url.searchParams;
    const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '));
    const { user, isKnown } = authenticate(request, users);
    const status = request.method === 'POST' ? statusOfPost(parameters) : isKnown ? 200 : 401;
    requests.push({ method: request.method ?? '', scopes, service: parameters.get('service'), user, status });
    response.writeHead(status, { 'content-type': 'application/json' });
    if (status !== 200) {
      response.end(
        JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] }),
      );
      return;
    }
    serial += 1;
    const token =
      options.signer === undefined ? `token-${serial}` : signToken(options.signer, service, scopes, serial);
    scopesOf.set(token, scopes);
    response.end(
      JSON.stringify({ token, ...(lifeSeconds === undefined ? {} : { expires_in: lifeSeconds }) }),
    );
  };

  const statusOfPost = (form: URLSearchParams) => {
    if (refreshToken === undefined) return 404;
    return form.get('refresh_token') === refreshToken ? 200 : 401;
  };

  const listener = (request: IncomingMessage, response: ServerResponse) => void respond(request, response);
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ cert: tls.cert, key: tls.key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api: TokenServer = {
    realm: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/token`,
    service,
    requests,
    accepts: (token, scope) => scopesOf.get(token)?.some((given) => covers(given, scope)) ?? false,
    revokeAll: () => scopesOf.clear(),
    setPassword: (user, password) => void users?.set(user, password),
    coding: undefined,
    intercept: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

/** `repository:a:pull,push` covers `repository:a:pull`. */
function covers(given: string, wanted: string): boolean {
  const split = (scope: string) => {
    const colon = scope.lastIndexOf(':');
    return { resource: scope.slice(0, colon), actions: scope.slice(colon + 1).split(',') };
  };
  const have = split(given);
  const want = split(wanted);
  return have.resource === want.resource && want.actions.every((action) => have.actions.includes(action));
}

function authenticate({ headers }: IncomingMessage, users: ReadonlyMap<string, string> | undefined) {
  const [, value = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return { user, isKnown: users === undefined || users.get(user) === rest.join(':') };
}

/** The JSON web token of distribution's specification, with the signing certificate in its header. */
function signToken(
  signer: CertificateFiles,
  service: string,
  scopes: readonly string[],
  serial: number,
): string {
  const key: KeyObject = createPrivateKey(signer.key);
  const x5c = [new X509Certificate(signer.cert).raw.toString('base64')];
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.map((scope) => {
    const [type = '', name = '', actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const claims = {
    iss: 'tidewaiter-test',
    sub: '',
    aud: service,
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: `${serial}`,
    access,
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ typ: 'JWT', alg: 'ES256', x5c })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
