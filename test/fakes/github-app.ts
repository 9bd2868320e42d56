/** GitHub's part for an App: checks its JWT, finds the installation, issues tokens. Plays other token endpoints too. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GithubAppServer {
  /** REST base, as `githubAppEnterpriseBaseUrl` has it. */
  readonly url: string;
  readonly appId: string;
  /** PEM. */
  readonly privateKey: string;
  /** `METHOD path` of each request. */
  readonly requests: string[];
  /** Bodies of the form posts. */
  readonly forms: URLSearchParams[];
  /** Makes every further request fail with this status. */
  failWith(status: number): void;
  close(): Promise<void>;
}

export interface GithubAppServerOptions {
  /** Handed out by every endpoint. */
  readonly token: string;
  /** `owner/name` -> installation. */
  readonly installations: Readonly<Record<string, number>>;
  readonly lifeMs?: number;
}

/**
 * GitHub: `GET /repos/<owner>/<name>/installation`, `POST /app/installations/<id>/access_tokens`.
 * Google and Microsoft: `POST` of a form to any path that ends in `/token`.
 */
export async function startGithubApp(options: GithubAppServerOptions): Promise<GithubAppServer> {
  const appId = '4711';
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const requests: string[] = [];
  const forms: URLSearchParams[] = [];
  let failure: number | undefined;
  const lifeMs = options.lifeMs ?? 3_600_000;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(`${request.method} ${request.url}`);
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (failure !== undefined) return send(failure, { message: 'no' });
    if (request.url?.endsWith('/token')) {
      forms.push(new URLSearchParams(await bodyOf(request)));
      return send(200, { access_token: options.token, expires_in: lifeMs / 1000, token_type: 'Bearer' });
    }
    if (!isSignedBy(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(), appId, request)) {
      return send(401, { message: 'A JSON web token could not be decoded' });
    }
    const repository = /^\/repos\/(.+)\/installation$/.exec(request.url ?? '')?.[1];
    const known = options.installations[repository ?? ''];
    if (repository !== undefined) return known === undefined ? send(404, {}) : send(200, { id: known });
    const id = Number(/^\/app\/installations\/(\d+)\/access_tokens$/.exec(request.url ?? '')?.[1]);
    if (!Object.values(options.installations).includes(id)) return send(404, {});
    send(201, { token: options.token, expires_at: new Date(Date.now() + lifeMs).toISOString() });
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    appId,
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    requests,
    forms,
    failWith: (status) => {
      failure = status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As GitHub does: RS256, the App as issuer, valid now, and not for more than ten minutes. */
function isSignedBy(publicKey: string, appId: string, request: IncomingMessage): boolean {
  const [head = '', claims = '', signature = ''] = (request.headers.authorization ?? '')
    .replace('Bearer ', '')
    .split('.');
  const decode = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    createPublicKey(publicKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!isGenuine || decode(head)['alg'] !== 'RS256') return false;
  const { iss, iat, exp } = decode(claims);
  const now = Date.now() / 1000;
  return iss === appId && Number(iat) <= now && Number(exp) > now && Number(exp) - Number(iat) <= 600;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
