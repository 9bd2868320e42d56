/** What is kept from one cycle to the next. */

export class Recollection<Key, Value> {
  #last = new Map<Key, Value>();
  #next = new Map<Key, Value>();

  /** What the last cycle kept. */
  recall(key: Key): Value | undefined {
    return this.#last.get(key);
  }

  keep(key: Key, value: Value): void {
    this.#next.set(key, value);
  }

  /** Forgets what this cycle did not keep, so that it stays as small as the work, but for those it had nothing to do with. */
  endCycle(isOutside: (key: Key) => boolean): void {
    for (const [key, value] of this.#last)
      if (isOutside(key) && !this.#next.has(key)) this.#next.set(key, value);
    this.#last = this.#next;
    this.#next = new Map();
  }
}
