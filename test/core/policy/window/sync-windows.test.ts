/** `window: argocd`: sync windows of AppProjects as Argo CD evaluates them. Rows of spec/policies.md 5.2. */
import { describe, expect, it } from 'vitest';
import { globalProjectsOf, readGlobalProjects } from '../../../../src/core/policy/window/global-projects.ts';
import {
  canSync,
  matchingWindows,
  type SyncWindow,
} from '../../../../src/core/policy/window/sync-windows.ts';
import { type SyncWindowFacts, WindowClock } from '../../../../src/core/policy/window/window-clock.ts';
import { parseWindows } from '../../../../src/core/policy/window/window-text.ts';
import { formatInstant } from '../../../../src/core/policy/words/instant.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();

function syncWindow(schedule: string, duration: string, more: Partial<SyncWindow> = {}): SyncWindow {
  return {
    kind: 'allow',
    schedule,
    duration,
    applications: ['*'],
    namespaces: [],
    clusters: [],
    manualSync: false,
    andOperator: false,
    timeZone: '',
    ...more,
  };
}

const berlin = { timeZone: 'Europe/Berlin' };
const deny = { kind: 'deny' };

function verdictAt(windows: readonly SyncWindow[], at: string, { text = 'argocd', isManual = false } = {}) {
  const entries = parseWindows(text, { zones, nowMs: Date.UTC(2026, 0) });
  if (!entries.ok) throw new Error(entries.failure.message);
  const lists = [{ value: entries.value, source: 'annotation window' }];
  return new WindowClock(Date.parse(at), zones).judge(lists, { kind: 'known', windows }, { isManual });
}

function stateAt(windows: readonly SyncWindow[], at: string): string {
  const verdict = verdictAt(windows, at);
  if (verdict === undefined) return 'open';
  return verdict.untilMs === undefined ? 'never' : `until ${formatInstant(verdict.untilMs)}`;
}

