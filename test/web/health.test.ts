/** The health server, asked over the network. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHealthApp } from '../../src/web/health.ts';
import { startServer, type WebServer } from '../../src/web/server.ts';

const servers: WebServer[] = [];

async function serve(isAlive: () => boolean, port = 0): Promise<WebServer> {
  const server = await startServer(makeHealthApp(isAlive), { host: '127.0.0.1', port });
  servers.push(server);
  return server;
}

/** A request that never ends; a server that has enough may close it. */
async function halfOpen(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /healthz HTTP/1.1\r\nHost: probe\r\n');
  return socket;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the health server', () => {
  it.each(['/healthz', '/readyz'])('answers OK at %s while there is progress', async (path) => {
    const { port } = await serve(() => true);

    const answer = await fetch(`http://127.0.0.1:${port}${path}`);

    expect([answer.status, await answer.text()]).toEqual([200, 'OK\n']);
  });

  it('answers 503 as soon as there is none', async () => {
    let alive = true;
    const { port } = await serve(() => alive);

    alive = false;
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);

    expect(answer.status).toBe(503);
  });

  it('knows no other path', async () => {
    const { port } = await serve(() => true);

    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`, { method: 'POST' })).status).toBe(404);
  });

  it('refuses a port that is in use', async () => {
    const { port } = await serve(() => true);

    await expect(serve(() => true, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('fault A16: answers every probe while more half-open requests are held than it keeps', async () => {
    const { port } = await serve(() => true);
    const held = await Promise.all(Array.from({ length: 220 }, () => halfOpen(port)));

    const statuses: number[] = [];
    for (let probe = 0; probe < 50; probe += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } });
      statuses.push(answer.status);
    }
    for (const socket of held) socket.destroy();

    expect(statuses).toEqual(Array.from({ length: 50 }, () => 200));
  });

  it('fault A16: makes room by the connection that is idle for longest, not by one that is in use', async () => {
    const { port } = await serve(() => true);
    const oldest = await halfOpen(port);
    const ended = once(oldest, 'close');
    const held: Socket[] = [];
    for (let index = 0; index < 200; index += 1) held.push(await halfOpen(port));

    await ended;
    const answer = once(held[0] as Socket, 'data');
    held[0]?.write('\r\n');
    const [bytes] = (await answer) as [Buffer];
    for (const socket of held) socket.destroy();

    expect(String(bytes)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('closes although a client holds a connection', async () => {
    const server = await serve(() => true);
    servers.splice(0);
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));

    await server.close();
    await ended;

    expect(socket.destroyed).toBe(true);
  });
});
