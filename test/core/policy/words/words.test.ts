/** The words of policies: what people write behind each key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../src/core/base/outcome.ts';
import { formatPolicyDuration, parsePolicyDuration } from '../../../../src/core/policy/words/duration.ts';
import {
  groupByText,
  parseCommitGroup,
  parseGroup,
  parseGroupBy,
} from '../../../../src/core/policy/words/group.ts';
import { holdText, parseHold } from '../../../../src/core/policy/words/hold.ts';
import {
  formatInstant,
  parseInstantOrDuration,
  parsePolicyInstant,
} from '../../../../src/core/policy/words/instant.ts';
import {
  parseGroupMin,
  parseMaxCommits,
  parsePromoteFrom,
  parseRollout,
  parseRolloutOrder,
  promotionSourceText,
} from '../../../../src/core/policy/words/order-words.ts';
import { parsePin, parseSkipTags, pinText } from '../../../../src/core/policy/words/version-words.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const hourMs = 3_600_000;
const sha = `sha256:${'5c'.repeat(32)}`;

/** The value, or the message of the refusal. */
function told<Value>(outcome: Outcome<Value>): Value | string {
  return outcome.ok ? outcome.value : outcome.failure.message;
}

describe('durations', () => {
  it.each([
    ['72h', 72],
    ['3d', 72],
    ['1w12h', 180],
    ['1.5d', 36],
    ['1d30m', 24.5],
    ['366d', 8784],
    ['1h1d', 25],
  ])('%s is %d h', (text, hours) => {
    expect(told(parsePolicyDuration(text))).toBe(hours * hourMs);
  });

  it.each([
    ['', 'expected a duration such as'],
    ['3', 'expected a duration such as'],
    ['3 d', 'expected a duration such as'],
    ['3D', 'expected a duration such as'],
    ['..d', 'expected a duration such as'],
    ['1.2.3d', 'expected a duration such as'],
    ['-1h', 'expected a duration such as'],
    ['d', 'expected a duration such as'],
    ['9'.repeat(100), 'expected a duration such as'],
    ['0', 'more than 0'],
    ['0d', 'more than 0'],
    ['367d', 'at most 366d'],
    ['53w', 'at most 366d'],
    ['9999999999999d', 'expected a duration'],
  ])('"%s" is refused', (text, why) => {
    expect(told(parsePolicyDuration(text))).toContain(why);
  });

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 366 * 86_400 }), (seconds) => {
        const printed = formatPolicyDuration(seconds * 1000);
        expect(told(parsePolicyDuration(printed))).toBe(seconds * 1000);
      }),
    );
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123.wdhms-µ ')) }), (text) => {
        const read = parsePolicyDuration(text);
        if (read.ok) expect(read.value).toBeGreaterThan(0);
      }),
    );
  });
});

describe('instants', () => {
  it.each([
    ['2026-12-01T08:00:00Z', undefined, '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00:00+01:00', undefined, '2026-12-01T07:00:00Z'],
    ['2026-12-01T08:00Z', undefined, '2026-12-01T08:00:00Z'],
    ['2026-12-01 08:00', undefined, '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00', 'Europe/Berlin', '2026-12-01T07:00:00Z'],
    ['2026-12-01', undefined, '2026-12-02T00:00:00Z'],
    ['2026-12-01', 'Europe/Berlin', '2026-12-01T23:00:00Z'],
    ['2026-12-31', 'America/New_York', '2027-01-01T05:00:00Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z'], // skipped: the end of the gap
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T01:30:00Z'], // twice: the later one
    ['2026-04-24', 'Africa/Cairo', '2026-04-24T21:00:00Z'],
    ['2026-04-23', 'Africa/Cairo', '2026-04-23T22:00:00Z'], // midnight is skipped there
  ])('%s in %s', (text, zone, expected) => {
    const read = parsePolicyInstant(text, zone, zones);
    expect(read.ok ? formatInstant(read.value) : read.failure.message).toBe(expected);
  });

  it.each([
    ['2026-02-30', undefined, 'no such day'],
    ['2026-12-01T24:00:00Z', undefined, 'no such day or time'],
    ['2026-13-01', undefined, 'no such day'],
    ['2h', undefined, 'a duration has no start here'],
    ['tomorrow', undefined, 'expected a time such as'],
    ['01.12.2026', undefined, 'expected a time such as'],
    ['2026-12-01T08:00:00Z', 'Europe/Berlin', 'leave out zone=Europe/Berlin'],
    ['2026-12-01', 'Europe/Berlni', '"Europe/Berlni": expected an IANA name'],
    ['2026-12-01', '+01:00', 'expected an IANA name'],
    ['2026-12-01', '', 'expected an IANA name'],
  ])('%s in %s is refused', (text, zone, why) => {
    expect(told(parsePolicyInstant(text, zone, zones))).toContain(why);
  });

  it('on a command line a duration counts from now', () => {
    const nowMs = Date.UTC(2026, 10, 28, 12);
    const read = (text: string) => told(parseInstantOrDuration(text, undefined, { nowMs, zones }));

    expect(read('2h')).toBe(nowMs + 2 * hourMs);
    expect(read('2026-12-01')).toBe(Date.UTC(2026, 11, 2));
    expect(read('soon')).toContain('expected a time');
  });
});

