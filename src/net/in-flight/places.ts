/** A few places, for work that waits for foreign servers: first come, first served, and nobody keeps one for ever. */
import { formatGoDuration } from '../../core/base/duration.ts';
import type { Clock } from '../../ports/clock.ts';

export interface PlaceTaker {
  /** Grows with every byte that comes. */
  readonly arrivedBytes: number;
  /** False while it is our own work that takes time. */
  readonly isReceiving: boolean;
  /** The place is gone: others had waited for it. */
  lose(reason: string): void;
}

/** What whoever holds a place has to keep up with while others wait. */
export interface PlacePace {
  /** Bytes that have to come in every `everyMs`. */
  readonly leastBytes: number;
  readonly everyMs: number;
  readonly longestMs: number;
}

interface Held {
  readonly sinceMs: number;
  seenBytes: number;
}

export class Places {
  readonly #count: number;
  readonly #clock: Pick<Clock, 'monotonicMs' | 'after'>;
  readonly #pace: PlacePace;
  readonly #holding = new Map<PlaceTaker, Held>();
  readonly #waiting = new Map<PlaceTaker, () => void>();
  #cancelLook: (() => void) | undefined;

  constructor(count: number, clock: Pick<Clock, 'monotonicMs' | 'after'>, pace: PlacePace) {
    this.#count = count;
    this.#clock = clock;
    this.#pace = pace;
  }

  /** What to wait for until there is a place; undefined: there is one. It never comes for whoever gives it back before. */
  take(taker: PlaceTaker): Promise<void> | undefined {
    if (this.#holding.size < this.#count) {
      this.#hold(taker);
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(taker, resolve);
    this.#watch();
    return promise;
  }

  /** Also for whoever still waits, or never took one. */
  giveBack(taker: PlaceTaker): void {
    this.#waiting.delete(taker);
    if (this.#holding.delete(taker)) this.#admit();
    if (this.#waiting.size > 0) return;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  #hold(taker: PlaceTaker): void {
    this.#holding.set(taker, { sinceMs: this.#clock.monotonicMs(), seenBytes: taker.arrivedBytes });
  }

  #admit(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [taker, go] = first;
    this.#waiting.delete(taker);
    this.#hold(taker);
    go();
  }

  #watch(): void {
    if (this.#cancelLook !== undefined) return;
    for (const [taker, held] of this.#holding) held.seenBytes = taker.arrivedBytes;
    this.#lookLater();
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(this.#pace.everyMs, () => {
      this.#cancelLook = undefined;
      this.#look();
      if (this.#waiting.size > 0) this.#lookLater();
    });
  }

  #look(): void {
    const late = new Map<PlaceTaker, string>();
    for (const [taker, held] of this.#holding) {
      const reason = this.#reproach(taker, held);
      held.seenBytes = taker.arrivedBytes;
      if (reason !== undefined) late.set(taker, reason);
    }
    for (const [taker, reason] of late) {
      if (this.#waiting.size === 0) return;
      taker.lose(reason);
      this.giveBack(taker);
    }
  }

  #reproach({ arrivedBytes, isReceiving }: PlaceTaker, { sinceMs, seenBytes }: Held): string | undefined {
    const { leastBytes, everyMs, longestMs } = this.#pace;
    if (isReceiving && arrivedBytes - seenBytes < leastBytes)
      return `a large answer of which less than ${leastBytes} bytes came in ${formatGoDuration(everyMs)}, while others waited`;
    if (this.#clock.monotonicMs() - sinceMs > longestMs)
      return `a large answer that was not done after ${formatGoDuration(longestMs)}, while others waited`;
    return undefined;
  }
}
