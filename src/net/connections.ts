/** Connections to registries: kept alive, one pool for all that trust the same certificates, through proxies. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ProxyFor } from './proxy-rules.ts';
import { makeSecureContext, type TlsPolicy } from './trust.ts';

export interface ConnectionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly perHost: number;
  readonly proxyFor: ProxyFor | undefined;
}

/** As got wants it: the agent under the protocol that it is for. */
export type ProtocolAgent = { readonly http: HttpAgent } | { readonly https: HttpsAgent };

/** Between cycles connections die unnoticed behind load balancers; a request on such a one would stall. */
const idleConnectionMs = 50_000;

export class Connections {
  readonly #options: ConnectionOptions;
  readonly #agents = new Map<string, ProtocolAgent>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The agent for a URL. Rejects with an Error that names the certificates which cannot be read. */
  async agent(url: URL, tls: TlsPolicy): Promise<ProtocolAgent> {
    const isSecure = url.protocol === 'https:';
    const key = isSecure ? JSON.stringify([tls.insecure, tls.caFile ?? '', tls.caData ?? '']) : 'http';
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const made = await this.#make(isSecure ? tls : undefined);
    const agent = this.#agents.get(key) ?? made; // another request may have been faster
    this.#agents.set(key, agent);
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) ('http' in agent ? agent.http : agent.https).destroy();
    this.#agents.clear();
  }

  async #make(tls: TlsPolicy | undefined): Promise<ProtocolAgent> {
    const { environment, perHost, proxyFor } = this.#options;
    const pool = { keepAlive: true, maxSockets: perHost, maxFreeSockets: 5, timeout: idleConnectionMs };
    const options =
      tls === undefined
        ? pool
        : { ...pool, secureContext: makeSecureContext(environment, tls), rejectUnauthorized: !tls.insecure };
    if (proxyFor === undefined) {
      return tls === undefined ? { http: new HttpAgent(options) } : { https: new HttpsAgent(options) };
    }
    const { ProxyAgent } = await import('proxy-agent'); // 50 ms and 18 MB that most never need
    const agent = new ProxyAgent({ ...options, getProxyForUrl: proxyFor });
    return tls === undefined ? { http: agent } : { https: agent };
  }
}
