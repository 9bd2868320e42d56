/** Serves one app at one or more addresses. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
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
  /**
   * For connections from now on. A server that speaks http speaks nothing but TLS afterwards, at its port; its open
   * connections end. Throws the system's error where it cannot listen again; it may be tried anew.
   */
  renew(tls: ServerTls): Promise<void>;
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

export type StartServer = (app: Hono, address: ListenAddress) => Promise<WebServer>;

/** Throws the system's error, such as EADDRINUSE, where it cannot listen. With `tls` it speaks nothing but TLS. */
export async function startServer(app: Hono, address: ListenAddress, tls?: ServerTls): Promise<WebServer> {
  const respond = getRequestListener(app.fetch);
  const answer: RequestListener = (request, response) => {
    void respond(request, response); // answers 500 itself where a handler throws
  };
  let listening = await listen(answer, address, tls);
  const { port } = listening;
  return {
    port,
    get isSecure() {
      return listening.secure !== undefined;
    },
    renew: async (next) => {
      if (listening.secure !== undefined) {
        listening.secure.setSecureContext(next);
        return;
      }
      await listening.end();
      listening = await listen(answer, { ...address, port }, next);
    },
    close: () => listening.end(),
  };
}

interface Listening {
  readonly port: number;
  /** Absent: http is spoken. */
  readonly secure?: SecureServer;
  /** Ends open connections too; once is enough. */
  end(): Promise<void>;
}

async function listen(answer: RequestListener, address: ListenAddress, tls?: ServerTls): Promise<Listening> {
  const secure =
    tls === undefined ? undefined : createSecureServer({ ...limits, ...tlsLimits, ...tls }, answer);
  const server = secure ?? createServer(limits, answer);
  const endAll = limitCrowd(server, maxConnections);
  server.listen(address);
  await once(server, 'listening'); // rejects with the `error` event
  return {
    port: portOf(server),
    ...(secure === undefined ? {} : { secure }),
    end: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      endAll();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
