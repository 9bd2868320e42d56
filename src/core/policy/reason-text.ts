/** A reason as every reader tells it: log, Events, pages, commands. */
import type { Reason, Verdict } from './verdict.ts';

/** `hold until 2026-12-01 08:00 UTC: bug 42 (also window); ends by …`. */
export function reasonText({ code, reason, ends, untilMs, by, also }: Reason): string {
  const until = untilMs === undefined ? '' : ` until ${instantText(untilMs)}`;
  const who = by === undefined ? '' : ` (${by})`;
  const others = also.length === 0 ? '' : `; also ${also.join(', ')}`;
  return `${code}${until}: ${reason}${who}; ends with ${ends}${others}`;
}

/** `2026-12-01 08:00 UTC`. */
function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const worthWarning: ReadonlySet<Verdict['code']> = new Set<Verdict['code']>([
  'policy-invalid',
  'policy-unknown',
  'rollback',
  'rollback-unsure',
  'reverted',
  'quarantine',
  'moved-tag',
  'group-disagree',
]);

/** Spec/policies.md 1.2, "Event": what somebody should look at soon. */
export function isWorthWarning({ code }: Pick<Verdict, 'code'>): boolean {
  return worthWarning.has(code);
}
