/** Durations in Go's syntax: `2m`, `1h30m`, `1.5s`, `0`. */

const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n], // U+00B5
  ['μs', 1_000n], // U+03BC
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const nanosPerMs = 1_000_000n;
const maxNanos = 2n ** 63n - 1n; // Go keeps nanoseconds in 64 bits
const maxLength = 256; // far beyond any duration; keeps the arithmetic small

/**
 * Milliseconds, with a fraction where there is one; `undefined` if the text is no Go duration.
 * A number needs a unit (`30` is none), only `0` may do without. Source: Go `time.ParseDuration`.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > maxLength) return undefined;
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0;
  const nanos = sumOfParts(unsigned);
  if (nanos === undefined || nanos > maxNanos) return undefined;
  const ms = Number(nanos / nanosPerMs) + Number(nanos % nanosPerMs) / 1e6;
  return negative && ms !== 0 ? -ms : ms;
}

function sumOfParts(text: string): bigint | undefined {
  const part = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
  let nanos = 0n;
  let end = 0;
  while (end < text.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(text) ?? [];
    const perUnit = nanosPerUnit.get(unit);
    if (perUnit === undefined || whole + fraction === '') return undefined;
    nanos += BigInt(`0${whole}`) * perUnit;
    nanos += (BigInt(`0${fraction}`) * perUnit) / 10n ** BigInt(fraction.length);
    end = part.lastIndex;
  }
  return end === 0 ? undefined : nanos;
}

/** As Go prints a duration: `2m0s`, `1h0m0s`, `1.5s`, `250ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  const nanos = toNanos(Math.abs(ms));
  const sign = ms < 0 && nanos > 0n ? '-' : '';
  if (nanos === 0n) return '0s';
  if (nanos < 1_000n) return `${sign}${nanos}ns`;
  if (nanos < 1_000_000n) return `${sign}${decimal(nanos, 1_000n)}µs`;
  if (nanos < 1_000_000_000n) return `${sign}${decimal(nanos, 1_000_000n)}ms`;
  const minutes = nanos / 60_000_000_000n;
  const seconds = `${decimal(nanos % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Whole and broken milliseconds apart: together they have more digits than a number holds. */
function toNanos(ms: number): bigint {
  const whole = Math.trunc(ms);
  return BigInt(whole) * nanosPerMs + BigInt(Math.round((ms - whole) * 1e6));
}

/** A quotient without trailing zeros: 1500 / 1000 -> `1.5`. */
function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** `30s`, `5m`, `2h`: rounded up, so that whoever waits that long has waited long enough. */
export function describeWait(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1_000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes}m` : `${Math.ceil(minutes / 60)}h`;
}
