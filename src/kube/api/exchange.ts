/** One request to a cluster API: deadline, retries of reads, and counting, whatever carries it. */
import type { ApiRequestSent } from '../../ports/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Failed } from '../../core/base/outcome.ts';
import { readRetryAfter } from '../../net/retry-after.ts';
import type { BodySink } from '../../net/in-flight/arriving-body.ts';
import { within } from '../../net/deadline.ts';
import { type ApiAnswer, type ApiCall, answerFailure, apiFailure, transportFailure } from './error.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Path and query below the server's address, starting with `/`. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Answers above are not read. */
  readonly maxBodyBytes: number;
  /** Takes the body of a 2xx answer as it comes, instead of having it kept. Argo CD's API only: Kubernetes has pages. */
  readonly sink?: BodySink;
  /** Sending it twice does no harm though it is no GET. */
  readonly isRepeatable?: boolean;
}

/** Sends once. Rejects where no answer came. */
export type Transport = (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;

/** Told after every request that was sent, also the repeated ones. */
export type OnRequest = (event: ApiRequestSent) => void;

export interface ExchangeOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly onRequest?: OnRequest;
}

/**
 * Answers of any status; reads (GET) and what is repeatable are repeated up to three times after 429, 5xx and network faults.
 * Throws `Failed` (kube) where no answer came.
 */
export type Exchange = (call: ApiCall, request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;

const maxRetries = 3;
const firstDelayMs = 250;
const maxRetryAfterMs = 30_000; // a server that wants more is asked again in the next cycle

export function makeExchange(options: ExchangeOptions): Exchange {
  return async (call, request, signal) => {
    for (let attempt = 0; ; attempt += 1) {
      const repeatable = request.method === 'GET' || request.isRepeatable === true;
      const last = !repeatable || attempt === maxRetries;
      const answer = await sendOnce(options, call, request, signal, last);
      const delayMs = last ? null : retryDelayMs(answer, attempt, options.clock);
      if (delayMs === null && answer !== null) return answer;
      await pause(options.clock, call, delayMs ?? 0, signal);
    }
  };
}

/** Body of a 2xx answer; throws `Failed` (kube) for any other one, and for one that was too large. */
export function successBody(call: ApiCall, answer: ApiAnswer): string {
  if (answer.status < 200 || answer.status > 299) throw answerFailure(call, answer);
  if (answer.truncated) throw apiFailure(call, 'malformed', 'the answer is larger than allowed');
  return answer.body;
}

/** Sleeps, with an abort told as a failure of the call. */
export async function pause(clock: Clock, call: ApiCall, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (fault) {
    throw abortFailure(call, signal, fault);
  }
}

/** Tells a deadline of the whole undertaking from a request to stop. */
function abortFailure(call: ApiCall, signal: AbortSignal, fault: unknown): Failed {
  const reason: unknown = signal.reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  if (timedOut) return apiFailure(call, 'timeout', 'not finished in time', { cause: fault });
  return apiFailure(call, 'cancelled', 'cancelled', { cause: fault });
}

/** Exponential, with half of it left to chance, so that many clients do not come back at once. */
export function backOffMs(attempt: number, clock: Clock): number {
  return firstDelayMs * 2 ** attempt * (0.5 + clock.random());
}

/** null: a fault that is worth another attempt. */
async function sendOnce(
  options: ExchangeOptions,
  call: ApiCall,
  request: ApiRequest,
  signal: AbortSignal,
  last: boolean,
): Promise<ApiAnswer | null> {
  let isLate = false;
  const startedAt = options.clock.monotonicMs();
  const tell = (ok: boolean, status?: number): void =>
    options.onRequest?.({
      ok,
      method: request.method,
      resource: call.resource,
      ...(status === undefined ? {} : { status }),
      durationMs: options.clock.monotonicMs() - startedAt,
    });
  try {
    const answer = await within(options.clock, options.requestTimeoutMs, [signal], (limited) => {
      limited.addEventListener('abort', () => {
        isLate = !signal.aborted;
      });
      return options.transport(request, limited);
    });
    tell(answer.status < 400 || answer.status === 404, answer.status);
    return answer;
  } catch (fault) {
    tell(false);
    if (signal.aborted) throw abortFailure(call, signal, fault);
    const failed = transportFailure(call, fault, isLate);
    if (last || !isTransient(failed.failure)) throw failed;
    return null;
  }
}

function isTransient(failure: { readonly kind: string; readonly code?: string }): boolean {
  return failure.kind === 'kube' && (failure.code === 'network' || failure.code === 'timeout');
}

/** Milliseconds until the next attempt; null: take the answer as it is. */
function retryDelayMs(answer: ApiAnswer | null, attempt: number, clock: Clock): number | null {
  if (answer === null) return backOffMs(attempt, clock);
  if (answer.status !== 429 && answer.status < 500) return null;
  const askedMs = readRetryAfter(answer.retryAfter, clock.now());
  if (askedMs === undefined) return backOffMs(attempt, clock);
  return askedMs > maxRetryAfterMs ? null : askedMs + firstDelayMs * clock.random();
}
