/** How long something has been worked on, without the time that it only waited for its turn. */
import type { Clock } from '../../ports/clock.ts';

export class Stopwatch {
  readonly #clock: Clock;
  readonly #startedMs: number;
  #waiting = 0;
  #underWay = 0;
  #idleMs = 0;
  #idleSinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  /** Everything that is to be done waits. Gives what to call when this one's turn came, or when it left. */
  waits(): () => void {
    return this.#count(1, 0);
  }

  /** A request is on its way. Gives what to call when it ended. */
  works(): () => void {
    return this.#count(0, 1);
  }

  activeMs(): number {
    const now = this.#clock.monotonicMs();
    const idleMs = this.#idleMs + (this.#idleSinceMs === undefined ? 0 : now - this.#idleSinceMs);
    return now - this.#startedMs - idleMs;
  }

  #count(waiting: number, underWay: number): () => void {
    this.#change(waiting, underWay);
    let isOver = false;
    return () => {
      if (!isOver) this.#change(-waiting, -underWay);
      isOver = true;
    };
  }

  #change(waiting: number, underWay: number): void {
    this.#waiting += waiting;
    this.#underWay += underWay;
    const isIdle = this.#waiting > 0 && this.#underWay === 0;
    const now = this.#clock.monotonicMs();
    if (isIdle) this.#idleSinceMs ??= now;
    else if (this.#idleSinceMs !== undefined) {
      this.#idleMs += now - this.#idleSinceMs;
      this.#idleSinceMs = undefined;
    }
  }
}
