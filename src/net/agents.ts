/** What opens connections: straight to a host, or through an HTTP, HTTPS or SOCKS proxy; both with our rules of TLS. */
import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { familyOf } from './addresses.ts';
import { type Reach, resolveWithin, type Resolve } from './reach.ts';
import type { TlsSettings } from './trust.ts';

/** As got wants it: the agent under the protocol that it is for. */
export type ProtocolAgent = { readonly http: HttpAgent } | { readonly https: HttpsAgent };

export interface AgentSettings {
  /** Absent: plain http. */
  readonly tls?: TlsSettings;
  /** Of the proxy itself, where it is asked over https. */
  readonly proxyTls: () => TlsSettings;
  /** URL of the proxy, "" for none. */
  readonly proxy: string;
  /** Addresses outside are not connected to; absent: all may be. A proxy does its own look-up. */
  readonly reach?: Reach;
  readonly resolve: Resolve;
  readonly perHost: number;
}

/** Between cycles connections die unnoticed behind load balancers; a request on such a one would stall. */
const idleConnectionMs = 50_000;

/** Rejects with an Error that names the scheme of a proxy which is none, never its password. */
export async function makeAgent(settings: AgentSettings): Promise<ProtocolAgent> {
  const { tls, proxy, reach, resolve, perHost } = settings;
  const pool = { keepAlive: true, maxSockets: perHost, maxFreeSockets: 5, timeout: idleConnectionMs };
  if (proxy !== '') return await proxyAgent(settings, proxy, pool);
  const options = reach === undefined ? pool : { ...pool, lookup: lookupWithin(reach, resolve) };
  if (tls === undefined) return { http: new HttpAgent(options) };
  return { https: new HttpsAgent({ ...options, ...tls }) };
}

/** Node asks this when it connects, so that what was looked at and what is connected to are one. */
function lookupWithin(reach: Reach, resolve: Resolve): LookupFunction {
  return (host, { all }, callback) => {
    const find = callbackify(async () => await addressesWithin(host, reach, resolve));
    find((error, found) => {
      if (error !== null) callback(error, '');
      else if (all) callback(null, [...found]);
      else callback(null, found[0].address, found[0].family);
    });
  };
}

async function addressesWithin(
  host: string,
  reach: Reach,
  resolve: Resolve,
): Promise<readonly [LookupAddress, ...(readonly LookupAddress[])]> {
  const [first, ...others] = await resolveWithin(host, reach, resolve);
  if (first === undefined) throw noAddress(host);
  return [withFamily(first), ...others.map(withFamily)];
}

const withFamily = (address: string): LookupAddress => ({
  address,
  family: familyOf(address) === 'ipv6' ? 6 : 4,
});

function noAddress(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
}

type Pool = Readonly<{ keepAlive: boolean; maxSockets: number; maxFreeSockets: number; timeout: number }>;

/** The packages are loaded where a proxy is set, which most never need. */
async function proxyAgent(settings: AgentSettings, proxy: string, pool: Pool): Promise<ProtocolAgent> {
  const url = URL.parse(proxy);
  const { tls } = settings;
  if (url === null) throw new Error('the proxy is no URL');
  switch (url.protocol) {
    case 'http:':
    case 'https:': {
      const options = url.protocol === 'https:' ? { ...pool, ...settings.proxyTls() } : pool;
      if (tls !== undefined) return { https: (await import('./tunnels.ts')).makeTunnel(url, options, tls) };
      const { HttpProxyAgent } = await import('http-proxy-agent');
      return { http: new HttpProxyAgent(url, options) };
    }
    case 'socks:':
    case 'socks4:':
    case 'socks4a:':
    case 'socks5:':
    case 'socks5h:': {
      const agent = (await import('./tunnels.ts')).makeSocksTunnel(url, pool, tls);
      return tls === undefined ? { http: agent } : { https: agent };
    }
    default:
      throw new Error(
        `the proxy has the scheme ${url.protocol.slice(0, -1)}; allowed are http, https, socks5 and socks5h`,
      );
  }
}
