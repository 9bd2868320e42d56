/** Requests to registries and their token servers: paced, retried, redirected within the rules. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import type { RegistryHold, RegistryRequest } from '../../ports/observation.ts';
import { Failed } from '../../core/base/outcome.ts';
import { describeStatus, type Purpose, registryFailed } from './error.ts';
import { Gate, type Pass, type Turn } from '../pace/gate.ts';
import type { PaceNews, RequestKind } from '../pace/lane.ts';
import { NotAsked } from '../pace/not-asked.ts';
import { quotaFields, readQuota } from '../pace/quota.ts';
import { Stopwatch } from '../pace/stopwatch.ts';
import { checkRedirect } from './origin.ts';
import { backoffMs, isPassingFailure, isPassingStatus, isSilence, readPause, retryAfterIn } from './retry.ts';
import { checkGuard, checkNamed, exchange, type Reply, type WireOptions, type WireRequest } from './wire.ts';

export interface HttpRequest extends WireRequest {
  /** Sent to the origin of `url` only, never along a redirect to another one. */
  readonly authorization?: string;
  /** Requests per second that the origin of `url` may get; absent: as many as come. */
  readonly limitPerSecond?: number;
  /** Whose quota it costs: tells credentials apart without holding them; absent: nobody's. */
  readonly account?: string;
  /** Absent: "free". */
  readonly kind?: RequestKind;
  /** A redirect to another origin is refused. */
  readonly staysAtOrigin?: true;
}

/** Sends one request; the seam that tests replace the network at. */
export type Exchange = (request: WireRequest, signal: AbortSignal) => Promise<Reply>;

export interface HttpOptions extends WireOptions {
  readonly clock: Clock;
  readonly onRequest: (event: RegistryRequest) => void;
  /** Told the text of the header `Date` of answers that no cache gave. */
  readonly onDate?: (host: string, date: string) => void;
  readonly onHold?: (event: RegistryHold) => void;
  readonly exchange?: Exchange;
}

/** Refusals of one request for its pace; more than a shared pace ever takes to be learnt. */
const maxRefusals = 20;

interface Attempt {
  readonly result: Reply | Failed;
  /** It found out for everybody whether the origin is still down. */
  readonly isProbe: boolean;
  /** It was refused for its pace only, and may be sent again when its turn comes. */
  readonly mayTakeTurnAgain: boolean;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class Http {
  readonly #options: HttpOptions;
  /** By origin; bounded since redirects may lead to any number of them. */
  readonly #gates = new LRUCache<string, Gate>({ max: 1_000 });
  readonly #stopwatches = new LRUCache<string, Stopwatch>({ max: 20_000 });
  #cycle = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** From now on each refusal that lasts may be looked at once more. */
  openCycle(): void {
    this.#cycle += 1;
  }

  /** The time that requests for a repository took, whomever they went to, without waiting for their turn. */
  stopwatch(purpose: Purpose): Stopwatch {
    const group = groupOf(purpose);
    const stopwatch = this.#stopwatches.get(group) ?? new Stopwatch(this.#options.clock);
    this.#stopwatches.set(group, stopwatch);
    return stopwatch;
  }

  /** All questions about a repository are answered: other repositories of the origin come first from now on. */
  finished(purpose: Purpose, origin: string): void {
    this.#gates.get(origin)?.finished(groupOf(purpose));
  }

  /** The quota of counted requests at an origin; absent where it told of none. */
  grant(purpose: Purpose, origin: string, account: string): ReturnType<Gate['grant']> {
    return this.#gates.get(origin)?.grant({ account, kind: 'counted', group: groupOf(purpose) });
  }

  /**
   * The answer, whatever its status, after retries and redirects; a 429 or 5xx is the last of several.
   * Throws `Failed` where there is none, or where a redirect is refused.
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    const visited = new Set<string>();
    let hop = request;
    for (;;) {
      if (hop.guard !== undefined) await checkGuard(this.#options.connections, hop.url, hop.guard);
      const reply = await this.#sendPatiently(hop, signal);
      const location = reply.headers.location;
      if (!redirectStatuses.has(reply.status) || location === undefined) return reply;
      visited.add(hop.url.href);
      hop = this.#follow(hop, location, reply, visited);
    }
  }

  #follow(hop: HttpRequest, location: string, { reach }: Reply, visited: ReadonlySet<string>): HttpRequest {
    const { purpose } = hop;
    const { url, guard } = checkRedirect(hop.url, location, reach, purpose);
    if (hop.method === 'POST') throw registryFailed(purpose, 'refused', 'a token request was redirected');
    if (visited.has(url.href)) throw registryFailed(purpose, 'refused', 'the redirects run in a circle');
    if (visited.size > this.#options.limits.maxRedirects) {
      throw registryFailed(purpose, 'refused', `more than ${this.#options.limits.maxRedirects} redirects`);
    }
    if (url.origin === hop.url.origin) return { ...hop, url, guard };
    if (hop.staysAtOrigin) {
      checkNamed(url, guard);
      throw guard.refuse('a token server answers for itself');
    }
    const { authorization: _kept, limitPerSecond: _pace, account: _account, kind: _kind, ...rest } = hop;
    return { ...rest, url, guard };
  }

  async #sendPatiently(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    const { clock, limits } = this.#options;
    const gate = this.#gate(request);
    let [tried, refused] = [0, 0];
    for (;;) {
      const attempt = await this.#attempt(request, gate, tried > 0, signal);
      if (attempt.mayTakeTurnAgain && refused < maxRefusals) {
        refused += 1;
        continue;
      }
      tried += 1;
      const waitMs =
        attempt.isProbe || tried >= limits.tries ? undefined : this.#pauseAfter(attempt.result, tried);
      if (waitMs === undefined) return this.#conclude(request, attempt.result, gate);
      const isOver = gate.willRetry(this.#turn(request));
      await orCancelled(clock.sleep(waitMs, signal), request.purpose, signal).finally(isOver);
    }
  }

  /** The pause before the next try; absent where no try would help, or only after too long a pause. */
  #pauseAfter(result: Reply | Failed, tried: number): number | undefined {
    const { clock, limits } = this.#options;
    const backoff = backoffMs(tried, limits, clock.random());
    if (result instanceof Failed) return isPassingFailure(result) ? backoff : undefined;
    if (!isPassingStatus(result.status) || result.status === 429) return undefined;
    const waitMs = Math.max(retryAfterIn(result.headers, clock.now()) ?? 0, backoff);
    return waitMs > limits.maxWaitMs ? undefined : waitMs;
  }

