/** Durations of policies: Go's syntax with days and weeks, `3d`, `1w12h`, `72h`. */
import { parseGoDuration } from '../../base/duration.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { refuseWord } from './refusal.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestDays = 366;
const maxLength = 64; // far beyond any duration that somebody writes

const longUnits: ReadonlyMap<string, number> = new Map([
  ['d', dayMs],
  ['w', 7 * dayMs],
]);

/** Milliseconds, more than 0 and at most 366 days. A day has 24 hours, whatever the clocks do. */
export function parsePolicyDuration(text: string): Outcome<number> {
  const ms = text.length > maxLength ? undefined : sumOfParts(text);
  if (ms === undefined) return refuseWord(text, 'expected a duration such as 72h, 3d or 1w12h');
  if (ms <= 0) return refuseWord(text, 'expected a duration of more than 0');
  if (ms > longestDays * dayMs) return refuseWord(text, `expected a duration of at most ${longestDays}d`);
  return succeed(ms);
}

/** Only `0` may do without a unit, as in Go. */
function sumOfParts(text: string): number | undefined {
  if (text === '0') return 0;
  const part = /([\d.]+)([^\d.]+)/y;
  let sumMs = 0;
  let end = 0;
  while (end < text.length) {
    const [whole, amount = '', unit = ''] = part.exec(text) ?? [];
    const ms = whole === undefined ? undefined : partMs(amount, unit);
    if (ms === undefined) return undefined;
    sumMs += ms;
    end = part.lastIndex;
  }
  return end === 0 ? undefined : sumMs;
}

function partMs(amount: string, unit: string): number | undefined {
  const perUnit = longUnits.get(unit);
  if (perUnit === undefined) return parseGoDuration(amount + unit);
  const hours = parseGoDuration(`${amount}h`);
  return hours === undefined ? undefined : (hours / hourMs) * perUnit;
}

/** `3d`, `1d12h`, `72h` stays `3d`; what is below a second is cut unless nothing else is there. */
export function formatPolicyDuration(ms: number): string {
  const parts = [
    [Math.floor(ms / dayMs), 'd'],
    [Math.floor((ms % dayMs) / hourMs), 'h'],
    [Math.floor((ms % hourMs) / 60_000), 'm'],
    [Math.floor((ms % 60_000) / 1000), 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return shown.length === 0 ? `${ms}ms` : shown.join('');
}
