/** Pure work in pieces: a generator yields where whoever drives it may let other work go first. */

/** The part of a clock that pacing needs. */
export interface Pacer {
  monotonicMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Long enough that resting costs nothing, short enough that nobody waits for it. */
const stretchMs = 20;

/** Lets the event loop go on whenever work has held it for a while; all that share it count together. */
export class Pace {
  readonly #pacer: Pacer;
  readonly #signal: AbortSignal;
  #beganMs: number;
  #rest: Promise<void> | undefined;

  constructor(pacer: Pacer, signal: AbortSignal) {
    this.#pacer = pacer;
    this.#signal = signal;
    this.#beganMs = pacer.monotonicMs();
  }

  /** What to wait for before going on; undefined: nothing. Rejects with the signal's reason. */
  rest(): Promise<void> | undefined {
    if (this.#rest === undefined && this.#pacer.monotonicMs() - this.#beganMs >= stretchMs) {
      this.#rest = this.#pacer.sleep(0, this.#signal).finally(() => {
        this.#beganMs = this.#pacer.monotonicMs();
        this.#rest = undefined;
      });
    }
    return this.#rest;
  }

  /** Runs work to its end. */
  async run<Result>(work: Generator<undefined, Result>): Promise<Result> {
    let step = work.next();
    while (step.done !== true) {
      const rest = this.rest();
      if (rest !== undefined) await rest;
      step = work.next();
    }
    return step.value;
  }
}

/** Runs work to its end at once. */
export function concluded<Result>(work: Generator<unknown, Result>): Result {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** The items, with a place to rest before each few of them. */
export function* inPieces<Item>(
  items: Iterable<Item>,
  each: (item: Item) => void,
): Generator<undefined, void> {
  let count = 0;
  for (const item of items) {
    if (count % pieceLength === 0) yield undefined;
    count += 1;
    each(item);
  }
}

/** So few that the worst pattern on the longest tags takes less than a tenth of a second. */
const pieceLength = 8;
