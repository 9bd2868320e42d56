/** One HTTP exchange: no retry, no redirect, bounded in time and size. */
import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { ProxyAgent } from 'proxy-agent';
import { type Purpose, registryFailed } from './error.ts';
import type { RegistryLimits } from './limits.ts';
import type { ProxyFor } from './proxy.ts';
import { makeSecureContext, type TlsPolicy } from './trust.ts';

export interface WireRequest {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer fails with "too-large"; counted after decompression. */
  readonly maxBytes: number;
  readonly tls: TlsPolicy;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All `WWW-Authenticate` lines. */
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

export interface WireOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  readonly limits: RegistryLimits;
  readonly proxyFor?: ProxyFor;
}

/** Between cycles connections die unnoticed behind load balancers; a request on such a one would stall. */
const idleConnectionMs = 50_000;

interface AgentPair {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Connections to registries, kept alive and shared by all that trust the same certificates. */
export class Wire {
  readonly #options: WireOptions;
  readonly #agents = new Map<string, AgentPair>();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** Throws `Failed` where no whole answer arrives; every status is an answer. */
  async exchange(request: WireRequest, signal: AbortSignal): Promise<Reply> {
    const agents = this.#agentsFor(request);
    try {
      return await this.#receive(request, agents, signal);
    } catch (error) {
      if (signal.aborted) throw registryFailed(request.purpose, 'cancelled', 'cancelled');
      throw transportFailed(error, request);
    }
  }

  close(): void {
    for (const { http, https } of this.#agents.values()) {
      http.destroy();
      https.destroy();
    }
    this.#agents.clear();
  }

  async #receive(request: WireRequest, agents: AgentPair, signal: AbortSignal): Promise<Reply> {
    const { limits, userAgent } = this.#options;
    const stream = got.stream(request.url, {
      method: request.method,
      headers: { ...request.headers, 'user-agent': userAgent },
      ...(request.body === undefined ? {} : { body: request.body }),
      agent: { ...agents },
      signal,
      timeout: { response: limits.headerTimeoutMs, request: limits.wholeTimeoutMs },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
    });
    let idle: NodeJS.Timeout | undefined;
    stream.once('response', () => {
      idle = setTimeout(() => stream.destroy(new SilentBody(limits.bodyIdleMs)), limits.bodyIdleMs);
    });
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of stream) {
        idle?.refresh();
        bytes += chunk.length;
        if (bytes > request.maxBytes) throw new LongBody(request.maxBytes);
        chunks.push(chunk);
      }
      const response = stream.response;
      if (response === undefined) throw new Error('the stream ended without a response');
      return {
        status: response.statusCode,
        headers: response.headers,
        challenges: response.headersDistinct['www-authenticate'] ?? [],
        body: Buffer.concat(chunks),
      };
    } finally {
      clearTimeout(idle);
      stream.destroy();
    }
  }

  #agentsFor({ tls, purpose }: WireRequest): AgentPair {
    const key = JSON.stringify([tls.insecure, tls.caFile ?? '', tls.caData ?? '']);
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agents = this.#makeAgents(tls, purpose);
    this.#agents.set(key, agents);
    return agents;
  }

  #makeAgents(tls: TlsPolicy, purpose: Purpose): AgentPair {
    const { environment, limits, proxyFor } = this.#options;
    const pool = {
      keepAlive: true,
      maxSockets: limits.connectionsPerHost,
      maxFreeSockets: 5,
      timeout: idleConnectionMs,
    };
    const http = new HttpAgent(pool);
    const https = new HttpsAgent({ ...pool, ...tlsOptions(environment, tls, purpose) });
    if (proxyFor === undefined) return { http, https };
    const proxied = new ProxyAgent({
      ...pool,
      ...tlsOptions(environment, tls, purpose),
      httpAgent: http,
      httpsAgent: https,
      getProxyForUrl: proxyFor,
    });
    return { http: proxied, https: proxied };
  }
}

function tlsOptions(environment: WireOptions['environment'], tls: TlsPolicy, purpose: Purpose) {
  try {
    return { secureContext: makeSecureContext(environment, tls), rejectUnauthorized: !tls.insecure };
  } catch (error) {
    throw registryFailed(purpose, 'tls', error instanceof Error ? error.message : 'unreadable certificates');
  }
}

class SilentBody extends Error {
  constructor(idleMs: number) {
    super(`the answer stalled for ${idleMs} ms`);
  }
}

class LongBody extends Error {
  constructor(maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes`);
  }
}

/** Error codes of Node and OpenSSL that mean "this peer is not trusted", which no retry mends. */
const tlsCodes =
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The error itself never goes on as a cause: got's hold all request options, credentials included. */
function transportFailed(error: unknown, { purpose, url }: WireRequest): Error {
  const cause = error instanceof RequestError && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof LongBody) return registryFailed(purpose, 'too-large', cause.message);
  if (cause instanceof SilentBody) return registryFailed(purpose, 'timeout', cause.message);
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error));
  const from = url.host === purpose.host ? '' : `${url.host}: `;
  if (error.code === 'ETIMEDOUT') return registryFailed(purpose, 'timeout', `${from}${timeoutText(error)}`);
  const code = tlsCodes.test(error.code) ? 'tls' : 'network';
  return registryFailed(purpose, code, `${from}${error.code} ${error.message}`.trimEnd());
}

function timeoutText(error: RequestError): string {
  return error.message
    .replace(/^Timeout awaiting 'response' for (\d+)ms$/, 'no answer within $1 ms')
    .replace(/^Timeout awaiting 'request' for (\d+)ms$/, 'no whole answer within $1 ms');
}
