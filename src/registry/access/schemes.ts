/** How registries want to be authenticated to, as far as their answers told. */
import { LRUCache } from 'lru-cache';
import type { Reach } from '../../net/reach.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Challenge } from './challenge.ts';

export interface BearerScheme {
  readonly kind: 'bearer';
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
  /** Of the server that named the realm. */
  readonly reach: Reach;
}

export type Scheme = BearerScheme | { readonly kind: 'basic' } | { readonly kind: 'open' };

/** The challenge to answer: Bearer, else Basic if there is something to answer with. */
export function chooseScheme(
  challenges: readonly Challenge[],
  reach: Reach,
  hasCredential: boolean,
): Exclude<Scheme, { kind: 'open' }> | undefined {
  for (const { scheme, parameters } of challenges) {
    const realm = parameters.get('realm');
    if (scheme !== 'bearer' || realm === undefined) continue;
    const [service, scope] = [parameters.get('service'), parameters.get('scope')];
    return { kind: 'bearer', realm, service, scope, reach };
  }
  return offersBasic(challenges) && hasCredential ? { kind: 'basic' } : undefined;
}

export function offersBasic(challenges: readonly Challenge[]): boolean {
  return challenges.some(({ scheme }) => scheme === 'basic');
}

/** Longest that other requests hold back while the first one to a registry finds out. */
const holdBackMs = 1_000;

/**
 * Schemes by API URL. Since the first request to a registry is the probe too, those that come meanwhile hold back
 * shortly: with its challenge known they need not be refused one by one.
 */
export class KnownSchemes {
  readonly #clock: Clock;
  /** Tenants may name any number of registries. */
  readonly #schemes = new LRUCache<string, Scheme>({ max: 2_000 });
  readonly #probes = new Map<string, Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(apiUrl: string): Scheme | undefined {
    return this.#schemes.get(apiUrl);
  }

  learn(apiUrl: string, scheme: Scheme): void {
    this.#schemes.set(apiUrl, scheme);
  }

  /** An answer without a challenge says nothing against a scheme that is known. */
  learnOpen(apiUrl: string): void {
    if (!this.#schemes.has(apiUrl)) this.#schemes.set(apiUrl, { kind: 'open' });
  }

  /** Nothing is known any more, unless something else has been learnt meanwhile. */
  forget(apiUrl: string, scheme: Scheme): void {
    if (this.#schemes.get(apiUrl) === scheme) this.#schemes.delete(apiUrl);
  }

  /** Runs `work`; the first for an API URL is its probe until it calls `contacted` or ends. */
  async contact<T>(
    apiUrl: string,
    signal: AbortSignal,
    work: (contacted: () => void) => Promise<T>,
  ): Promise<T> {
    if (this.#schemes.has(apiUrl)) return await work(() => undefined);
    const probe = this.#probes.get(apiUrl);
    if (probe !== undefined) {
      const waiting = new AbortController();
      const either = AbortSignal.any([signal, waiting.signal]);
      await Promise.race([probe, this.#clock.sleep(holdBackMs, either).catch(() => undefined)]);
      waiting.abort();
      return await work(() => undefined);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#probes.set(apiUrl, promise);
    try {
      return await work(resolve);
    } finally {
      resolve();
      this.#probes.delete(apiUrl);
    }
  }
}
