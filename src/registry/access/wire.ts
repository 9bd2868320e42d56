/** One HTTP exchange with a registry, its token server or its storage. */
import type { Connections } from '../../net/connections.ts';
import {
  exchange as exchangeOver,
  ExchangeFault,
  type WebReply,
  type WebRequest,
} from '../../net/exchange.ts';
import type { TlsPolicy } from '../../net/trust.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Purpose, registryFailed } from './error.ts';
import type { RegistryLimits } from './limits.ts';

export interface WireRequest extends WebRequest {
  readonly purpose: Purpose;
  readonly tls: TlsPolicy;
}

export type Reply = WebReply;

export interface WireOptions {
  readonly connections: Connections;
  readonly userAgent: string;
  readonly limits: RegistryLimits;
  readonly clock: Clock;
}

/** Throws `Failed` where no whole answer arrives; every status is an answer. */
export async function exchange(
  options: WireOptions,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Reply> {
  const { connections, userAgent, limits, clock } = options;
  const times = {
    headerMs: limits.headerTimeoutMs,
    idleMs: limits.bodyIdleMs,
    wholeMs: limits.wholeTimeoutMs,
  };
  const headers = { ...request.headers, 'user-agent': userAgent };
  try {
    const agent = await agentFor(connections, request);
    return await exchangeOver({ ...request, headers }, agent, times, clock, signal);
  } catch (error) {
    if (signal.aborted) throw registryFailed(request.purpose, 'cancelled', 'cancelled');
    throw transportFailed(error, request);
  }
}

async function agentFor(connections: Connections, { url, tls, purpose }: WireRequest) {
  try {
    return await connections.agent(url, tls);
  } catch (error) {
    throw registryFailed(purpose, 'tls', error instanceof Error ? error.message : 'unreadable certificates');
  }
}

function transportFailed(error: unknown, { purpose, url }: WireRequest): Error {
  if (!(error instanceof ExchangeFault)) return error instanceof Error ? error : new Error(String(error));
  const isNamed = url.host === purpose.host || purpose.action.endsWith(` ${url.host}`);
  return registryFailed(purpose, error.code, `${isNamed ? '' : `${url.host}: `}${error.message}`);
}
