/** Instants of policies: RFC 3339, or a local date and time in a zone. */
import { parseInstant } from '../../version/instant.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import { parsePolicyDuration } from './duration.ts';
import type { Zones } from './zone.ts';
import { refuseAll, refuseWord } from './refusal.ts';

const dayMs = 86_400_000;
const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/;
const expected = 'expected a time such as 2026-12-01T08:00:00Z, 2026-12-01T08:00 or 2026-12-01';

/**
 * Milliseconds since 1970. A date alone is the end of its day, a local time that comes twice the second one: the
 * later reading holds longer. `zone` is an IANA name; none is UTC, and a time that has its own offset must have none.
 */
export function parsePolicyInstant(text: string, zone: string | undefined, zones: Zones): Outcome<number> {
  const [, date, time, seconds = ':00', fraction = '', offset] = pattern.exec(text) ?? [];
  if (date === undefined) return refuseWord(text, parsePolicyDuration(text).ok ? notHere : expected);
  const written = parseInstant(`${date}T${time ?? '00:00'}${seconds}${fraction}${offset ?? 'Z'}`);
  if (written === undefined) return refuseWord(text, 'there is no such day or time');
  const ms = written.seconds * 1000 + Math.ceil(written.nanos / 1e6);
  if (offset !== undefined && zone !== undefined)
    return refuseWord(text, `it has an offset of its own; leave out zone=${zone}`);
  if (offset !== undefined) return succeed(ms);
  const place = zones.named(zone ?? 'UTC');
  if (place === undefined)
    return refuseAll(`zone ${quoted(zone ?? '')}: expected an IANA name such as Europe/Berlin`);
  return succeed(place.lastInstantOf(time === undefined ? ms + dayMs : ms));
}

const notHere = `${expected}; a duration has no start here`;

/** On a command line, where now is known, a duration is the instant in which it ends. */
export function parseInstantOrDuration(
  text: string,
  zone: string | undefined,
  { nowMs, zones }: { readonly nowMs: number; readonly zones: Zones },
): Outcome<number> {
  const duration = parsePolicyDuration(text);
  return duration.ok ? succeed(nowMs + duration.value) : parsePolicyInstant(text, zone, zones);
}

/** `2026-12-01T08:00:00Z`: as it is written into objects and shown. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
