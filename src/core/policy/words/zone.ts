/** Local time of IANA zones, by what the runtime knows of them. */

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Those of some years: a search looks at most one ahead. */
const maxRememberedDays = 4_000;
const maxZones = 600; // there are fewer names than that
const namePattern = /^[A-Za-z][A-Za-z0-9+_/-]{0,63}$/; // none of the runtime's own, such as `+01:00`

/** Zones by name, each made once: making one takes a tenth of a millisecond. */
export class Zones {
  readonly #known = new Map<string, Zone | undefined>();

  /** undefined: no such zone. */
  named(name: string): Zone | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const zone = namePattern.test(name) ? makeZone(name) : undefined;
    if (this.#known.size < maxZones) this.#known.set(name, zone);
    return zone;
  }
}

function makeZone(name: string): Zone | undefined {
  try {
    return new Zone(new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Instants are milliseconds since 1970. A local time is the same number read off the wall: what an instant would be
 * if the zone were UTC.
 */
class Zone {
  readonly #format: Intl.DateTimeFormat;
  /** Offset at the start of a day of UTC, by its number. */
  readonly #days = new Map<number, number>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** The name as the runtime spells it, which may be an older one of the same zone. */
  get name(): string {
    return this.#format.resolvedOptions().timeZone;
  }

  /** Milliseconds that the wall is ahead of UTC. */
  offsetMs(atMs: number): number {
    const day = Math.floor(atMs / dayMs);
    const atStart = this.#atDay(day);
    return atStart === this.#atDay(day + 1) ? atStart : this.#ask(atMs);
  }

  localOf(atMs: number): number {
    return atMs + this.offsetMs(atMs);
  }

  /** The first instant at which the wall shows it; of a local time that is skipped the end of the gap. */
  firstInstantOf(localMs: number): number {
    return this.#instantOf(localMs, 'first');
  }

  /** The last such instant. */
  lastInstantOf(localMs: number): number {
    return this.#instantOf(localMs, 'last');
  }

  /** The latest local time that the wall has shown until then: a clock put back shows earlier ones once more. */
  highestLocal(atMs: number): number {
    const local = this.localOf(atMs);
    const change = this.#lastChange(atMs - dayMs, atMs);
    return change === undefined ? local : Math.max(local, this.localOf(change - 1));
  }

  /** The first instant after `fromMs`, and not after `toMs`, from which on another offset counts. */
  nextChange(fromMs: number, toMs: number): number | undefined {
    for (let day = Math.floor(fromMs / dayMs); day * dayMs <= toMs; day += 1) {
      const change = this.#changeOf(day);
      if (change !== undefined && change > fromMs && change <= toMs) return change;
    }
    return undefined;
  }

  #lastChange(fromMs: number, toMs: number): number | undefined {
    for (let day = Math.floor(toMs / dayMs); (day + 1) * dayMs >= fromMs; day -= 1) {
      const change = this.#changeOf(day);
      if (change !== undefined && change > fromMs && change <= toMs) return change;
    }
    return undefined;
  }

  #instantOf(localMs: number, which: 'first' | 'last'): number {
    const around = [this.offsetMs(localMs - dayMs), this.offsetMs(localMs + dayMs)];
    const instants = around
      .map((offset) => localMs - offset)
      .filter((instant) => this.localOf(instant) === localMs);
    if (instants.length > 0) return which === 'first' ? Math.min(...instants) : Math.max(...instants);
    const late = localMs - Math.min(...around); // the gap has ended by then
    return this.#lastChange(late - dayMs, late) ?? late;
  }

  /** The instant in a day of UTC at which the offset changes; two of one day have never been seen. */
  #changeOf(day: number): number | undefined {
    const before = this.#atDay(day);
    if (before === this.#atDay(day + 1)) return undefined;
    let [low, high] = [day * dayMs, (day + 1) * dayMs];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  #atDay(day: number): number {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    if (this.#days.size >= maxRememberedDays) this.#days.clear();
    const offset = this.#ask(day * dayMs);
    this.#days.set(day, offset);
    return offset;
  }

  /** `11/28/2026, GMT+05:30`; `GMT` alone where there is none. */
  #ask(atMs: number): number {
    const [, sign = '', hours = '0', minutes = '0', seconds = '0'] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.#format.format(atMs)) ?? [];
    const ms = Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000;
    return sign === '-' ? -ms : ms;
  }
}

export type { Zone };
