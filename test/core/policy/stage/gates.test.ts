import { describe, expect, it } from 'vitest';
import type { ImagePolicies } from '../../../../src/core/policy/settings.ts';
import { type GateFacts, gateReason } from '../../../../src/core/policy/stage/gates.ts';
import type { Verdict } from '../../../../src/core/policy/verdict.ts';

const nowMs = Date.UTC(2026, 10, 27, 12);
const hourMs = 3_600_000;

const closed: Verdict = {
  code: 'window',
  kind: 'waiting',
  reason: 'no window is open',
  ends: 'the next opening',
  untilMs: nowMs + hourMs,
};

const ahead: Verdict = {
  code: 'policy-unknown',
  kind: 'held',
  reason: 'the clock is 10 min ahead',
  ends: 'equal clocks',
};

function facts(more: Partial<GateFacts> = {}): GateFacts {
  return { nowMs, closedBy: () => undefined, ...more };
}

function held(value: object = {}): ImagePolicies {
  return { holds: [{ value, source: 'annotation web.hold' }] };
}

function codes(policies: ImagePolicies, given: GateFacts): readonly string[] {
  const reason = gateReason(policies, given);
  return reason === undefined ? [] : [`${reason.kind} ${reason.code}`, ...reason.also];
}

const windows = { windows: [{ value: [{ kind: 'argocd' } as const], source: 'annotation window' }] };
const age = { minAgeMs: { value: hourMs, source: '--default-min-age' } };

describe('gates', () => {
  it.each<[string, ImagePolicies, GateFacts, readonly string[]]>([
    ['nothing asked for', {}, facts(), []],
    ['HO-01: a hold without end', held(), facts(), ['held hold']],
    ['HO-02: a hold that ends', held({ untilMs: nowMs + 1 }), facts(), ['waiting hold']],
    ['a hold that has ended', held({ untilMs: nowMs }), facts(), []],
    [
      'OR-01: hold and window closed',
      { ...held(), ...windows },
      facts({ closedBy: () => closed }),
      ['held hold', 'window'],
    ],
    ['an open window', windows, facts(), []],
    ['a window that opens', windows, facts({ closedBy: () => closed }), ['waiting window']],
    [
      'a window that never opens',
      windows,
      facts({ closedBy: () => ({ ...closed, kind: 'held' }) }),
      ['held window'],
    ],
    [
      'HO-16: a freeze, whatever else',
      held(),
      facts({ freeze: { value: { reason: 'incident 7' }, source: 'ConfigMap' } }),
      ['held freeze', 'hold'],
    ],
    [
      'OR-12: a suspect clock, with a rule that compares times',
      age,
      facts({ clock: ahead }),
      ['held policy-unknown'],
    ],
    ['OR-12: a suspect clock, without one', held(), facts({ clock: ahead }), ['held hold']],
    [
      'holds that cannot be read',
      {},
      facts({ unknown: 'the ConfigMap cannot be read' }),
      ['held policy-unknown'],
    ],
    [
      'OR-08: a value that cannot be read',
      { invalid: [{ value: 'hodl is no key: did you mean hold', source: 'annotation hodl' }] },
      facts(),
      ['held policy-invalid'],
    ],
    [
      'interval, too early and late enough',
      { intervalMs: { value: hourMs, source: 'annotation interval' } },
      facts({ notBeforeMs: nowMs + 1 }),
      ['waiting interval'],
    ],
    [
      'interval, late enough',
      { intervalMs: { value: hourMs, source: 'annotation interval' } },
      facts({ notBeforeMs: nowMs }),
      [],
    ],
  ])('%s', (_, policies, given, expected) => {
    expect(codes(policies, given)).toEqual(expected);
  });
});