describe('hold', () => {
  const hold = (text: string) => told(parseHold(text, zones));

  it.each(['true', 'Yes', 'ON', '1'])('HO-01 %s: held, no end', (text) => {
    expect(hold(text)).toEqual({ on: true, hold: {} });
  });

  it.each(['false', 'No', 'OFF', '0'])('%s: off', (text) => {
    expect(hold(text)).toEqual({ on: false });
  });

  it.each(['', '  \n'])('"%s" says nothing', (text) => {
    expect(hold(text)).toBeUndefined();
  });

  it.each([
    ['HO-02', 'until=2026-12-01 reason="bug 42"', { untilMs: Date.UTC(2026, 11, 2), reason: 'bug 42' }],
    ['HO-03', 'until=2026-12-01T08:00 zone=Europe/Berlin', { untilMs: Date.UTC(2026, 11, 1, 7) }],
    ['', 'zone=Europe/Berlin until="2026-12-01 08:00"', { untilMs: Date.UTC(2026, 11, 1, 7) }],
    ['', 'reason="say \\"no\\" \\\\o/" by=ann', { reason: 'say "no" \\o/', by: 'ann' }],
    ['', 'until=2020-01-01', { untilMs: Date.UTC(2020, 0, 2) }],
    ['', 'reason=Störung\n  by=jörg\n', { reason: 'Störung', by: 'jörg' }],
  ])('%s %s', (_, text, expected) => {
    expect(hold(text)).toEqual({ on: true, hold: expected });
  });

  it.each([
    ['HO-04', 'until=2h', 'until "2h": expected a time such as'],
    ['HO-05', 'until=2026-02-30', 'no such day'],
    ['HO-08', 'reason=bug 42', '"42" is no field'],
    ['', 'reason=a reason=b', 'reason is given twice'],
    ['', 'untill=2026-12-01', '"untill" is no field'],
    ['', 'reason="open', 'a quote is open'],
    ['', 'reason="a"b', 'a quote is open or misplaced'],
    ['', 'perhaps', 'expected true, false, or fields'],
    ['', '2026-12-01', 'expected true, false, or fields'],
    ['', 'zone=UTC', 'no effect without until'],
    ['', `reason=${'x'.repeat(5000)}`, 'at most 4096'],
  ])('%s %s is refused', (_, text, why) => {
    expect(hold(text)).toContain(why);
  });

  it('reads what it prints', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '=', 'ö', '#', ',') });
    const record = fc.record(
      {
        untilMs: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
        reason: text,
        by: text,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, (given) => {
        expect(hold(holdText(given))).toEqual({ on: true, hold: given });
      }),
    );
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('until=zone reason "\\2026-1')) }),
        (text) => {
          parseHold(text, zones);
        },
      ),
    );
  });
});

describe('pin', () => {
  it.each([
    ['2.1.4', { tag: '2.1.4' }],
    [sha, { digest: sha }],
    [`2.1.4@${sha}`, { tag: '2.1.4', digest: sha }],
    [`sha512:${'0f'.repeat(64)}`, { digest: `sha512:${'0f'.repeat(64)}` }],
  ])('%s', (text, expected) => {
    expect(told(parsePin(text))).toEqual(expected);
    expect(pinText(expected)).toBe(text);
  });

  it.each(['', '2.1.*', 'sha256:abc', '2.1.4@', '@', `@${sha}`, 'a b', `2.1.4@${sha.toUpperCase()}`])(
    '"%s" is refused',
    (text) => {
      expect(told(parsePin(text))).toContain('expected a tag, a digest');
    },
  );
});

