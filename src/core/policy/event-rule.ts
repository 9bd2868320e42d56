/** Which reasons deserve an Event, and when (spec/policies.md 1.2, "Event"). */
import type { PolicyCode } from './verdict.ts';

export interface EventRule {
  readonly type: 'Normal' | 'Warning';
  /** It is told once it has lasted so long; absent: at once. */
  readonly afterMs?: number;
  /** The same in cycles. */
  readonly afterCycles?: number;
  /** Told no more often than that, however often it comes and goes; absent: at each change. */
  readonly everyMs?: number;
}

const hourMs = 3_600_000;
const normal: EventRule = { type: 'Normal' };
const warning: EventRule = { type: 'Warning' };

/** A freeze is none of an Application; ages and windows come and go by themselves. */
const rules: Readonly<Partial<Record<PolicyCode, EventRule>>> = {
  hold: normal,
  'held-by-other': normal,
  'policy-invalid': warning,
  'policy-unknown': { ...warning, afterCycles: 3 },
  rollback: warning,
  'rollback-unsure': warning,
  reverted: warning,
  quarantine: warning,
  'moved-tag': warning,
  promote: { ...warning, afterMs: 24 * hourMs },
  'promote-unproven': { ...warning, afterMs: 24 * hourMs },
  rollout: { ...warning, afterMs: hourMs },
  'group-disagree': warning,
  limit: { ...warning, everyMs: 24 * hourMs },
};

export function eventRuleOf(code: PolicyCode): EventRule | undefined {
  return rules[code];
}
