/** Serves one app at one or more addresses. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { limitCrowd } from './crowd.ts';

export interface ListenAddress {
  /** Absent: all interfaces. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface WebServer {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** What a client may take its time for. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
  connectionsCheckingInterval: 1_000,
};
const maxConnections = 200;

/** Throws the system's error, such as EADDRINUSE, where it cannot listen. */
export async function startServer(app: Hono, address: ListenAddress): Promise<WebServer> {
  const listener = getRequestListener(app.fetch);
  const server = createServer(limits, (request, response) => {
    void listener(request, response); // answers 500 itself where a handler throws
  });
  limitCrowd(server, maxConnections);
  server.listen(address);
  await once(server, 'listening'); // rejects with the `error` event
  return { port: portOf(server), close: () => close(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