describe('sync windows', () => {
  const early = syncWindow('30 2 * * *', '1h', berlin);
  const long = syncWindow('0 1 * * *', '4h', berlin);
  const morning = syncWindow('0 9 * * *', '1h');
  const is = (open: boolean, verdict: unknown) => expect(verdict === undefined).toBe(open);

  it.each([
    ['WI-07', early, '2026-10-25T00:30:00Z', false],
    ['WI-07', early, '2026-10-25T00:30:01Z', true],
    ['WI-07', early, '2026-10-25T00:59:59Z', true],
    ['WI-07', early, '2026-10-25T01:00:00Z', false],
    ['WI-07', early, '2026-10-25T01:30:01Z', true],
    ['WI-07', early, '2026-10-25T02:29:59Z', true],
    ['WI-07', early, '2026-10-25T02:30:00Z', false],
    ['WI-08', early, '2026-03-29T00:59:59Z', false],
    ['WI-08', early, '2026-03-29T01:00:01Z', true],
    ['WI-08', early, '2026-03-29T01:29:59Z', true],
    ['WI-08', early, '2026-03-29T01:30:00Z', false],
    ['WI-09', long, '2026-10-24T23:00:01Z', true],
    ['WI-09', long, '2026-10-25T03:59:59Z', true],
    ['WI-09', long, '2026-10-25T04:00:00Z', false],
    ['WI-09', long, '2026-03-29T00:00:01Z', true],
    ['WI-09', long, '2026-03-29T03:00:00Z', false],
    ['WI-10', morning, '2026-11-27T09:00:00Z', false],
    ['WI-10', morning, '2026-11-27T09:00:01Z', true],
    ['WI-10', morning, '2026-11-27T09:59:59Z', true],
    ['WI-10', morning, '2026-11-27T10:00:00Z', false],
    ['WI-12', syncWindow('0 9 * * 7', '1h'), '2026-11-29T09:30:00Z', false],
    ['WI-13', syncWindow('0 0 13 * 5', '24h'), '2026-12-13T12:00:00Z', true], // a Sunday
    ['WI-13', syncWindow('0 0 13 * 5', '24h'), '2026-12-11T12:00:00Z', true], // a Friday
    ['WI-13', syncWindow('0 0 */1 * 5', '24h'), '2026-12-13T12:00:00Z', false],
    ['WI-13', syncWindow('0 0 */1 * 5', '24h'), '2026-12-11T12:00:00Z', true],
    ['5.2 rule 5', syncWindow('0 9 * * *', '0s'), '2026-11-27T09:00:01Z', false],
    ['5.2 rule 5', syncWindow('0 9 * * *', '-1h'), '2026-11-27T09:00:01Z', false],
    ['5.2 rule 5', syncWindow('0 9 * * *', '1d'), '2026-11-27T09:00:01Z', false], // no unit of Go
    ['5.2 rule 4', syncWindow('CRON_TZ=Europe/Berlin 0 9 * * *', '1h'), '2026-11-27T08:30:00Z', true],
    ['5.2 rule 4', syncWindow('CRON_TZ=Europe/Berlin 0 9 * * *', '1h', berlin), '2026-11-27T07:30:00Z', true],
    ['5.2 rule 4', syncWindow('CRON_TZ=Europe/Berlni 0 9 * * *', '1h'), '2026-11-27T09:30:00Z', false],
    [
      '5.2 rule 4',
      syncWindow('0 9 * * *', '1h', { timeZone: 'Europe/Berlni' }),
      '2026-11-27T09:30:00Z',
      true,
    ],
    [
      '5.2 rule 4',
      syncWindow('0 9 * * *', '1h', { timeZone: 'europe/berlin' }),
      '2026-11-27T09:30:00Z',
      true,
    ],
  ])('%s %j at %s: open %s', (_, window, at, open) => {
    is(open, verdictAt([window], at));
  });

  it('WI-11 a schedule that never comes denies for ever, and that is said', () => {
    const verdict = verdictAt([syncWindow('0 0 31 2 *', '1h', deny)], '2026-11-27T09:00:00Z');

    expect(verdict).toMatchObject({ kind: 'held', reason: expect.stringContaining('0 0 31 2 *') as string });
    expect(verdict?.ends).toContain('do not open within 366 days');
  });

  it('WI-12 a schedule that cannot be read closes, and is named', () => {
    expect(verdictAt([syncWindow('0 9 * * 7', '1h')], '2026-11-27T09:30:00Z')).toMatchObject({
      code: 'window',
      kind: 'held',
      reason: expect.stringContaining('allow "0 9 * * 7" 1h: schedule "7"') as string,
    });
  });

  it.each([
    ['WI-10', [morning], '2026-11-27T09:00:00Z', 'until 2026-11-27T09:00:00.001Z'],
    ['WI-07', [early], '2026-10-25T01:00:00Z', 'until 2026-10-25T01:30:00.001Z'],
    ['WI-08', [early], '2026-03-29T00:00:00Z', 'until 2026-03-29T01:00:00Z'], // the switch itself opens it
    ['WI-18', [morning, syncWindow('0 12 * * *', '1h')], '2026-11-27T12:30:00Z', 'open'],
    ['', [syncWindow('0 0 * * *', '24h', deny)], '2026-11-27T12:30:00Z', 'until 2026-11-28T00:00:00Z'], // both ends are open
    ['', [syncWindow('* * * * *', '2m', deny)], '2026-11-27T12:30:00Z', 'never'],
    ['', [syncWindow('0 9 * * *', '1h', { kind: 'forbid' })], '2026-11-27T09:30:00Z', 'open'],
    ['', [], '2026-11-27T09:30:00Z', 'open'],
  ])('%s the next opening of %j at %s', (_, windows, at, expected) => {
    expect(stateAt(windows, at)).toBe(expected);
  });

  it('WI-20 manualSync lets pass what a person asks for', () => {
    const window = syncWindow('0 9 * * *', '1h', { ...deny, manualSync: true });

    is(false, verdictAt([window], '2026-11-27T09:30:00Z'));
    is(true, verdictAt([window], '2026-11-27T09:30:00Z', { isManual: true }));
    is(
      false,
      verdictAt([window, { ...window, manualSync: false }], '2026-11-27T09:30:00Z', { isManual: true }),
    );
    is(
      true,
      verdictAt([syncWindow('0 9 * * *', '1h', { manualSync: true })], '2026-11-27T12:00:00Z', {
        isManual: true,
      }),
    );
    is(false, verdictAt([morning], '2026-11-27T12:00:00Z', { isManual: true }));
    expect(canSync([], { zones, atMs: 0, isManual: false })).toBe(true);
  });

  it('WI-21 sync windows and own windows have to be open', () => {
    const text = 'argocd; allow "0 9 * * 1-5" 8h Europe/Berlin';
    const night = [syncWindow('0 10 * * *', '1h', berlin)];

    is(true, verdictAt(night, '2026-11-27T09:30:00Z', { text }));
    is(false, verdictAt(night, '2026-11-27T12:00:00Z', { text }));
    is(false, verdictAt(night, '2026-11-28T09:30:00Z', { text }));
    expect(verdictAt(night, '2026-11-28T09:30:00Z', { text })?.untilMs).toBe(
      Date.UTC(2026, 10, 30, 9, 0, 0, 1),
    );
  });

  it('windows that nobody can read are no open ones', () => {
    const facts: SyncWindowFacts = { kind: 'unknown', why: 'appprojects is forbidden' };
    const lists = [{ value: [{ kind: 'argocd' }] as const, source: 'annotation window' }];

    expect(new WindowClock(0, zones).judge(lists, facts, { isManual: true })).toMatchObject({
      code: 'policy-unknown',
      reason: 'the sync windows of the AppProject cannot be read: appprojects is forbidden',
    });
    expect(new WindowClock(0, zones).judge([], facts, { isManual: false })).toBeUndefined();
  });
});

