/** A server of the attacker: a registry, a Git server and a listener in one, which keeps all that arrives. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EvilServer {
  readonly host: string;
  readonly url: string;
  /** Lines and headers of every request, with what logins in them say. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

/** `insideUrl`: a service that only the daemon can reach. `gitUrl`: where its logins belong. */
export async function startEvilServer(insideUrl: string, gitUrl: string): Promise<EvilServer> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(wordsOf(request));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push(Buffer.concat(chunks).toString('latin1'));
      answer(request.url ?? '', response, { insideUrl, gitUrl, host: request.headers.host ?? '' });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    heard,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function wordsOf({ method, url, headers }: IncomingMessage): string {
  const login = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const said = Buffer.from(login, 'base64').toString('latin1');
  return `${method} ${url} ${JSON.stringify(headers)} ${said}`;
}

interface Ways {
  readonly insideUrl: string;
  readonly gitUrl: string;
  readonly host: string;
}

function answer(path: string, response: ServerResponse, { insideUrl, gitUrl, host }: Ways): void {
  if (path.startsWith('/silent/')) return; // for as long as anybody waits
  const redirect = (location: string): void => void response.writeHead(302, { location }).end();
  const challenge = (realm: string): void =>
    void response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end('{}');
  if (path.startsWith('/redirect-to/')) return redirect(`${gitUrl}${path.slice('/redirect-to'.length)}`);
  if (path.includes('/realm-inside/')) return challenge(`${insideUrl}/latest/meta-data`);
  if (path.includes('/redirect-inside/')) return redirect(`${insideUrl}/internal`);
  if (path.includes('/redirect-to-login/')) return redirect(`http://localhost:${host.split(':')[1]}/login`);
  if (path === '/login') return challenge(`http://localhost:${host.split(':')[1]}/token`);
  if (path.includes('/page-elsewhere/')) {
    response.setHeader('link', `<${insideUrl}/v2/x/tags/list?n=1>; rel="next"`);
    response.end(JSON.stringify({ name: 'x', tags: ['1.0.0', '1.1.0'] }));
    return undefined;
  }
  if (path.includes('/tags/list')) return void response.end(JSON.stringify({ name: 'x', tags: ['1.0.0'] }));
  return void response.writeHead(401, { 'www-authenticate': 'Basic realm="please"' }).end();
}
