/** The time that one cycle may take of what depends on foreign servers. */
import { formatGoDuration } from '../../core/base/duration.ts';
import { fail, type Failure, type Outcome } from '../../core/base/outcome.ts';
import type { Clock } from '../../ports/clock.ts';

export class Budget {
  readonly #over = Promise.withResolvers<void>();
  readonly #cancel: () => void;
  readonly #ms: number;
  #isOver = false;

  constructor(ms: number, clock: Clock) {
    this.#ms = ms;
    this.#cancel = clock.after(ms, () => {
      this.#isOver = true;
      this.#over.resolve();
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
    return await Promise.race([work, this.#over.promise.then(() => fail<T>(late()))]);
  }

  close(): void {
    this.#cancel();
  }
}
