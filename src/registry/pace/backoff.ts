/** Repositories that refuse us again and again are asked more and more rarely. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import type { Failure } from '../../core/base/outcome.ts';

interface Refusals {
  readonly count: number;
  readonly quietUntilMs: number;
  readonly failure: Failure;
}

const firstPauseMs = 60_000;
const longestPauseMs = 600_000;

/**
 * Counts cycles in a row that a key was refused in. The first refusal has no consequence; from the second on there
 * is a pause of one minute, two, four … ten. Keys hold the credential's identity, so another credential starts anew.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #refusals = new LRUCache<string, Refusals>({ max: 10_000 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last refusal and how long it still holds; absent: ask. */
  quiet(key: string): { readonly failure: Failure; readonly waitMs: number } | undefined {
    const refusals = this.#refusals.get(key);
    const waitMs = (refusals?.quietUntilMs ?? 0) - this.#clock.monotonicMs();
    return refusals === undefined || waitMs <= 0 ? undefined : { failure: refusals.failure, waitMs };
  }

  refused(key: string, failure: Failure): void {
    const count = (this.#refusals.get(key)?.count ?? 0) + 1;
    const pauseMs = count === 1 ? 0 : Math.min(firstPauseMs * 2 ** (count - 2), longestPauseMs);
    this.#refusals.set(key, { count, quietUntilMs: this.#clock.monotonicMs() + pauseMs, failure });
  }

  succeeded(key: string): void {
    this.#refusals.delete(key);
  }
}
