/** Policies that stop an image whatever the version (spec/policies.md 1.2). */
import type { Hold, ImagePolicies, Sourced, WindowLists } from '../settings.ts';
import { type PolicyCode, type Reason, reasonOf, type Verdict } from '../verdict.ts';

export interface GateFacts {
  readonly nowMs: number;
  /** Nothing at all is written. */
  readonly freeze?: Sourced<Hold>;
  /** What cannot be had, though policies need it: `the ConfigMap … cannot be read`. */
  readonly unknown?: string;
  /** Where the memory is that cannot be read: policies that go by it must not take it for empty. */
  readonly unread?: string;
  /** Clocks cannot be trusted: no rule that compares times answers. */
  readonly clock?: Verdict;
  /** Why the windows are closed; undefined: all are open. */
  readonly closedBy: (windows: WindowLists) => Verdict | undefined;
  /** When the Application may be written again; absent: now. */
  readonly notBeforeMs?: number;
}

/** Why the image may not be written now, whatever the version; undefined: all gates are open. */
export function gateReason(policies: ImagePolicies, facts: GateFacts): Reason | undefined {
  return reasonOf(closedGates(policies, facts));
}

/** What people stop, and what nobody can tell: the rest stops no version that completes a group (6.3). */
const firm: ReadonlySet<PolicyCode> = new Set<PolicyCode>([
  'freeze',
  'policy-invalid',
  'policy-unknown',
  'hold',
]);

/** As `gateReason`, of a version without which others are halfway. */
export function firmGateReason(policies: ImagePolicies, facts: GateFacts): Reason | undefined {
  return reasonOf(closedGates(policies, facts).filter(({ code }) => firm.has(code)));
}

/** In no order. */
function closedGates(policies: ImagePolicies, facts: GateFacts): readonly Verdict[] {
  return [
    ...freezeVerdict(facts),
    ...invalidVerdicts(policies),
    ...unknownVerdicts(policies, facts),
    ...holdVerdicts(policies, facts),
    ...windowVerdict(policies, facts),
    ...intervalVerdict(policies, facts),
  ];
}

function freezeVerdict({ freeze, nowMs }: GateFacts): readonly Verdict[] {
  if (freeze === undefined || isOver(freeze.value, nowMs)) return [];
  return [{ ...holdVerdict(freeze), code: 'freeze', kind: 'held', ends: 'tidewaiter unfreeze' }];
}

function invalidVerdicts({ invalid = [] }: ImagePolicies): readonly Verdict[] {
  return invalid.map(({ value, source }) => ({
    code: 'policy-invalid',
    kind: 'held',
    reason: value,
    ends: `a correction of ${source}`,
  }));
}

function unknownVerdicts(policies: ImagePolicies, { unknown, unread, clock }: GateFacts): readonly Verdict[] {
  const needsMemory = policies.quarantineMs ?? policies.maxCommitsPerHour;
  return [
    ...(unknown === undefined ? [] : [unknownVerdict(unknown)]),
    ...(unread === undefined || needsMemory === undefined
      ? []
      : [unknownVerdict(`what policies remember in ${unread} cannot be read (${needsMemory.source})`)]),
    ...(clock === undefined || !comparesTimes(policies) ? [] : [clock]),
  ];
}

function unknownVerdict(reason: string): Verdict {
  return { code: 'policy-unknown', kind: 'held', reason, ends: 'the next good read' };
}

/** Policies that a wrong clock would open, or close, by mistake. */
function comparesTimes(policies: ImagePolicies): boolean {
  const { minAgeMs, windows, intervalMs, promoteFrom, quarantineMs, rollout, holds = [] } = policies;
  const timed = [minAgeMs, windows, intervalMs, promoteFrom, quarantineMs, rollout];
  return (
    timed.some((policy) => policy !== undefined) || holds.some(({ value }) => value.untilMs !== undefined)
  );
}

function holdVerdicts({ holds = [] }: ImagePolicies, { nowMs }: GateFacts): readonly Verdict[] {
  return holds.filter(({ value }) => !isOver(value, nowMs)).map(holdVerdict);
}

function isOver({ untilMs }: Hold, nowMs: number): boolean {
  return untilMs !== undefined && untilMs <= nowMs;
}

function holdVerdict({ value, source }: Sourced<Hold>): Verdict {
  const { untilMs, sinceMs, by, reason = 'on hold' } = value;
  return {
    code: 'hold',
    kind: untilMs === undefined ? 'held' : 'waiting',
    reason: `${reason} (${source})`,
    ends: 'its removal, or tidewaiter resume',
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(by === undefined ? {} : { by }),
  };
}

function windowVerdict({ windows }: ImagePolicies, { closedBy }: GateFacts): readonly Verdict[] {
  const verdict = windows === undefined ? undefined : closedBy(windows);
  return verdict === undefined ? [] : [verdict];
}

function intervalVerdict(
  { intervalMs }: ImagePolicies,
  { nowMs, notBeforeMs }: GateFacts,
): readonly Verdict[] {
  if (intervalMs === undefined || notBeforeMs === undefined || notBeforeMs <= nowMs) return [];
  const reason = `${intervalMs.source} leaves time between two commits`;
  return [{ code: 'interval', kind: 'waiting', reason, ends: 'that time', untilMs: notBeforeMs }];
}
