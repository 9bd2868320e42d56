/** The time that one cycle may take of what depends on foreign servers. */
import { formatGoDuration } from '../../core/base/duration.ts';
import { fail, type Failure, type Outcome } from '../../core/base/outcome.ts';
import type { Clock } from '../../ports/clock.ts';

export class Budget {
  readonly #over = Promise.withResolvers<void>();
  /** Who still waits; a promise that lasts for the cycle would hold all that was ever raced with it. */
  readonly #waiting = new Set<() => void>();
  readonly #cancel: () => void;
  readonly #ms: number;
  #isOver = false;

  constructor(ms: number, clock: Clock) {
    this.#ms = ms;
    this.#cancel = clock.after(ms, () => {
      this.#isOver = true;
      this.#over.resolve();
      for (const tell of this.#waiting) tell();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** For messages. */
  get text(): string {
    return `${formatGoDuration(this.#ms)} (--cycle-timeout)`;
  }

  /** What comes of the work, or the failure if it is not done in time: then it goes on, and nobody waits for it. */
  async within<T>(work: Promise<Outcome<T>>, late: () => Failure): Promise<Outcome<T>> {
    const lateness = Promise.withResolvers<Outcome<T>>();
    const tell = (): void => lateness.resolve(fail(late()));
    if (this.#isOver) void this.#over.promise.then(tell);
    else this.#waiting.add(tell);
    try {
      return await Promise.race([work, lateness.promise]);
    } finally {
      this.#waiting.delete(tell);
    }
  }

  close(): void {
    this.#cancel();
  }
}
