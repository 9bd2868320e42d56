/** Connections that are kept: one pool for all that trust the same certificates and take the same way. */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { makeAgent, type ProtocolAgent } from './agents.ts';
import type { ProxyFor } from './proxy-rules.ts';
import type { Reach, Resolve } from './reach.ts';
import { makeTlsSettings, type TlsPolicy } from './trust.ts';

export interface ConnectionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly perHost: number;
  /** Absent: no proxy is configured. */
  readonly proxyFor: ProxyFor | undefined;
  /** Addresses of a host name; absent: the system's. */
  readonly resolve?: Resolve;
}

/** Tenants may name any number of registries; a pool that nobody used for long is made anew when it is wanted. */
const maxPools = 200;

export class Connections {
  readonly #options: ConnectionOptions;
  readonly #agents = new LRUCache<string, Promise<ProtocolAgent>>({
    max: maxPools,
    dispose: (agent) => void agent.then(closeIdle, () => undefined),
  });

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * The agent for a URL; a `caFile` that was replaced is read anew. Rejects with an Error that names the certificates which cannot be read. Connections that
   * were made under another reach are not used again: their addresses were looked at with other eyes.
   */
  async agent(url: URL, tls: TlsPolicy, reach?: Reach): Promise<ProtocolAgent> {
    const isSecure = url.protocol === 'https:';
    const proxy = this.proxyOf(url);
    const within = proxy === '' && reach !== undefined ? [...reach].toSorted() : 'any';
    const trusted = isSecure ? [tls, await fileVersion(tls.caFile)] : 'http';
    const key = hash(JSON.stringify([trusted, proxy, within]));
    const known = this.#agents.get(key);
    if (known !== undefined) return await known;
    const made = this.#make(isSecure ? tls : undefined, proxy, reach);
    this.#agents.set(key, made);
    try {
      return await made;
    } catch (error) {
      this.#agents.delete(key); // a certificate may be there next time
      throw error;
    }
  }

  /** The proxy on the way to a URL, "" for none. */
  proxyOf(url: URL): string {
    return this.#options.proxyFor?.(url.href) ?? '';
  }

  async resolve(host: string): Promise<readonly string[]> {
    return await (this.#options.resolve ?? systemAddresses)(host);
  }

  close(): void {
    for (const agent of this.#agents.values()) void agent.then(closeAll, () => undefined);
    this.#agents.clear();
  }

  async #make(tls: TlsPolicy | undefined, proxy: string, reach: Reach | undefined): Promise<ProtocolAgent> {
    const { environment, perHost } = this.#options;
    return await makeAgent({
      ...(tls === undefined ? {} : { tls: makeTlsSettings(environment, tls) }),
      ...(reach === undefined ? {} : { reach }),
      proxyTls: () => makeTlsSettings(environment, { insecure: false }),
      proxy,
      resolve: (host) => this.resolve(host),
      perHost,
    });
  }
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Requests under way go on; their connections end when they have been idle for a while. */
function closeIdle(agent: ProtocolAgent): void {
  for (const sockets of Object.values(plain(agent).freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

function closeAll(agent: ProtocolAgent): void {
  plain(agent).destroy();
}

const plain = (agent: ProtocolAgent) => ('http' in agent ? agent.http : agent.https);

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Differs where the file was replaced; follows links: those of a mounted ConfigMap come to point elsewhere. */
async function fileVersion(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  try {
    const { dev, ino, mtimeMs, size } = await stat(path);
    return `${dev} ${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'unreadable'; // who reads it tells why
  }
}