describe('skip-tags', () => {
  const skip = (text: string) => told(parseSkipTags(text));

  it.each([
    ['2.1.5', [{ version: '2.1.5' }]],
    ['2.1.5, 2.1.6', [{ version: '2.1.5' }, { version: '2.1.6' }]],
    [
      '2.1.5 # crashes at start\n2.1.6\n',
      [{ version: '2.1.5', reason: 'crashes at start' }, { version: '2.1.6' }],
    ],
    ['2.1.5 # "crashes, badly"', [{ version: '2.1.5', reason: 'crashes, badly' }]],
    ['2.1.5#no, 2.1.6', [{ version: '2.1.5', reason: 'no' }, { version: '2.1.6' }]],
    ['2.1.5 # 5" disks', [{ version: '2.1.5', reason: '5" disks' }]],
    [`${sha} # bad`, [{ version: sha, reason: 'bad' }]],
    ['2.1.5 #', [{ version: '2.1.5' }]],
    [' , ', []],
  ])('%j', (text, skips) => {
    expect(skip(text)).toEqual({ skips, hints: [] });
  });

  it('HO-09 the rest of a reason with a comma is a tag, and a hint says so', () => {
    expect(skip('2.1.5 # crashes, badly')).toEqual({
      skips: [{ version: '2.1.5', reason: 'crashes' }, { version: 'badly' }],
      hints: ['"badly" is read as a tag; put quotes around a reason with a comma'],
    });
  });

  it.each([
    ['HO-10', '2.1.*', '"2.1.*": no globs here; ignore-tags has them'],
    ['', 'latest rc', '"latest rc": expected a tag'],
    ['', '# why', '"": expected a tag'],
    ['', '2.1.5 # "open', 'a quote is open'],
    ['', '"2.1.5"', 'expected a tag'],
    ['', 'a,'.repeat(40_000), 'at most 65536'],
    ['', 'a,'.repeat(2_000), '2000 items, at most 1000'],
  ])('%s %s is refused', (_, text, why) => {
    expect(skip(text)).toContain(why);
  });

  it('splits any text in time, and never invents a version', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab1.,#" \n\\')) }), (text) => {
        const read = parseSkipTags(text);
        if (read.ok) for (const { version } of read.value.skips) expect(text).toContain(version);
      }),
    );
  });
});

describe('groups', () => {
  it.each([
    ['shop', { name: 'shop' }],
    ['shop /version', { name: 'shop', by: { kind: 'version' } }],
    ['/shop /tag', { name: '/shop', by: { kind: 'tag' } }],
    [
      'a.b-c /label:org.opencontainers.image.revision',
      { name: 'a.b-c', by: { kind: 'label', label: 'org.opencontainers.image.revision' } },
    ],
  ])('group %s', (text, expected) => {
    expect(told(parseGroup(text))).toEqual(expected);
  });

  it.each(['', 'Shop', '//shop', 'shop-', 'shop tag', 'shop /label:', 'shop /rule', 'a b c', 'x'.repeat(64)])(
    'group "%s" is refused',
    (text) => {
      expect(told(parseGroup(text))).toContain('expected');
    },
  );

  it.each(['tag', 'version', 'label:com.example/rev'])('group-by %s is read and printed', (text) => {
    const by = parseGroupBy(text);
    expect(by.ok && groupByText(by.value)).toBe(text);
  });

  it('group-by and commit-group name what is allowed', () => {
    expect(told(parseGroupBy('digest'))).toBe('"digest": expected tag, version or label:<name>');
    expect(told(parseCommitGroup('shop'))).toBe('shop');
    expect(told(parseCommitGroup('/shop'))).toContain('expected a name');
  });
});

describe('who goes first', () => {
  it.each([
    ['argocd/staging', [{ namespace: 'argocd', name: 'staging' }]],
    [
      'argocd/a.b, team-a/c/web/api',
      [
        { namespace: 'argocd', name: 'a.b' },
        { namespace: 'team-a', name: 'c', alias: 'web/api' },
      ],
    ],
  ])('promote-from %s', (text, expected) => {
    expect(told(parsePromoteFrom(text))).toEqual(expected);
    expect(expected.map(promotionSourceText).join(', ')).toBe(text);
  });

  it.each(['', 'staging', 'argocd/', 'argocd/Staging', 'a/b/', '/b', 'a/b,c', 'a/b,'.repeat(21)])(
    'promote-from "%s" is refused',
    (text) => {
      expect(told(parsePromoteFrom(text))).toContain('expected');
    },
  );

  it.each([
    ['one-first', { kind: 'count', count: 1 }],
    ['3', { kind: 'count', count: 3 }],
    ['25%', { kind: 'percent', percent: 25 }],
    ['100%', { kind: 'percent', percent: 100 }],
  ])('rollout %s', (text, expected) => {
    expect(told(parseRollout(text))).toEqual(expected);
  });

  it.each(['', '0', '0%', '101%', '-1', '1.5', '10001', 'two-first', '٣'])(
    'rollout "%s" is refused',
    (text) => {
      expect(told(parseRollout(text))).toContain('expected one-first');
    },
  );

  it('LI-07 no commits at all is a freeze', () => {
    expect(told(parseMaxCommits('0'))).toBe('"0": expected 1 to 10000; to stop all writes use freeze');
    expect(told(parseMaxCommits('10001'))).toBe('"10001": expected a whole number from 1 to 10000');
    expect(told(parseMaxCommits('12'))).toBe(12);
  });

  it.each([
    [parseRolloutOrder, '0', 0],
    [parseRolloutOrder, '999', 999],
    [parseGroupMin, '2', 2],
  ])('numbers', (parse, text, expected) => {
    expect(told(parse(text))).toBe(expected);
  });

  it.each([
    [parseRolloutOrder, '1000', '0 to 999'],
    [parseRolloutOrder, '1e2', '0 to 999'],
    [parseGroupMin, '0', '1 to 1000'],
  ])('numbers out of bounds', (parse, text, why) => {
    expect(told(parse(text))).toContain(why);
  });
});
