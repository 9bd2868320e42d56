/** One small request beside the main work: tokens, and where a server sends on to. No redirect, no retry, bounded. */
import { lookup } from 'node:dns/promises';
import type { Clock } from '../ports/clock.ts';
import { makeAgent, type ProtocolAgent } from './agents.ts';
import { exchange, ExchangeFault } from './exchange.ts';
import { readProxies } from './proxy.ts';
import type { ProxyFor } from './proxy-rules.ts';
import { type Environment, makeTlsSettings, type TlsPolicy } from './trust.ts';

/** How a host is reached and trusted. */
export interface HttpRoute {
  readonly tls: TlsPolicy;
  readonly proxyFor: ProxyFor;
}

export interface SideRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer is a fault; absent: a mebibyte. */
  readonly maxBytes?: number;
}

export interface SideReply {
  readonly status: number;
  readonly location?: string;
  readonly body: string;
}

/** Throws `ExchangeFault`, whose message holds neither header nor body, or the signal's reason. */
export type SendRequest = (request: SideRequest, route: HttpRoute, signal: AbortSignal) => Promise<SideReply>;

const waitMs = 15_000; // as long as 0.18 waits for a token
const times = { headerMs: waitMs, idleMs: waitMs, wholeMs: waitMs };
const usualMaxBytes = 1024 * 1024;

/** As variables of the environment and the trusted certificates of the system have it. */
export function systemRoute(environment: Environment): HttpRoute {
  return { tls: { insecure: false }, proxyFor: readProxies(environment) ?? (() => '') };
}

export function makeSendRequest(environment: Environment, clock: Clock): SendRequest {
  return async (request, route, signal) => {
    const url = new URL(request.url);
    const agent = await agentFor(url, route, environment);
    try {
      const { status, headers, body } = await exchange(
        { ...request, url, maxBytes: request.maxBytes ?? usualMaxBytes },
        agent,
        times,
        clock,
        signal,
      );
      const { location } = headers;
      return { status, body: body.toString('utf8'), ...(location === undefined ? {} : { location }) };
    } finally {
      ('http' in agent ? agent.http : agent.https).destroy();
    }
  };
}

async function agentFor(
  url: URL,
  { tls, proxyFor }: HttpRoute,
  environment: Environment,
): Promise<ProtocolAgent> {
  try {
    return await makeAgent({
      ...(url.protocol === 'https:' ? { tls: makeTlsSettings(environment, tls) } : {}),
      proxyTls: () => makeTlsSettings(environment, { insecure: tls.insecure }),
      proxy: proxyFor(url.href),
      resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
      perHost: 1,
    });
  } catch (error) {
    throw new ExchangeFault('tls', error instanceof Error ? error.message : 'unreadable certificates');
  }
}
