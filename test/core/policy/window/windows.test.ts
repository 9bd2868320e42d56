/** `window`: the words, and what is open when. Rows of spec/policies.md 5. */
import { describe, expect, it } from 'vitest';
import {
  entryText,
  type SyncWindowFacts,
  WindowClock,
} from '../../../../src/core/policy/window/window-clock.ts';
import { parseWindows } from '../../../../src/core/policy/window/window-text.ts';
import { formatInstant } from '../../../../src/core/policy/words/instant.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const nothingRead: SyncWindowFacts = { kind: 'known', windows: [] };

function entriesOf(text: string) {
  const entries = parseWindows(text, { zones, nowMs: Date.UTC(2026, 0) });
  if (!entries.ok) throw new Error(entries.failure.message);
  return entries.value;
}

function verdictAt(text: string, at: string, facts = nothingRead) {
  const clock = new WindowClock(Date.parse(at), zones);
  const lists = [{ value: entriesOf(text), source: 'annotation web.window' }];
  return clock.judge(lists, facts, { isManual: false });
}

/** `open`, `until <instant>`, `after <instant>`, `never`. */
function stateAt(text: string, at: string): string {
  const verdict = verdictAt(text, at);
  if (verdict === undefined) return 'open';
  if (verdict.kind === 'held') return 'never';
  return `until ${formatInstant(verdict.untilMs ?? 0)}`;
}

const nights = 'allow "0 22 * * 1-5" 6h Europe/Berlin';
const early = 'allow "30 2 * * *" 1h Europe/Berlin';

describe('own windows', () => {
  it.each([
    ['WI-01', nights, '2026-11-27T22:00:00Z', 'open'],
    ['WI-02', nights, '2026-11-28T02:59:59Z', 'open'],
    ['WI-02', nights, '2026-11-28T03:00:00Z', 'until 2026-11-30T21:00:00Z'],
    ['WI-03', 'deny "0 0 24 12 *" 72h', '2026-12-25T12:00:00Z', 'until 2026-12-27T00:00:00Z'],
    ['WI-03', 'deny "0 0 24 12 *" 3d', '2026-12-27T00:00:00Z', 'open'],
    [
      'WI-04',
      `${nights}; deny "0 23 * * *" 1h Europe/Berlin`,
      '2026-11-27T22:30:00Z',
      'until 2026-11-27T23:00:00Z',
    ],
    ['WI-05', early, '2026-03-29T00:59:59Z', 'until 2026-03-29T01:00:00Z'],
    ['WI-05', early, '2026-03-29T01:00:00Z', 'open'],
    ['WI-05', early, '2026-03-29T02:00:00Z', 'until 2026-03-30T00:30:00Z'],
    ['WI-06', early, '2026-10-25T00:29:59Z', 'until 2026-10-25T00:30:00Z'],
    ['WI-06', early, '2026-10-25T01:29:59Z', 'open'],
    ['WI-06', early, '2026-10-25T01:30:00Z', 'until 2026-10-26T01:30:00Z'],
    ['', 'deny "* * * * *" 1m', '2026-11-27T22:00:00Z', 'never'],
    ['', 'deny "0 0 * * *" 1d', '2026-11-27T22:00:00Z', 'never'],
    ['', 'allow "0 0 29 2 *" 1d', '2026-11-27T22:00:00Z', 'never'], // 2028 is more than a year ahead
    ['', 'deny "0 0 1 12 *" 366d', '2026-12-05T00:00:00Z', 'never'],
    ['', 'deny "0 0 1 12 *" 364d', '2026-12-05T00:00:00Z', 'until 2027-11-30T00:00:00Z'],
    ['', 'allow "0 8 * * *" 1h; allow "0 12 * * *" 1h', '2026-12-05T09:00:00Z', 'until 2026-12-05T12:00:00Z'],
    ['', 'allow "0 8 * * *" 1h; deny "0 8 * * *" 30m', '2026-12-05T09:00:00Z', 'until 2026-12-06T08:30:00Z'],
  ])('%s %s at %s: %s', (_, text, at, expected) => {
    expect(stateAt(text, at)).toBe(expected);
  });

  it('says which entry denies, and which would allow', () => {
    expect(verdictAt('deny "0 0 24 12 *" 72h # "holidays; all of them"', '2026-12-25T12:00:00Z')).toEqual({
      code: 'window',
      kind: 'waiting',
      reason: 'annotation web.window denies this time: deny "0 0 24 12 *" 3d UTC # holidays; all of them',
      ends: 'the window that opens at 2026-12-27T00:00:00Z',
      untilMs: Date.UTC(2026, 11, 27),
    });
    expect(verdictAt(nights, '2026-11-28T12:00:00Z')?.reason).toBe(
      'no time that annotation web.window allows: allow "0 22 * * 1-5" 6h Europe/Berlin',
    );
  });

  it('all lists have to be open', () => {
    const clock = new WindowClock(Date.UTC(2026, 11, 5, 8, 30), zones);
    const lists = [
      { value: entriesOf('allow "0 8 * * *" 1h'), source: 'annotation window' },
      { value: entriesOf('allow "0 0 6 * *" 1d'), source: '--default-window' },
    ];
    const verdict = clock.judge(lists, nothingRead, { isManual: false });

    expect(verdict?.reason).toContain('--default-window');
    expect(verdict?.untilMs).toBe(Date.UTC(2026, 11, 6, 8));
  });
});

