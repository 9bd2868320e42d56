/** Windows in real time: each begins when the wall shows its time, and lasts as long as it says, whatever the clocks do. */
import type { Zone } from '../words/zone.ts';
import { type CronSchedule, lastOfDay, nextStart, previousStart } from './cron.ts';
import type { Recurrence, Search } from './opening.ts';

const dayMs = 86_400_000;

interface Start {
  readonly localMs: number;
  readonly atMs: number;
}

/** Active from its start, and no more at its end. A local time that comes twice counts once, one that is skipped at the end of the gap. */
export class OwnWindow implements Recurrence {
  readonly #schedule: CronSchedule;
  readonly #durationMs: number;
  readonly #zone: Zone;

  constructor(schedule: CronSchedule, durationMs: number, zone: Zone) {
    this.#schedule = schedule;
    this.#durationMs = durationMs;
    this.#zone = zone;
  }

  activeAt(atMs: number): boolean {
    return this.#running(atMs) !== undefined;
  }

  changeAfter(atMs: number, search: Search): number {
    const running = this.#running(atMs);
    return running === undefined ? this.#nextStart(atMs) : this.#endOf(running, search);
  }

  #nextStart(atMs: number): number {
    const localMs = nextStart(this.#schedule, this.#zone.highestLocal(atMs));
    return localMs === undefined ? Number.POSITIVE_INFINITY : this.#zone.firstInstantOf(localMs);
  }

  /** Until the first pause. */
  #endOf(running: Start, search: Search): number {
    let last = running;
    for (;;) {
      last = this.#lastOfDay(last);
      const endMs = last.atMs + this.#durationMs;
      const next = search.takeStep(endMs) ? this.#running(endMs) : undefined;
      if (next === undefined) return endMs;
      last = next;
    }
  }

  /** Where the clock is put back, times of the wall that follow one another are an hour apart: those are looked at one by one. */
  #lastOfDay(start: Start): Start {
    const localMs = lastOfDay(this.#schedule, start.localMs, this.#durationMs);
    const atMs = this.#zone.firstInstantOf(localMs);
    return atMs - start.atMs > localMs - start.localMs ? start : { localMs, atMs };
  }

  /** The last start, if its window has not ended. */
  #running(atMs: number): Start | undefined {
    const highest = this.#zone.highestLocal(atMs);
    const localMs = previousStart(this.#schedule, highest, highest - this.#durationMs - dayMs);
    if (localMs === undefined) return undefined;
    const start = { localMs, atMs: this.#zone.firstInstantOf(localMs) };
    return atMs < start.atMs + this.#durationMs ? start : undefined;
  }
}
