/** The public keys of an issuer of tokens: fetched when one is wanted, kept, and bounded in number and attempts. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../core/base/json.ts';
import { within } from '../net/deadline.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyOf } from './webhook/id-token.ts';

export interface IssuerKeysOptions {
  /** The document of RFC 7517, as text. Rejects with an Error whose message may be shown. */
  readonly load: (signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
}

/** Google's change every few days, and the next one is there before it is used. */
const freshMs = 3_600_000;
/** So long an issuer that cannot be reached does no harm. */
const keptMs = 24 * freshMs;
/** Whoever sends names of keys that nobody has does not have the issuer asked more often. */
const restMs = 60_000;
const deadlineMs = 5_000;
const maxKeys = 32;
const minBits = 2048;
const maxBits = 8192;

const keySchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(200),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
  n: z.string(),
  e: z.string(),
});
const documentSchema = z.object({ keys: z.array(z.unknown()) });

export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  /** Of the last attempt; "" where it succeeded. */
  #trouble = '';
  #loading: Promise<void> | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  readonly keyOf: KeyOf = async (id) => {
    if (!this.#keys.has(id) || this.#ageMs() >= freshMs) await this.#renew();
    const key = this.#ageMs() < keptMs ? this.#keys.get(id) : undefined;
    if (key !== undefined || this.#trouble === '') return key;
    return `the keys of the issuer cannot be had: ${this.#trouble}`;
  };

  #ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#loadedAtMs;
  }

  /** All who want a key meanwhile wait for the one request. */
  async #renew(): Promise<void> {
    const { clock } = this.#options;
    if (this.#loading === undefined && clock.monotonicMs() - this.#triedAtMs >= restMs) {
      this.#triedAtMs = clock.monotonicMs();
      this.#loading = this.#load().finally(() => {
        this.#loading = undefined;
      });
    }
    await this.#loading;
  }

  async #load(): Promise<void> {
    const { clock, load } = this.#options;
    try {
      this.#keys = readKeys(await within(clock, deadlineMs, [], load));
      this.#loadedAtMs = clock.monotonicMs();
      this.#trouble = '';
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : 'unknown';
    }
  }
}

/** Keys of other kinds and sizes are passed over; throws where none is left. */
function readKeys(text: string): ReadonlyMap<string, KeyObject> {
  const document = documentSchema.safeParse(parseJson(text));
  const entries = document.success ? document.data.keys.slice(0, maxKeys).flatMap(readKey) : [];
  if (entries.length === 0) throw new Error('the answer holds no RSA key');
  return new Map(entries);
}

function readKey(value: unknown): readonly (readonly [string, KeyObject])[] {
  const parsed = keySchema.safeParse(value);
  if (!parsed.success) return [];
  const { kid, kty, n, e } = parsed.data;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= minBits && bits <= maxBits ? [[kid, key]] : [];
  } catch {
    return []; // numbers that are none
  }
}
