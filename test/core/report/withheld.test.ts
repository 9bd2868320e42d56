/** What a policy withholds is said once for each reason, and is neither a skip nor an error. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/core/decide/decision.ts';
import type { PolicyCode, Reason } from '../../../src/core/policy/verdict.ts';
import { countReports, type CycleReport } from '../../../src/core/report/report.ts';
import type { Repeats } from '../../../src/core/report/repeats.ts';
import { tellProblems } from '../../../src/core/report/telling.ts';
import { aRef, anImage } from '../builders.ts';

const minuteMs = 60_000;

function aReason(code: PolicyCode, more: Partial<Reason> = {}): Reason {
  return { code, kind: 'held', reason: 'bug 42', ends: 'removal of the hold', also: [], ...more };
}

function withheldAt(reason: Reason, wanted = '2.1.5'): Decision {
  const image = anImage({ alias: 'web', entry: 'web=ghcr.io/acme/web' });
  return {
    index: 0,
    alias: 'web',
    entry: 'web=ghcr.io/acme/web',
    trace: { dropped: [] },
    kind: reason.kind,
    image,
    wanted: aRef(`ghcr.io/acme/web:${wanted}`),
    at: aRef('ghcr.io/acme/web:2.1.4'),
    reason,
  };
}

function cycle(decision: Decision, startedAtMs: number): CycleReport {
  const applications = [{ app: 'argocd/shop', decisions: [decision], changes: [], warnings: [] }];
  return {
    startedAtMs,
    durationMs: 0,
    complete: true,
    applications,
    problems: [],
    warnings: [],
    counters: countReports(applications, 0),
  };
}

/** `level: message` of what each cycle says, a minute apart. */
function told(decisions: readonly Decision[]): readonly (readonly string[])[] {
  let repeats: Repeats = new Map();
  return decisions.map((decision, i) => {
    const telling = tellProblems(cycle(decision, i * minuteMs), repeats);
    repeats = telling.repeats;
    return [
      ...telling.problems.map(({ level, message }) => `${level}: ${message}`),
      ...telling.resolved.map(({ message }) => `resolved: ${message}`),
    ];
  });
}

describe('what a policy withholds', () => {
  it('OR-14: is considered, and nothing else', () => {
    const { counters } = cycle(withheldAt(aReason('hold')), 0);

    expect(counters).toEqual({ applications: 1, considered: 1, skipped: 0, updated: 0, errors: 0 });
  });

  it('is said once while it stays, and anew for another reason or another version', () => {
    const hold = withheldAt(aReason('hold'));
    const waits = withheldAt(
      aReason('window', { kind: 'waiting', reason: 'closed', untilMs: Date.UTC(2026, 11, 1, 8) }),
    );

    expect(told([hold, hold, waits, waits, withheldAt(aReason('hold'), '2.1.6')])).toEqual([
      ['info: hold: bug 42; ends with removal of the hold'],
      [],
      ['info: window until 2026-12-01 08:00 UTC: closed; ends with removal of the hold'],
      [],
      ['info: hold: bug 42; ends with removal of the hold'],
    ]);
  });

  it.each<[PolicyCode, string]>([
    ['policy-invalid', 'warning'],
    ['rollback', 'warning'],
    ['quarantine', 'warning'],
    ['hold', 'info'],
    ['min-age', 'info'],
  ])('%s is said at level %s', (code, level) => {
    const [said] = told([withheldAt(aReason(code))]);

    expect(said?.[0]).toMatch(new RegExp(`^${level}: ${code}`));
  });

  it('that may be over in the next cycle is said where it is not', () => {
    const passing = withheldAt(aReason('rollback-unsure', { kind: 'waiting', isPassing: true }));
    const lasting = withheldAt(aReason('rollback-unsure', { kind: 'waiting' }));

    expect(told([passing, passing, lasting, lasting])).toEqual([
      [],
      [],
      ['warning: rollback-unsure: bug 42; ends with removal of the hold'],
      [],
    ]);
  });

  it('RB-25: what withholds nothing is said once, where it is news', () => {
    const remarks = [
      { message: 'Argo CD runs 2.1.4', isNews: true } as const,
      { message: 'seen back to 2020' },
    ];
    const noted = { ...withheldAt(aReason('hold')), remarks };
    const [first, second] = told([noted, noted]);

    expect(first).toEqual([expect.stringMatching(/^info: hold/), 'info: Argo CD runs 2.1.4']);
    expect(second).toEqual([]);
  });

  it('names who is behind it, and what else applies', () => {
    const reason = aReason('rollback', { by: 'commit 81db295', also: ['window'] });

    expect(told([withheldAt(reason)])).toEqual([
      ['warning: rollback: bug 42 (commit 81db295); ends with removal of the hold; also window'],
    ]);
  });
});
