/** When a request is worth another try, and after which pause. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Failed } from '../../core/base/outcome.ts';
import type { RegistryLimits } from './limits.ts';

/** Statuses that may be gone a moment later. Source: go-containerregistry, transport/retry. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 499, 500, 502, 503, 504, 522]);

/** A registry's wish for a longer pause than this is cut. */
const longestRetryAfterMs = 3_600_000;

export function isPassingStatus(status: number): boolean {
  return passingStatuses.has(status);
}

/** True where the other side gave no answer at all. */
export function isSilence({ failure }: Failed): boolean {
  return failure.kind === 'registry' && (failure.code === 'network' || failure.code === 'timeout');
}

/** Timeouts are none: to repeat them would multiply the longest wait of all. */
export function isPassingFailure({ failure }: Failed): boolean {
  return failure.kind === 'registry' && failure.code === 'network';
}

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. Absent: no such header, or none that can be read. */
export function readRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}

/** `ratelimit-remaining: 97;w=21600` (Docker Hub), `ratelimit-remaining: 5`. Absent: no such header, or no number. */
export function readRequestsLeft(headers: IncomingHttpHeaders): number | undefined {
  const [, digits] =
    /^\s*(\d{1,15})(?:\s*;|\s*$)/.exec(headers['ratelimit-remaining']?.toString() ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Pause after the nth try: base, three times base, …, each up to a quarter longer so that clients part. */
export function backoffMs(tried: number, limits: RegistryLimits, random: number): number {
  return Math.round(limits.baseDelayMs * 3 ** (tried - 1) * (1 + random / 4));
}
