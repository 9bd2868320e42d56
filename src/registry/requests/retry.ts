/** When a request is worth another try, and after which pause. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Failed } from '../../core/base/outcome.ts';
import { readRetryAfter } from '../../net/retry-after.ts';
import type { RegistryLimits } from './limits.ts';

/** Statuses that may be gone a moment later. Source: go-containerregistry, transport/retry. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 499, 500, 502, 503, 504, 522]);

/** Statuses that say when to come again. `403` is how some registries word a limit. */
const pausingStatuses: ReadonlySet<number> = new Set([403, 429, 503]);

/** The pause that an answer asks for; absent where it asks for none. */
export function readPause(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  nowMs: number,
): number | undefined {
  return pausingStatuses.has(status) ? retryAfterIn(headers, nowMs) : undefined;
}

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

/** The pause that the headers ask for, if any. Some registries have a header of their own for it. */
export function retryAfterIn(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  return readRetryAfter((headers['retry-after'] ?? headers['x-retry-after'])?.toString(), nowMs);
}

/** Pause after the nth try: base, three times base, …, each up to a quarter longer so that clients part. */
export function backoffMs(tried: number, limits: RegistryLimits, random: number): number {
  return Math.round(limits.baseDelayMs * 3 ** (tried - 1) * (1 + random / 4));
}
