/** Serves one app at one or more addresses. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { limitCrowd } from './crowd.ts';

export interface ListenAddress {
  /** Absent: all interfaces. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Certificate and key in PEM, and how TLS is spoken. */
export type ServerTls = Pick<SecureContextOptions, 'cert' | 'key' | 'ciphers' | 'minVersion' | 'maxVersion'>;

export interface WebServer {
  readonly port: number;
  readonly isSecure: boolean;
  /** For connections from now on; without effect where no TLS is spoken. */
  renew(tls: ServerTls): void;
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
const tlsLimits = { handshakeTimeout: 5_000 };
const maxConnections = 200;

/**
 * Throws the system's error, such as EADDRINUSE, where it cannot listen. With `tls` it speaks nothing but TLS.
 */
export async function startServer(app: Hono, address: ListenAddress, tls?: ServerTls): Promise<WebServer> {
  const listener = getRequestListener(app.fetch);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void listener(request, response); // answers 500 itself where a handler throws
  };
  const secure =
    tls === undefined ? undefined : createSecureServer({ ...limits, ...tlsLimits, ...tls }, answer);
  const server = secure ?? createServer(limits, answer);
  const endAll = limitCrowd(server, maxConnections);
  server.listen(address);
  await once(server, 'listening'); // rejects with the `error` event
  return {
    port: portOf(server),
    isSecure: secure !== undefined,
    renew: (next) => secure?.setSecureContext(next),
    close: () => close(server, endAll),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(server: Server, endAll: () => void): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  endAll();
  await closed;
}
