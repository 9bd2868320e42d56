/** Whether the daemon gets on with its work: what the health endpoint asks. All times are monotonic ones. */

/** A loop that is late by less than this is never called stalled. */
const minPatienceMs = 10 * 60 * 1000;

export class Progress {
  readonly #patienceMs: number;
  #dueMs: number;

  /**
   * `periodMs`: the usual time between cycles. No foreign server holds a cycle for longer than `cycleTimeoutMs`: who is
   * later than twice that hangs by itself. Source: decisions.md 5, `/healthz`.
   */
  constructor(periodMs: number, nowMs: number, cycleTimeoutMs = 0) {
    this.#patienceMs = Math.max(3 * periodMs, 2 * cycleTimeoutMs, minPatienceMs);
    this.#dueMs = nowMs;
  }

  /** A cycle begins or ends: what follows is due at once. */
  turned(nowMs: number): void {
    this.#dueMs = nowMs;
  }

  /** An item of a cycle is done. One that outlived its cycle makes nothing due. */
  itemDone(nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#dueMs = nowMs;
  }

  /** Nothing is due before this time. */
  dueAt(timeMs: number): void {
    this.#dueMs = timeMs;
  }

  /** `forMs`: until the next cycle is due, or since the last sign of progress. */
  standing(nowMs: number): { readonly kind: 'resting' | 'working' | 'stuck'; readonly forMs: number } {
    if (nowMs < this.#dueMs) return { kind: 'resting', forMs: this.#dueMs - nowMs };
    return { kind: this.isStalled(nowMs) ? 'stuck' : 'working', forMs: nowMs - this.#dueMs };
  }

  isStalled(nowMs: number): boolean {
    return nowMs - this.#dueMs > this.#patienceMs;
  }
}