describe('which windows are for an Application', () => {
  const target = { name: 'x', destination: { server: 's', namespace: 'team-a' } };
  const lists = { applications: [], clusters: [], namespaces: [] };
  const matches = (more: Partial<SyncWindow>, of = target) =>
    matchingWindows([syncWindow('* * * * *', '1h', { ...lists, ...more })], of).length === 1;

  it.each([
    ['WI-14', { applications: ['y'], clusters: ['s'] }, true],
    ['WI-15', { applications: ['x'], clusters: ['zz'], andOperator: true }, false],
    ['WI-16', { clusters: ['in-cluster'] }, false],
    ['WI-17', { applications: ['argocd/x'] }, false],
    ['', {}, false],
    ['', { andOperator: true }, false],
    ['', { applications: ['x'], clusters: ['s'], andOperator: true }, true],
    ['', { applications: ['!y'] }, false], // no negation
    ['', { applications: ['[!y]'] }, true],
    ['', { applications: ['[a-c'] }, false],
    ['', { namespaces: ['team-{a,b}'] }, true],
    ['', { namespaces: ['TEAM-*'] }, false],
  ])('%s %j: %s', (_, more, expected) => {
    expect(matches(more)).toBe(expected);
  });

  it('a star crosses slashes and dots, and matches nothing at all', () => {
    const far = { name: 'a.b', destination: { server: 'https://a.b/c', namespace: '' } };

    expect(matches({ clusters: ['https*c'] }, far)).toBe(true);
    expect(matches({ applications: ['a?b'] }, far)).toBe(true);
    expect(matches({ namespaces: ['*'] }, far)).toBe(true);
  });
});

describe('WI-19 global projects', () => {
  const text = `- projectName: global
  labelSelector:
    matchLabels: {tier: prod}
    matchExpressions:
      - {key: opt, operator: In, values: [yes, both]}
- {projectName: all, labelSelector: {}}
- {projectName: none, labelSelector: {matchExpressions: [{key: x, operator: Exists}]}}
- {projectName: not, labelSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [dev]}, {key: x, operator: DoesNotExist}]}}`;
  const of = (name: string, labels: Record<string, string>, source = text) =>
    globalProjectsOf({ name, labels }, readGlobalProjects(source));

  it.each([
    ['shop', { tier: 'prod', opt: 'both' }, ['global', 'all', 'not']],
    ['shop', { tier: 'prod' }, ['all', 'not']],
    ['shop', { tier: 'dev', x: '' }, ['all', 'none']],
    ['all', {}, ['not']], // a project is not its own
  ])('%s %j', (name, labels, expected) => {
    expect(of(name, labels)).toEqual(expected);
  });

  it('a selector that Kubernetes refuses ends the list', () => {
    const broken = '- {projectName: bad, labelSelector: {matchExpressions: [{key: x, operator: Like}]}}\n';

    expect(of('shop', { tier: 'prod', opt: 'yes' }, broken + text)).toEqual([]);
    expect(of('shop', {}, 'projectName: x')).toEqual([]);
    expect(of('shop', {}, '[')).toEqual([]);
  });
});
