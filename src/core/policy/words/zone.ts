/** Local time of IANA zones, by what the runtime knows of them. */

const hourMs = 3_600_000;
/** Clocks of one zone have not been changed twice in so short a time since 1980. */
const spanMs = 96 * hourMs;
/** Those of some decades: a search looks at most a year ahead. */
const maxSpans = 4_000;
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

/** A few days of a zone, in which its clocks change once at most. */
interface Span {
  readonly before: number;
  readonly after: number;
  /** The instant from which on `after` counts; Infinity where nothing changes. */
  readonly changeMs: number;
}

/**
 * Instants are milliseconds since 1970. A local time is the same number read off the wall: what an instant would be
 * if the zone were UTC.
 */
class Zone {
  /** As the runtime spells it, which may be an older name of the same zone. */
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #spans = new Map<number, Span>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
    this.name = format.resolvedOptions().timeZone;
  }

  /** Milliseconds that the wall is ahead of UTC. */
  offsetMs(atMs: number): number {
    const { before, after, changeMs } = this.#spanAt(atMs);
    return atMs < changeMs ? before : after;
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
    const change = this.#lastChange(atMs);
    return change === undefined ? local : Math.max(local, this.localOf(change - 1));
  }

  /** The first instant after `fromMs`, and not after `toMs`, from which on another offset counts. */
  nextChange(fromMs: number, toMs: number): number | undefined {
    for (let atMs = fromMs; atMs < toMs + spanMs; atMs += spanMs) {
      const { changeMs } = this.#spanAt(atMs);
      if (changeMs > fromMs && changeMs <= toMs) return changeMs;
    }
    return undefined;
  }

  /** That of the last days, if there is one. */
  #lastChange(atMs: number): number | undefined {
    const { changeMs } = this.#spanAt(atMs);
    if (changeMs <= atMs) return changeMs;
    const earlier = this.#spanAt(atMs - spanMs).changeMs;
    return earlier <= atMs ? earlier : undefined;
  }

  #instantOf(localMs: number, which: 'first' | 'last'): number {
    const early = localMs - this.offsetMs(localMs - mostAheadMs);
    const late = localMs - this.offsetMs(localMs + mostAheadMs);
    const shown = [early, late].filter((instant) => this.localOf(instant) === localMs);
    if (shown.length > 0) return which === 'first' ? Math.min(...shown) : Math.max(...shown);
    return this.#lastChange(Math.max(early, late)) ?? late; // in a gap: it has ended by then
  }

  #spanAt(atMs: number): Span {
    const number = Math.floor(atMs / spanMs);
    const known = this.#spans.get(number);
    if (known !== undefined) return known;
    if (this.#spans.size >= maxSpans) this.#spans.clear();
    const span = this.#lookAt(number * spanMs, (number + 1) * spanMs);
    this.#spans.set(number, span);
    return span;
  }

  #lookAt(startMs: number, endMs: number): Span {
    const [before, after] = [this.#ask(startMs), this.#ask(endMs)];
    if (before === after) return { before, after, changeMs: Number.POSITIVE_INFINITY };
    let [low, high] = [startMs, endMs];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, changeMs: high };
  }

  /** `11/28/2026, GMT+05:30`; `GMT` alone where there is none. */
  #ask(atMs: number): number {
    const [, sign = '', hours = '0', minutes = '0', seconds = '0'] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.#format.format(atMs)) ?? [];
    const ms = Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000;
    return sign === '-' ? -ms : ms;
  }
}

/** No zone is further from UTC, and none changes by more. */
const mostAheadMs = 26 * hourMs;

export type { Zone };
