/** Work that outlived its cycle. Until it ends, the next cycles leave its subject alone. */

export class Unfinished<Result> {
  readonly #running = new Set<string>();
  readonly #results = new Map<string, Promise<Result>>();

  /** Must not reject. */
  keep(subject: string, work: Promise<Result>): void {
    this.#running.add(subject);
    this.#results.set(subject, work);
    void work.then(() => this.#running.delete(subject));
  }

  isRunning(subject: string): boolean {
    return this.#running.has(subject);
  }

  /** What came of it, once; undefined where nothing was left, or it still runs. */
  take(subject: string): Promise<Result> | undefined {
    if (this.#running.has(subject)) return undefined;
    const result = this.#results.get(subject);
    this.#results.delete(subject);
    return result;
  }
}
