/** Requests to registries and their token servers: paced, retried, redirected within the rules. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import { Failed } from '../../core/base/outcome.ts';
import { type Purpose, registryFailed } from './error.ts';
import { Gate } from './gate.ts';
import { checkRedirect } from './origin.ts';
import {
  backoffMs,
  isPassingFailure,
  isPassingStatus,
  isSilence,
  readRequestsLeft,
  readRetryAfter,
} from './retry.ts';
import { exchange, type Reply, type WireOptions, type WireRequest } from './wire.ts';

/** One exchange as it ended; `status` is absent where no answer came. */
export interface RequestEvent {
  readonly host: string;
  readonly ok: boolean;
  readonly status?: number;
  readonly durationMs: number;
}

export interface HttpRequest extends WireRequest {
  /** Sent to the origin of `url` only, never along a redirect to another one. */
  readonly authorization?: string;
  /** Requests per second that the origin of `url` may get; absent: as many as come. */
  readonly limitPerSecond?: number;
}

export interface HttpOptions extends WireOptions {
  readonly clock: Clock;
  readonly onRequest: (event: RequestEvent) => void;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class Http {
  readonly #options: HttpOptions;
  /** By origin; bounded since redirects may lead to any number of them. */
  readonly #gates = new LRUCache<string, Gate>({ max: 1_000 });

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * The answer, whatever its status, after retries and redirects; a 429 or 5xx is the last of several.
   * Throws `Failed` where there is none, or where a redirect is refused.
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    const visited = new Set<string>();
    let hop = request;
    for (;;) {
      const reply = await this.#sendPatiently(hop, signal);
      const location = reply.headers.location;
      if (!redirectStatuses.has(reply.status) || location === undefined) return reply;
      visited.add(hop.url.href);
      hop = this.#follow(hop, location, visited);
    }
  }

  #follow(hop: HttpRequest, location: string, visited: ReadonlySet<string>): HttpRequest {
    const { purpose } = hop;
    const url = checkRedirect(hop.url, location, purpose);
    if (hop.method === 'POST') throw registryFailed(purpose, 'refused', 'a token request was redirected');
    if (visited.has(url.href)) throw registryFailed(purpose, 'refused', 'the redirects run in a circle');
    if (visited.size > this.#options.limits.maxRedirects) {
      throw registryFailed(purpose, 'refused', `more than ${this.#options.limits.maxRedirects} redirects`);
    }
    if (url.origin === hop.url.origin) return { ...hop, url };
    const { authorization: _kept, limitPerSecond: _pace, ...rest } = hop;
    return { ...rest, url };
  }

  async #sendPatiently(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    const { clock, limits } = this.#options;
    const gate = this.#gate(request);
    for (let tried = 1; ; tried += 1) {
      const attempt = await this.#attempt(request, gate, signal);
      const waitMs = this.#pauseAfter(attempt, gate, tried);
      if (waitMs === undefined || tried >= limits.tries) {
        if (!(attempt instanceof Failed)) return attempt;
        gate.silent(attempt);
        throw attempt;
      }
      await orCancelled(clock.sleep(waitMs, signal), request.purpose, signal);
    }
  }

  /** The pause before the next try; absent where no try would help, or only after too long a pause. */
  #pauseAfter(attempt: Reply | Failed, gate: Gate, tried: number): number | undefined {
    const { clock, limits } = this.#options;
    const backoff = backoffMs(tried, limits, clock.random());
    if (attempt instanceof Failed) return isPassingFailure(attempt) ? backoff : undefined;
    gate.answered(readRequestsLeft(attempt.headers));
    if (!isPassingStatus(attempt.status)) return undefined;
    const waitMs = Math.max(readRetryAfter(attempt.headers, clock.now()) ?? 0, backoff);
    if (attempt.status === 429) gate.pause(clock.now() + waitMs);
    return waitMs > limits.maxWaitMs ? undefined : waitMs;
  }

  /** An answer, or the failure to get one; other failures are thrown. */
  async #attempt(request: HttpRequest, gate: Gate, signal: AbortSignal): Promise<Reply | Failed> {
    const { authorization, purpose } = request;
    const headers = authorization === undefined ? request.headers : { ...request.headers, authorization };
    const passed = gate.run(purpose, signal, async () => {
      try {
        return await this.#watched({ ...request, headers }, signal);
      } catch (error) {
        if (error instanceof Failed && isSilence(error)) return error;
        throw error;
      }
    });
    return await orCancelled(passed, purpose, signal);
  }

  async #watched(request: WireRequest, signal: AbortSignal): Promise<Reply> {
    const { clock, onRequest } = this.#options;
    const { host } = request.url;
    const started = clock.now();
    try {
      const reply = await exchange(this.#options, request, signal);
      onRequest({ host, ok: reply.status < 400, status: reply.status, durationMs: clock.now() - started });
      return reply;
    } catch (error) {
      onRequest({ host, ok: false, durationMs: clock.now() - started });
      throw error;
    }
  }

  #gate({ url, limitPerSecond }: HttpRequest): Gate {
    const { clock, limits } = this.#options;
    const gate = this.#gates.get(url.origin) ?? new Gate(clock, limits);
    this.#gates.set(url.origin, gate);
    if (limitPerSecond !== undefined) gate.limitTo(limitPerSecond);
    return gate;
  }
}

/** Waiting ends with the signal's reason; for the caller that is a failure of the request. */
async function orCancelled<T>(work: Promise<T>, purpose: Purpose, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal.aborted ? registryFailed(purpose, 'cancelled', 'cancelled') : error;
  }
}
