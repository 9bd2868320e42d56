/** A port that speaks TLS, asked by clients of Node over the network. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeHealthApp } from '../../src/web/health.ts';
import { startServer, type ServerTls, type WebServer } from '../../src/web/server.ts';
import { makeCertificates } from '../fakes/tls.ts';

const [one, other] = [makeCertificates(), makeCertificates()];
const servers: WebServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => {
  one.remove();
  other.remove();
});

async function serve(tls: Partial<ServerTls> = {}): Promise<WebServer> {
  const { cert, key } = one;
  const app = makeHealthApp(() => true);
  const server = await startServer(
    app,
    { host: '127.0.0.1', port: 0 },
    { cert, key, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ...tls },
  );
  servers.push(server);
  return server;
}

async function status({ port }: WebServer, ca = one.ca): Promise<number | undefined> {
  const asked = request({ host: '127.0.0.1', port, path: '/healthz', ca, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}

async function handshake({ port }: WebServer, options: ConnectionOptions): Promise<TLSSocket | string> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: one.ca, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket;
  } catch (error) {
    return (error as { code?: string }).code ?? 'failed';
  }
}

async function spoken(server: WebServer, options: ConnectionOptions): Promise<string> {
  const socket = await handshake(server, options);
  if (typeof socket === 'string') return 'refused';
  const said = `${socket.getProtocol() ?? ''} ${socket.getCipher().standardName}`;
  socket.destroy();
  return said;
}

describe('a port that speaks TLS', () => {
  it('answers who trusts the authority, and nobody without TLS', async () => {
    const server = await serve();

    expect(await status(server)).toBe(200);
    await expect(status(server, other.ca)).rejects.toThrow(/certificate/);
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow('fetch failed');
  });

  const old: ConnectionOptions = { maxVersion: 'TLSv1.2' };
  const gcm128 = 'ECDHE-ECDSA-AES128-GCM-SHA256';

  it.each<[Partial<ServerTls>, ConnectionOptions, string]>([
    [{}, {}, 'TLSv1.3 TLS_AES_256_GCM_SHA384'],
    [{}, old, 'refused'],
    [{ minVersion: 'TLSv1.2' }, old, 'TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_'],
    [{ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, {}, 'TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_'],
    [{ minVersion: 'TLSv1.2', ciphers: gcm128 }, old, 'TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    [
      { minVersion: 'TLSv1.2', ciphers: gcm128 },
      { ...old, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      'refused',
    ],
    [{ ciphers: 'TLS_AES_128_GCM_SHA256' }, {}, 'TLSv1.3 TLS_AES_128_GCM_SHA256'],
  ])('%j, to a client with %j: %s', async (tls, client, expected) => {
    expect(await spoken(await serve(tls), client)).toMatch(expected);
  });

  it('takes another certificate for new connections, and leaves those that are open', async () => {
    const server = await serve();
    const open = await handshake(server, {});
    if (typeof open === 'string') throw new Error(open);

    await server.renew({ cert: other.cert, key: other.key, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });

    expect(await status(server, other.ca)).toBe(200);
    await expect(status(server)).rejects.toThrow(/certificate/);
    open.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(open, 'data')) as [Buffer];
    expect(answer.toString()).toContain('200 OK');
    open.destroy();
  });

  it('begins with http, and speaks TLS at the same port once there is a certificate', async () => {
    const { cert, key } = one;
    const server = await startServer(
      makeHealthApp(() => true),
      { host: '127.0.0.1', port: 0 },
    );
    servers.push(server);
    const { port } = server;
    const open = connect(port, '127.0.0.1');
    await once(open, 'connect');
    const ended = once(open, 'close');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);

    await server.renew({ cert, key });

    expect([server.port, server.isSecure, await status(server)]).toEqual([port, true, 200]);
    await ended;
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('is tried again where somebody took its port meanwhile', async () => {
    const { cert, key } = one;
    const app = makeHealthApp(() => true);
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    servers.push(server);
    const renewing = server.renew({ cert, key });
    const thief = await startServer(app, { host: '127.0.0.1', port: server.port });
    await expect(renewing).rejects.toThrow('EADDRINUSE');
    expect(server.isSecure).toBe(false);
    await thief.close();

    await server.renew({ cert, key });

    expect(await status(server)).toBe(200);
  });

  it('fault A16: answers while more connections are held open than it keeps, with and without a handshake', async () => {
    const server = await serve();
    const raw: Socket[] = [];
    for (let at = 0; at < 120; at += 1) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      raw.push(socket);
    }
    const shaken: TLSSocket[] = [];
    for (let at = 0; at < 120; at += 1) {
      const socket = await handshake(server, {});
      if (typeof socket === 'string') throw new Error(socket);
      socket.on('error', () => undefined);
      shaken.push(socket);
    }

    const statuses = [];
    for (let at = 0; at < 20; at += 1) statuses.push(await status(server));

    expect(statuses).toEqual(Array.from({ length: 20 }, () => 200));
    for (const socket of [...raw, ...shaken]) socket.destroy();
  });

  it('ends with connections that have not shaken hands', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const ended = once(socket, 'close');

    await server.close();

    await ended;
  });
});
