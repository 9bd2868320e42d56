/** Requests to the Kubernetes API over one kept connection: bounded answers, credentials renewed after a 401. */
import { setImmediate } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Clock } from '../../ports/clock.ts';
import { boundedText, makeAnswer } from './answer.ts';
import type { ApiAnswer, ApiCall } from './error.ts';
import { type ApiRequest, type Exchange, makeExchange, type OnRequest, type Transport } from './exchange.ts';
import type { CapturingKubeConfig } from './capturing-config.ts';
import { makeSessions, type Session, type Sessions } from './session.ts';

export interface KubeClientOptions {
  readonly load: () => CapturingKubeConfig;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly requestTimeoutMs: number;
  readonly onRequest?: OnRequest;
}

const maxParallelRequests = 8; // each may hold a socket of its own where the server speaks HTTP/1.1

export function makeKubeClient(options: KubeClientOptions): Exchange {
  const { clock, requestTimeoutMs, onRequest } = options;
  const transport = makeTransport(makeSessions(options.load, clock), options.userAgent);
  const exchange = makeExchange({
    transport,
    clock,
    requestTimeoutMs,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  const queue = new PQueue({ concurrency: maxParallelRequests });
  return (call: ApiCall, request: ApiRequest, signal: AbortSignal) =>
    queue.add(() => exchange(call, request, signal));
}

function makeTransport(sessions: Sessions, userAgent: string): Transport {
  return async (request, signal) => {
    const session = await orAborted(sessions.current(), signal);
    const answer = await sendOver(session, request, userAgent, signal);
    if (answer.status !== 401) return answer;
    const renewed = await orAborted(sessions.renew(session), signal);
    return sendOver(renewed, request, userAgent, signal);
  };
}

async function sendOver(
  session: Session,
  request: ApiRequest,
  userAgent: string,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { statusCode, headers, body } = await session.dispatcher.request({
    origin: session.origin,
    path: session.basePath + request.path,
    method: request.method,
    headers: {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      ...session.headers,
    },
    body: request.body ?? null,
    signal,
  });
  const text = await boundedText(body, request.maxBodyBytes);
  // a socket is free for the next request one turn later: one that came at once would open another socket
  await setImmediate();
  return makeAnswer({ status: statusCode, headers }, text, session.authorization);
}

/** Credentials may come from a plugin that hangs; the work goes on for whoever asks next. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
