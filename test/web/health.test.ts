/** The health server, asked over the network. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHealthApp } from '../../src/web/health.ts';
import { startServer, type WebServer } from '../../src/web/server.ts';

const servers: WebServer[] = [];

async function serve(isAlive: () => boolean, port = 0): Promise<WebServer> {
  const server = await startServer(makeHealthApp(isAlive), { host: '127.0.0.1', port });
  servers.push(server);
  return server;
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
