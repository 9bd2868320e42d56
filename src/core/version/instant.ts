/** Points in time with nanoseconds, as image configurations have them. */

/** A point in time with nanoseconds, from an RFC 3339 text. */
export interface Instant {
  /** Seconds since 1970, may be negative (year 1). */
  readonly seconds: number;
  /** 0 to 999 999 999. */
  readonly nanos: number;
}

const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * "2024-01-02T03:04:05.123456789Z", "0001-01-01T00:00:00Z", "2024-01-02T03:04:05+02:00".
 * Digits beyond nanoseconds are cut. undefined: not RFC 3339, or no such day or second.
 */
export function parseInstant(rfc3339: string): Instant | undefined {
  const match = instantPattern.exec(rfc3339);
  if (match === null) return undefined;
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const local = `${date}T${time}.000Z`;
  const localMs = Date.parse(local);
  // Date.parse moves "02-30" and "24:00" on to the next day.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString() !== local) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60;
  return {
    seconds: localMs / 1000 - (sign === '-' ? -offset : offset),
    nanos: Number(fraction.slice(0, 9).padEnd(9, '0')),
  };
}

/** Negative if `a` is earlier, positive if it is later. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