describe('the words of windows', () => {
  it('reads the list that AppProjects have', () => {
    const list = `- kind: allow
  schedule: "0 22 * * *"
  duration: 1h
  timeZone: Europe/Berlin
- {kind: deny, schedule: '0 0 24 12 *', duration: 72h, description: holidays}`;

    expect(entriesOf(list).map((entry) => (entry.kind === 'argocd' ? 'argocd' : entryText(entry)))).toEqual([
      'allow "0 22 * * *" 1h Europe/Berlin',
      'deny "0 0 24 12 *" 3d UTC # holidays',
    ]);
  });

  it('reads entries between semicolons and lines', () => {
    expect(
      entriesOf('argocd\nallow "0 9 * * 1-5" 8h Europe/Berlin # office; deny "0 12 * * *" 1h\n'),
    ).toEqual([
      { kind: 'argocd' },
      {
        kind: 'allow',
        schedule: '0 9 * * 1-5',
        durationMs: 8 * 3_600_000,
        zone: 'Europe/Berlin',
        reason: 'office',
      },
      { kind: 'deny', schedule: '0 12 * * *', durationMs: 3_600_000, zone: 'UTC' },
    ]);
  });

  it.each([
    ['', 'expected argocd, or allow or deny'],
    ['; ;', 'expected argocd, or allow or deny'],
    ['permit "0 9 * * *" 1h', 'expected argocd, or allow or deny'],
    ['allow 0 9 * * * 1h', 'expected argocd, or allow or deny'],
    ['allow "0 9 * * *"', 'expected argocd, or allow or deny'],
    ['allow "0 9 * * *" 0s', 'duration "0s": expected a duration of more than 0'],
    ['allow "0 9 * * *" 1h Europe/Berlni', '"Europe/Berlni": expected a zone by its IANA name'],
    ['WI-11 allow "0 0 31 2 *" 1h', 'no such time comes within five years'],
    ['allow ", 9 * * *" 1h', 'no such time comes within five years'],
    ['allow "0 9 * * 7" 1h', 'schedule "7": expected a day of week from 0 to 6 or sun to sat'],
    ['allow "@daily" 1h', 'expected five fields'],
    ['allow "TZ=UTC 0 9 * * *" 1h', 'expected five fields'],
    ['allow "0 9 * * * *" 1h', 'expected five fields'],
    ['allow "0 9 * * *" 1h UTC "x"', 'expected argocd'],
    ['allow "0 9 * * * 1h', 'a quote is open'],
    ['- {kind: allow, schedule: "0 9 * * *", duration: 1h, manualSync: true}', '"manualSync": unknown key'],
    ['- {kind: sync, schedule: "0 9 * * *", duration: 1h}', '"sync": expected the kind allow or deny'],
    ['[', 'window'],
    ['- argocd', 'expected a mapping'],
    ['argocd;'.repeat(20), '17 entries, at most 16'],
    [`allow "${'*,'.repeat(3_000)} * * * *" 1h`, 'at most 4096'],
    [`allow "${'1,'.repeat(101)} * * * *" 1h`, 'minute: more than 100 items'],
  ])('%s is refused', (text, why) => {
    const read = parseWindows(text.replace(/^WI-\d+ /, ''), { zones, nowMs: Date.UTC(2026, 0) });

    expect(read.ok ? 'read' : read.failure.message).toContain(why);
  });
});
