/** The pace of requests to one origin: how many at once, how many per second, and when none at all. */
import PQueue from 'p-queue';
import type { Clock } from '../../ports/clock.ts';
import type { Failed } from '../../core/base/outcome.ts';
import { describeWait, type Purpose, registryFailed } from './error.ts';
import type { RegistryLimits } from './limits.ts';

/** After so many requests in a row that got no answer at all, an origin is left alone for a while. */
const silencesUntilRest = 3;
const restMs = 30_000;

/** While a registry says that no more than this are left, requests to it start a second apart. */
const scarceRequests = 10;
const scarceGapMs = 1_000;

/**
 * Everything sent to one origin passes its gate; other origins have others, so a slow one delays nobody else.
 * An origin that asked for a pause (429) or does not answer is not asked until the pause is over.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #limits: RegistryLimits;
  readonly #connections: PQueue;
  #rate: { readonly perSecond: number; readonly queue: PQueue } | undefined;
  #pausedUntil = 0;
  #restsUntil = 0;
  #isScarce = false;
  #nextScarceAt = 0;
  #silences = 0;
  #lastSilence = '';

  constructor(clock: Clock, limits: RegistryLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#connections = new PQueue({ concurrency: limits.connectionsPerHost });
  }

  /** Of several limits for one origin the lowest counts. */
  limitTo(perSecond: number): void {
    if (this.#rate !== undefined && this.#rate.perSecond <= perSecond) return;
    const queue = new PQueue({
      interval: 1_000,
      intervalCap: Math.max(1, Math.floor(perSecond)),
      strict: true,
    });
    this.#rate = { perSecond, queue };
  }

  /** Runs a task when the pace allows it. Throws `Failed` at once while a longer pause lasts. */
  async run<T>(purpose: Purpose, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    this.#refuseWhilePaused(purpose);
    const paced = async (): Promise<T> => {
      await this.#waitForPause(purpose, signal);
      await this.#rate?.queue.add(() => undefined, { signal });
      await this.#spread(signal);
      return await task();
    };
    return await this.#connections.add(paced, { signal });
  }

  /** No request before `untilMs` (as the clock counts): the registry asked for it. */
  pause(untilMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, untilMs);
  }

  /** `left`: requests that the registry still grants; absent: it does not say. */
  answered(left?: number): void {
    this.#silences = 0;
    if (left !== undefined) this.#isScarce = left <= scarceRequests;
  }

  /** A request got no answer whatever was tried. */
  silent({ message }: Failed): void {
    this.#silences += 1;
    this.#lastSilence = message;
    if (this.#silences >= silencesUntilRest) this.#restsUntil = this.#clock.now() + restMs;
  }

  #refuseWhilePaused(purpose: Purpose): void {
    const now = this.#clock.now();
    if (this.#restsUntil > now) {
      const detail = `not asked, the host gave no answer several times in a row; the last: ${this.#lastSilence}`;
      throw registryFailed(purpose, 'network', detail);
    }
    const waitMs = this.#pausedUntil - now;
    if (waitMs <= this.#limits.maxWaitMs) return;
    const detail = `not asked, the registry wants a pause, retry in ${describeWait(waitMs)}`;
    throw registryFailed(purpose, 'rate-limited', detail, waitMs);
  }

  async #spread(signal: AbortSignal): Promise<void> {
    if (!this.#isScarce) return;
    const now = this.#clock.now();
    const startsAt = Math.max(now, this.#nextScarceAt);
    this.#nextScarceAt = startsAt + scarceGapMs;
    if (startsAt > now) await this.#clock.sleep(startsAt - now, signal);
  }

  async #waitForPause(purpose: Purpose, signal: AbortSignal): Promise<void> {
    for (;;) {
      this.#refuseWhilePaused(purpose);
      const waitMs = this.#pausedUntil - this.#clock.now();
      if (waitMs <= 0) return;
      await this.#clock.sleep(waitMs, signal);
    }
  }
}