  #conclude(request: HttpRequest, result: Reply | Failed, gate: Gate): Reply {
    if (result instanceof Failed) {
      gate.failed(this.#turn(request), 'silence', result.message);
      throw result;
    }
    if (result.status >= 500) gate.failed(this.#turn(request), 'error', describeStatus(result.status));
    return result;
  }

  /** One exchange when its turn comes; what is neither an answer nor silence is thrown. */
  async #attempt(request: HttpRequest, gate: Gate, isRetry: boolean, signal: AbortSignal): Promise<Attempt> {
    const { authorization, purpose } = request;
    const headers = authorization === undefined ? request.headers : { ...request.headers, authorization };
    const passed = gate.run(
      { ...this.#turn(request), isRetry },
      signal,
      async ({ isProbe, answered }: Pass) => {
        try {
          const result = await this.#watched({ ...request, headers }, signal);
          const news = this.#newsOf(result);
          return { result, isProbe, mayTakeTurnAgain: answered(news) && news.isRefused };
        } catch (error) {
          if (!(error instanceof Failed && isSilence(error))) throw error;
          return { result: error, isProbe, mayTakeTurnAgain: false };
        }
      },
    );
    return await orCancelled(passed, purpose, signal);
  }

  #newsOf(reply: Reply): PaceNews {
    const nowMs = this.#options.clock.now();
    const pauseMs = readPause(reply, nowMs);
    const quota = readQuota(reply.headers, nowMs);
    return {
      isRefused: reply.status === 429 || (reply.status === 403 && pauseMs !== undefined),
      isError: reply.status >= 500,
      ...(pauseMs === undefined ? {} : { pauseMs }),
      ...(quota === undefined ? {} : { quota }),
    };
  }

  #turn({ account = '', kind = 'free', purpose }: HttpRequest): Turn {
    return { account, kind, group: groupOf(purpose), stopwatch: this.stopwatch(purpose) };
  }

  async #watched(request: WireRequest, signal: AbortSignal): Promise<Reply> {
    const { clock, onRequest, onDate, exchange: send = this.#exchange } = this.#options;
    const { url, method, purpose } = request;
    const started = clock.monotonicMs();
    const tell = (end: Pick<RegistryRequest, 'ok' | 'status' | 'remaining' | 'limit' | 'resetMs'>): void =>
      onRequest({
        host: url.host,
        registry: purpose.host,
        repository: purpose.repository,
        action: purpose.action,
        method,
        path: url.pathname,
        ...end,
        durationMs: clock.monotonicMs() - started,
      });
    try {
      const reply = await send(request, signal);
      const { status, headers } = reply;
      // what a cache had kept tells the time of long ago
      if (headers.date !== undefined && headers.age === undefined) onDate?.(url.host, headers.date);
      tell({ ok: status < 400, status, ...quotaFields(readQuota(headers, clock.now())) });
      return reply;
    } catch (error) {
      tell({ ok: false });
      throw error;
    }
  }

  readonly #exchange: Exchange = (request, signal) => exchange(this.#options, request, signal);

  #gate({ url, limitPerSecond }: HttpRequest): Gate {
    const { clock, limits, onHold } = this.#options;
    const { connectionsPerHost, maxWaitMs } = limits;
    const gate =
      this.#gates.get(url.origin) ??
      new Gate({
        clock,
        connectionsPerHost,
        maxWaitMs,
        cycle: () => this.#cycle,
        onHold: (hold) => onHold?.({ host: url.host, ...hold }),
      });
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
    if (signal.aborted) throw registryFailed(purpose, 'cancelled', 'cancelled');
    throw error instanceof NotAsked
      ? registryFailed(purpose, error.code, error.message, { retryAfterMs: error.waitMs })
      : error;
  }
}

/** Repositories take turns. */
function groupOf({ host, repository }: Purpose): string {
  return `${host}/${repository}`;
}
