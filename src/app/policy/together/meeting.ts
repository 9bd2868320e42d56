/** Where images of several Applications wait for one another: a group for its members, a rollout for its cohort. */
import type { AppKey } from '../../../core/config/application.ts';

/** One image of an Application. */
export interface Seat {
  readonly app: AppKey;
  readonly index: number;
}

/**
 * Everybody who may come is named at the start. Once all have come, or said that they do not, the answers are worked
 * out once, for all of them together.
 */
export class Meeting<Guest, Answer> {
  readonly #expected = new Set<string>();
  readonly #conclude: (guests: ReadonlyMap<string, Guest>) => Promise<ReadonlyMap<string, Answer>>;
  readonly #guests = new Map<string, Guest>();
  readonly #concluded = Promise.withResolvers<ReadonlyMap<string, Answer>>();

  constructor(
    expected: readonly Seat[],
    conclude: (guests: ReadonlyMap<string, Guest>) => Promise<ReadonlyMap<string, Answer>>,
  ) {
    this.#conclude = conclude;
    for (const seat of expected) this.#expected.add(seatKey(seat));
  }

  /** Resolves once all have come; undefined: the answer has nothing for this one. */
  async come(seat: Seat, guest: Guest): Promise<Answer | undefined> {
    const key = seatKey(seat);
    this.#guests.set(key, guest);
    this.#leave(key);
    return (await this.#concluded.promise).get(key);
  }

  /** Does not come: nothing can be decided for it. */
  stayAway(seat: Seat): void {
    this.#leave(seatKey(seat));
  }

  #leave(key: string): void {
    if (!this.#expected.delete(key) || this.#expected.size > 0) return;
    this.#concluded.resolve(this.#conclude(this.#guests));
  }
}

export function seatKey({ app, index }: Seat): string {
  return `${index} ${app}`;
}
