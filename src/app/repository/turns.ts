/** Taking turns: at most so many at once, first come first served. */
import type { Clock } from '../../ports/clock.ts';

/** Whoever takes long lends its turn to the next one and goes on beside it. */
export interface Lending {
  readonly afterMs: number;
  /** So many at once. */
  readonly most: number;
  readonly clock: Clock;
}

export class Turns {
  readonly #limit: number;
  readonly #lending: Lending | undefined;
  #taken = 0;
  #lent = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number, lending?: Lending) {
    this.#limit = limit;
    this.#lending = lending;
  }

  get isTaken(): boolean {
    return this.#taken > 0;
  }

  /** Runs the work as soon as a turn is free. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    const giveBack = this.#lend();
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  /** What ends the turn, lent or not. */
  #lend(): () => void {
    const { afterMs, most, clock } = this.#lending ?? {};
    if (afterMs === undefined || most === undefined || clock === undefined) return () => this.#free();
    let isLent = false;
    const cancel = clock.after(afterMs, () => {
      if (this.#lent >= most) return;
      isLent = true;
      this.#lent += 1;
      this.#free();
    });
    return () => {
      cancel();
      if (isLent) this.#lent -= 1;
      else this.#free();
    };
  }

  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
