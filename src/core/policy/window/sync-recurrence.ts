/** One sync window: active where Argo CD finds a start in the span of its duration before now. */
import type { Zone } from '../words/zone.ts';
import { lastOfDay } from './cron.ts';
import { goNext, type GoSchedule } from './go-schedule.ts';
import type { Recurrence, Search } from './opening.ts';

/**
 * The clock is that of UTC, shifted by what the zone is ahead of it at the moment, and both ends are open. A schedule
 * that never comes is active always.
 */
export class SyncRecurrence implements Recurrence {
  readonly #schedule: GoSchedule;
  readonly #durationMs: number;
  readonly #zone: Zone | undefined;

  /** A duration of 0 or less is never active. No zone: UTC. */
  constructor(schedule: GoSchedule, durationMs: number, zone: Zone | undefined) {
    this.#schedule = schedule;
    this.#durationMs = durationMs;
    this.#zone = zone;
  }

  activeAt(atMs: number): boolean {
    const shiftedMs = atMs + this.#offsetMs(atMs);
    const start = goNext(this.#schedule, shiftedMs - this.#durationMs);
    return start === undefined || start < shiftedMs;
  }

  /** True if the schedule has no start that Argo CD would find. */
  isAlways(atMs: number): boolean {
    return goNext(this.#schedule, atMs + this.#offsetMs(atMs) - this.#durationMs) === undefined;
  }

  changeAfter(atMs: number, search: Search): number {
    const offsetMs = this.#offsetMs(atMs);
    const change = this.#changeOfShifted(atMs + offsetMs, search) - offsetMs;
    const shift = this.#zone?.nextChange(atMs, Math.min(change, search.endMs));
    return shift ?? change;
  }

  #changeOfShifted(shiftedMs: number, search: Search): number {
    const start = goNext(this.#schedule, shiftedMs - this.#durationMs);
    if (start === undefined) return Number.POSITIVE_INFINITY;
    if (start < shiftedMs) return this.#endAfter(start, search);
    const next = goNext(this.#schedule, shiftedMs - 1);
    return next === undefined || this.#durationMs <= 0 ? Number.POSITIVE_INFINITY : next + 1;
  }

  #endAfter(firstMs: number, search: Search): number {
    let startMs = firstMs;
    for (;;) {
      startMs = this.#lastOfDay(startMs);
      const endMs = startMs + this.#durationMs;
      const next = search.takeStep(endMs) ? goNext(this.#schedule, startMs) : undefined;
      if (next === undefined || next >= endMs) return Math.ceil(endMs);
      startMs = next;
    }
  }

  #lastOfDay(startMs: number): number {
    const { cron, zone } = this.#schedule;
    return zone === undefined ? lastOfDay(cron, startMs, this.#durationMs - 1) : startMs;
  }

  #offsetMs(atMs: number): number {
    return this.#zone?.offsetMs(atMs) ?? 0;
  }
}
