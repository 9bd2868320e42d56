/** One HTTP exchange with a registry, its token server or its storage. */
import type { Failed } from '../../core/base/outcome.ts';
import { hostOf } from '../../net/addresses.ts';
import type { InFlight } from '../../net/in-flight/in-flight.ts';
import type { ProtocolAgent } from '../../net/agents.ts';
import type { Connections } from '../../net/connections.ts';
import {
  exchange as exchangeOver,
  ExchangeFault,
  type WebReply,
  type WebRequest,
} from '../../net/exchange.ts';
import {
  addressKind,
  checkHost,
  narrow,
  type Reach,
  reachFrom,
  reachOfHost,
  resolveWithin,
  Unreachable,
} from '../../net/reach.ts';
import type { TlsPolicy } from '../../net/trust.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Purpose, registryFailed } from './error.ts';
import type { RegistryLimits } from './limits.ts';

export interface WireRequest extends WebRequest {
  readonly purpose: Purpose;
  readonly tls: TlsPolicy;
  /** For places that a server sent us to; absent: one that somebody configured. */
  readonly guard?: Guard;
}

/** How far such a place may be, and the failure where it is farther. */
export interface Guard {
  readonly reach: Reach;
  readonly refuse: (reason: string) => Failed;
}

export interface Reply extends WebReply {
  /** Who answered; the last of several where there were redirects. */
  readonly url: URL;
  /** Where this server may send us on to. */
  readonly reach: Reach;
}

export interface WireOptions {
  readonly connections: Connections;
  readonly userAgent: string;
  readonly limits: RegistryLimits;
  readonly clock: Clock;
  readonly inFlight: InFlight;
}

/** Throws `Failed` where no whole answer arrives; every status is an answer. */
export async function exchange(
  options: WireOptions,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Reply> {
  const { connections, userAgent, limits, clock, inFlight } = options;
  const times = {
    headerMs: limits.headerTimeoutMs,
    idleMs: limits.bodyIdleMs,
    wholeMs: limits.wholeTimeoutMs,
  };
  const headers = { ...request.headers, 'user-agent': userAgent };
  const own = request.share === undefined ? inFlight.open() : undefined;
  try {
    const agent = await agentFor(connections, request);
    const share = request.share ?? own;
    const reply = await exchangeOver({ ...request, headers, share }, agent, times, clock, signal);
    return { ...reply, url: request.url, reach: await reachOf(connections, request, reply) };
  } catch (error) {
    request.share?.drop();
    if (signal.aborted) throw registryFailed(request.purpose, 'cancelled', 'cancelled');
    throw transportFailed(error, request);
  } finally {
    own?.close();
  }
}

/** By the address that answered; by the host's name where a proxy stands between. */
async function reachOf(
  connections: Connections,
  { url, guard }: WireRequest,
  { address, headers, challenges }: WebReply,
): Promise<Reach> {
  if (headers.location === undefined && challenges.length === 0)
    return narrow(guard?.reach, reachFrom('public'));
  const isDirect = address !== undefined && connections.proxyOf(url) === '';
  const own = isDirect
    ? reachFrom(addressKind(address))
    : await reachOfHost(url, (host) => connections.resolve(host));
  return narrow(guard?.reach, own);
}

async function agentFor(connections: Connections, request: WireRequest): Promise<ProtocolAgent> {
  const { url, tls, purpose, guard } = request;
  try {
    return await connections.agent(url, tls, guard?.reach);
  } catch (error) {
    throw registryFailed(purpose, 'tls', error instanceof Error ? error.message : 'unreadable certificates');
  }
}

/** What is known before a connection is opened. Names are looked up when that is done, unless a proxy does it. */
export async function checkGuard(
  connections: Connections,
  url: URL,
  { reach, refuse }: Guard,
): Promise<void> {
  checkNamed(url, { reach, refuse });
  if (connections.proxyOf(url) === '') return;
  try {
    await resolveWithin(hostOf(url), reach, (host) => connections.resolve(host).catch(() => []));
  } catch (error) {
    throw error instanceof Unreachable ? refuse(error.message) : error;
  }
}

/** The same for hosts that need no look-up. */
export function checkNamed(url: URL, { reach, refuse }: Guard): void {
  try {
    checkHost(url, reach);
  } catch (error) {
    throw error instanceof Unreachable ? refuse(error.message) : error;
  }
}

function transportFailed(error: unknown, { purpose, url, guard }: WireRequest): Error {
  if (!(error instanceof ExchangeFault)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'refused')
    return guard?.refuse(error.message) ?? registryFailed(purpose, 'refused', error.message);
  const { code, message, advice } = error;
  const isNamed =
    message.includes(url.host) || url.host === purpose.host || purpose.action.endsWith(` ${url.host}`);
  const detail = `${isNamed ? '' : `${url.host}: `}${message}`;
  // The code's advice is about the registry; a token server's address is its registry's to mend.
  if (code === 'plain-http' && url.host !== purpose.host)
    return registryFailed(purpose, 'tls', detail, { advice: elsewhere });
  return registryFailed(purpose, code, detail, advice === undefined ? {} : { advice });
}

const elsewhere = 'the registry sends us there: ask who runs it for an address with TLS';
