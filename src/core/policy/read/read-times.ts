/** `min-age`, `interval`, `min-healthy`, `quarantine` of one image. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import type { AgeFrom, Sourced } from '../settings.ts';
import { formatPolicyDuration, parsePolicyDuration } from '../words/duration.ts';
import { refuseWord } from '../words/refusal.ts';
import type { PolicyReader } from './policy-reader.ts';

const minuteMs = 60_000;
const defaultHealthyMs = 10 * minuteMs;
const longestQuarantineMs = 24 * 60 * minuteMs;

const isLess = (value: number, than: number): boolean => value < than;

export function readAge(reader: PolicyReader): Sourced<number> | undefined {
  return reader.tighter('min-age', parsePolicyDuration, isLess);
}

/** The time of the push is what others say: an owner cannot take it to get round an administrator's min-age. */
export function readAgeFrom(reader: PolicyReader): Sourced<AgeFrom> | undefined {
  const from = reader.tighter('min-age-from', parseAgeFrom, (value) => value === 'pushed');
  const administrator = reader.given('min-age').administrator;
  if (from?.value !== 'pushed' || administrator === undefined || !from.source.startsWith('annotation '))
    return from;
  reader.warnings.push(
    `${from.source} "pushed" has no effect: ${administrator.source} counts from the first sight`,
  );
  return undefined;
}

export function parseAgeFrom(text: string): Outcome<AgeFrom> {
  if (text === 'first-seen' || text === 'pushed') return succeed(text);
  return refuseWord(text, 'expected first-seen or pushed');
}

export function readInterval(reader: PolicyReader, cycleMs: number): Sourced<number> | undefined {
  const interval = reader.tighter('interval', parsePolicyDuration, isLess);
  if (interval === undefined || interval.value >= cycleMs) return interval;
  const [short, counts] = [formatPolicyDuration(interval.value), formatPolicyDuration(cycleMs)];
  reader.warnings.push(
    `${interval.source} ${short} is shorter than the interval of the program, ${counts}, which counts`,
  );
  return { ...interval, value: cycleMs };
}

export function readHealthy(reader: PolicyReader, isAsked: boolean): Sourced<number> | undefined {
  const healthy = reader.tighter('min-healthy', parseHealthy, isLess);
  return healthy ?? (isAsked ? { value: defaultHealthyMs, source: 'default' } : undefined);
}

export function parseHealthy(text: string): Outcome<number> {
  const duration = parsePolicyDuration(text);
  if (!duration.ok || duration.value >= minuteMs) return duration;
  return refuseWord(text, 'expected at least 1m');
}

export function parseQuarantine(text: string): Outcome<number> {
  const duration = parsePolicyDuration(text);
  if (!duration.ok || duration.value <= longestQuarantineMs) return duration;
  return refuseWord(text, 'expected at most 24h');
}

export function readQuarantine(reader: PolicyReader): Sourced<number> | undefined {
  return reader.tighter('quarantine', parseQuarantine, isLess);
}
