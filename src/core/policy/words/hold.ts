/** `hold`: `true`, `false`, or fields. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import type { Hold } from '../settings.ts';
import { fieldValue, parseFields } from './fields.ts';
import { formatInstant, parsePolicyInstant } from './instant.ts';
import type { Zones } from './zone.ts';
import { refuseAll, refuseLength, refuseWord } from './refusal.ts';

/** `on: false` takes a hold of the whole application off an image; `undefined` is no statement at all. */
export type HoldWord = { readonly on: true; readonly hold: Hold } | { readonly on: false };

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

const maxLength = 4_096;
const expected = 'expected true, false, or fields such as until=2026-12-01 reason="bug 42"';

/** Empty: undefined. A time that has passed is kept: only whoever knows the time can tell. */
export function parseHold(text: string, zones: Zones): Outcome<HoldWord | undefined> {
  const trimmed = text.trim();
  if (trimmed === '') return succeed(undefined);
  if (trimmed.length > maxLength) return refuseLength(trimmed, maxLength);
  const word = booleans.get(trimmed.toLowerCase());
  if (word !== undefined) return succeed(word ? { on: true, hold: {} } : { on: false });
  if (!trimmed.includes('=')) return refuseWord(trimmed, expected);
  const fields = parseFields(trimmed, ['until', 'zone', 'reason', 'by']);
  if (!fields.ok) return fields;
  const until = readUntil(fields.value, zones);
  if (!until.ok) return until;
  return succeed({
    on: true,
    hold: {
      ...optionalProperty('untilMs', until.value),
      ...optionalProperty('reason', fields.value.get('reason')),
      ...optionalProperty('by', fields.value.get('by')),
    },
  });
}

/** `zone` alone changes nothing, so somebody forgot the time. */
function readUntil(
  fields: ReadonlyMap<'until' | 'zone' | 'reason' | 'by', string>,
  zones: Zones,
): Outcome<number | undefined> {
  const [until, zone] = [fields.get('until'), fields.get('zone')];
  if (until === undefined)
    return zone === undefined ? succeed(undefined) : refuseAll('zone has no effect without until');
  const instant = parsePolicyInstant(until, zone, zones);
  return instant.ok ? instant : refuseAll(`until ${instant.failure.message}`);
}

/** As `parseHold` reads it. */
export function holdText({ untilMs, reason, by }: Hold): string {
  const fields = [
    untilMs === undefined ? undefined : `until=${formatInstant(untilMs)}`,
    reason === undefined ? undefined : `reason=${fieldValue(reason)}`,
    by === undefined ? undefined : `by=${fieldValue(by)}`,
  ].filter((field) => field !== undefined);
  return fields.length === 0 ? 'true' : fields.join(' ');
}
