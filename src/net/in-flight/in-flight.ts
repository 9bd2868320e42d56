/** How much of foreign answers the process holds at a time: small ones never wait, larger ones take turns. */
import type { Clock } from '../../ports/clock.ts';
import { type PlacePace, Places, type PlaceTaker } from './places.ts';

export interface InFlightLimits {
  /** An answer up to here never waits. */
  readonly smallBytes: number;
  /** An answer up to here shares with `middleAtOnce` others; of larger ones there is one at a time. */
  readonly middleBytes: number;
  readonly middleAtOnce: number;
  /** What is read out of an answer, and kept until the whole is known, counts as large from here on. */
  readonly keptBytes: number;
  readonly pace: PlacePace;
}

export const inFlightLimits: InFlightLimits = {
  smallBytes: 64 * 1024,
  middleBytes: 1024 * 1024,
  middleAtOnce: 32,
  keptBytes: 4 * 1024 * 1024,
  pace: { leastBytes: 16 * 1024, everyMs: 5_000, longestMs: 120_000 },
};

export class InFlight {
  readonly limits: InFlightLimits;
  readonly middle: Places;
  readonly large: Places;

  constructor(clock: Pick<Clock, 'monotonicMs' | 'after'>, limits = inFlightLimits) {
    this.limits = limits;
    this.middle = new Places(limits.middleAtOnce, clock, limits.pace);
    this.large = new Places(1, clock, limits.pace);
  }

  /** For one answer, or for several of which one is held at a time. Whoever opens it closes it. */
  open(): Share {
    return new Share(this);
  }
}

/** The middle place is taken before the large one, and with the large one nothing is waited for: nobody waits in a circle. */
export class Share implements PlaceTaker {
  arrivedBytes = 0;
  isReceiving = false;
  readonly #inFlight: InFlight;
  #bodyBytes = 0;
  #keptBytes = 0;
  #hasMiddle = false;
  #hasLarge = false;
  #lost: string | undefined;
  #onLost: (reason: string) => void = () => undefined;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  /** Another body is asked for, the one before is gone. A text: why not, the place is lost that holds what is kept. */
  begin(onLost: (reason: string) => void): string | undefined {
    this.drop();
    this.isReceiving = true;
    this.#onLost = onLost;
    return this.#lost;
  }

  /** So much more of the body is there, as it came or decompressed. A promise: to be waited for before more is taken. */
  arrived(bytes: number): Promise<void> | undefined {
    const { middle, large, limits } = this.#inFlight;
    this.arrivedBytes += bytes;
    this.#bodyBytes += bytes;
    if (this.#hasLarge || this.#bodyBytes <= limits.smallBytes) return undefined;
    if (this.#bodyBytes > limits.middleBytes) {
      this.#hasLarge = true;
      return large.take(this);
    }
    if (this.#hasMiddle) return undefined;
    this.#hasMiddle = true;
    return middle.take(this);
  }

  /** All of it is there: what takes time now is our own. */
  complete(): void {
    this.isReceiving = false;
    this.#onLost = () => undefined;
  }

  /** The body is read, and so much is kept of all that was read. A promise: to be waited for before more is asked for. */
  keep(bytes: number): Promise<void> | undefined {
    this.#keptBytes = bytes;
    this.drop();
    if (this.#hasLarge || !this.#isMuchKept) return undefined;
    this.#hasLarge = true;
    return this.#inFlight.large.take(this);
  }

  /** The body is gone. */
  drop(): void {
    const { middle, large } = this.#inFlight;
    this.complete();
    this.#bodyBytes = 0;
    if (this.#hasMiddle) middle.giveBack(this);
    this.#hasMiddle = false;
    if (this.#isMuchKept) return;
    if (this.#hasLarge) large.giveBack(this);
    this.#hasLarge = false;
    this.#lost = undefined;
  }

  close(): void {
    this.#keptBytes = 0;
    this.drop();
  }

  lose(reason: string): void {
    this.#lost = reason;
    this.#onLost(reason);
  }

  get #isMuchKept(): boolean {
    return this.#keptBytes > this.#inFlight.limits.keptBytes;
  }
}
