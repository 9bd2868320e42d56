/** One HTTP exchange: no retry, no redirect, bounded in time and size. */
import type { IncomingHttpHeaders } from 'node:http';
import got, { RequestError } from 'got';
import { Failed } from '../../core/base/outcome.ts';
import type { Connections } from '../../net/connections.ts';
import { type Purpose, registryFailed } from './error.ts';
import type { RegistryLimits } from './limits.ts';
import type { TlsPolicy } from '../../net/trust.ts';

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
  readonly connections: Connections;
  readonly userAgent: string;
  readonly limits: RegistryLimits;
}

/** Throws `Failed` where no whole answer arrives; every status is an answer. */
export async function exchange(
  options: WireOptions,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const stream = await open(options, request, signal);
    return await receive(stream, request.maxBytes, options.limits);
  } catch (error) {
    if (signal.aborted) throw registryFailed(request.purpose, 'cancelled', 'cancelled');
    throw transportFailed(error, request);
  }
}

async function open(
  { connections, userAgent, limits }: WireOptions,
  request: WireRequest,
  signal: AbortSignal,
) {
  const agent = await agentFor(connections, request);
  return got.stream(request.url, {
    method: request.method,
    headers: { ...request.headers, 'user-agent': userAgent },
    ...(request.body === undefined ? {} : { body: request.body }),
    agent: { ...agent },
    signal,
    timeout: { request: limits.wholeTimeoutMs },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
}

async function agentFor(connections: Connections, { url, tls, purpose }: WireRequest) {
  try {
    return await connections.agent(url, tls);
  } catch (error) {
    throw registryFailed(purpose, 'tls', error instanceof Error ? error.message : 'unreadable certificates');
  }
}

/** Listens to events, which costs a third less than iterating over the stream. */
async function receive(
  stream: Awaited<ReturnType<typeof open>>,
  maxBytes: number,
  { headerTimeoutMs, bodyIdleMs }: RegistryLimits,
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const endAfter = (ms: number, what: string) =>
    setTimeout(() => stream.destroy(new BrokenOff('timeout', `${what} ${ms} ms`)), ms);
  // From name lookup to header in one: a host that takes no connection is as silent as one that never answers.
  let silence = endAfter(headerTimeoutMs, 'no answer within');
  stream.once('response', () => {
    clearTimeout(silence);
    silence = endAfter(bodyIdleMs, 'the answer stalled for');
  });
  stream.on('data', (chunk: Buffer) => {
    silence.refresh();
    bytes += chunk.length;
    if (bytes > maxBytes)
      stream.destroy(new BrokenOff('too-large', `the answer is longer than ${maxBytes} bytes`));
    else chunks.push(chunk);
  });
  stream.once('end', () => {
    const { response } = stream;
    if (response === undefined)
      return reject(new BrokenOff('network', 'the stream ended without a response'));
    resolve({
      status: response.statusCode,
      headers: response.headers,
      challenges: response.headersDistinct['www-authenticate'] ?? [],
      body: Buffer.concat(chunks),
    });
  });
  stream.on('error', reject);
  stream.once('close', () => reject(new BrokenOff('network', 'the connection closed before the end')));
  try {
    return await promise;
  } finally {
    clearTimeout(silence);
  }
}

/** Why we, or nobody knows who, ended an exchange early. */
class BrokenOff extends Error {
  readonly code: 'timeout' | 'too-large' | 'network';

  constructor(code: BrokenOff['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Error codes of Node and OpenSSL that mean "this peer is not trusted", which no retry mends. */
const tlsCodes =
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The error itself never goes on as a cause: got's hold all request options, credentials included. */
function transportFailed(error: unknown, { purpose, url }: WireRequest): Error {
  if (error instanceof Failed) return error;
  const isNamed = url.host === purpose.host || purpose.action.endsWith(` ${url.host}`);
  const from = isNamed ? '' : `${url.host}: `;
  const cause = error instanceof RequestError && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof BrokenOff) return registryFailed(purpose, cause.code, `${from}${cause.message}`);
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'ETIMEDOUT') return registryFailed(purpose, 'timeout', `${from}${error.message}`);
  const code = tlsCodes.test(error.code) ? 'tls' : 'network';
  const detail = error.message.includes(error.code) ? error.message : `${error.code} ${error.message}`;
  return registryFailed(purpose, code, `${from}${detail}`);
}
