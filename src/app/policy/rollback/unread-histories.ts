/** In how many cycles in a row the history of an image could not be read. */
const toldAfter = 3;
const maxImages = 10_000;

export class UnreadHistories {
  readonly #cycles = new Map<string, number>();

  /** Of one cycle: each image counts once, however often it is judged. */
  begin(): UnreadInCycle {
    const counted = new Set<string>();
    return {
      isLasting: (image) => {
        if (!counted.has(image)) this.#count(image);
        counted.add(image);
        return (this.#cycles.get(image) ?? 0) >= toldAfter;
      },
      over: (image) => void this.#cycles.delete(image),
    };
  }

  #count(image: string): void {
    this.#cycles.set(image, (this.#cycles.get(image) ?? 0) + 1);
    const [oldest] = this.#cycles.keys();
    if (this.#cycles.size > maxImages && oldest !== undefined) this.#cycles.delete(oldest);
  }
}

export interface UnreadInCycle {
  /** It could not be read now either; true: for so long that people should know. */
  isLasting(image: string): boolean;
  over(image: string): void;
}
