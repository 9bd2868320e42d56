/** Whether our clock can be trusted: rules that compare times must not be led by a clock that is wrong. */
import { describeWait } from '../base/duration.ts';
import type { Verdict } from './verdict.ts';

/** What a server's first answer of a cycle said of the time, and what our clock said then. Milliseconds since 1970. */
export interface ClockReading {
  readonly theirsMs: number;
  readonly oursMs: number;
  /** For people: `the API server`. */
  readonly whose: string;
}

/** `date`: text of the header `Date`; undefined where it is none. */
export function readClock(date: string | undefined, oursMs: number, whose: string): ClockReading | undefined {
  const theirsMs = Date.parse(date ?? '');
  return Number.isNaN(theirsMs) ? undefined : { theirsMs, oursMs, whose };
}

const toleranceMs = 5 * 60_000;

/** For every rule that compares times (spec/policies.md 1.6); undefined where nobody said what time it is. */
export function clockVerdict(reading: ClockReading | undefined): Verdict | undefined {
  if (reading === undefined) return undefined;
  const aheadMs = reading.oursMs - reading.theirsMs;
  if (Math.abs(aheadMs) <= toleranceMs) return undefined;
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return {
    code: 'policy-unknown',
    kind: 'held',
    reason: `the clock here is ${describeWait(Math.abs(aheadMs))} ${side} that of ${reading.whose}`,
    ends: `both clocks within ${describeWait(toleranceMs)} of one another`,
  };
}
