/** The four strategies: the table of images.md 5.2 under the decisions that mend it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConstraint } from '../../../src/core/version/constraint.ts';
import { selectTag } from '../../../src/core/strategy/selecting.ts';
import type { Candidate } from '../../../src/core/strategy/selection.ts';
import { parseStrategyName, type Strategy } from '../../../src/core/strategy/strategy.ts';
import { compareInstants, parseInstant } from '../../../src/core/version/instant.ts';

function semver(text?: string): Strategy {
  if (text === undefined) return { kind: 'semver' };
  const constraint = parseConstraint(text);
  if (!constraint.ok) throw new Error(constraint.failure.message);
  return { kind: 'semver', constraint: constraint.value };
}

/** "1.0 dev@5" -> candidates; `@5` is a date in seconds. */
function candidates(text: string): Candidate[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [tag = '', seconds] = word.split('@');
      return seconds === undefined ? { tag } : { tag, created: { seconds: Number(seconds), nanos: 0 } };
    });
}

function select(strategy: Strategy, tags: string, current?: string) {
  const outcome = selectTag(strategy, candidates(tags), current === undefined ? undefined : { tag: current });
  if (!outcome.ok) return outcome.failure.kind;
  return outcome.value.kind === 'chosen' ? outcome.value.tag : outcome.value.kind;
}

describe('semver', () => {
  const tags = '0.1 0.5.1 0.9 1.0 1.0.1 1.1.2 2.0.3';

  it.each([
    ['S-01', '1.0', undefined, tags, '2.0.3'],
    ['S-02', '1.0', '^1.0', tags, '1.1.2'],
    ['S-03', '1.0', '~1.0', tags, '1.0.1'],
    ['S-04', '1.0', '~1.0', '0.1 0.5.1 0.9 2.0.3', 'none-satisfies'],
    ['S-06', '1.0', '~1.0', '', 'none-left'],
    ['S-07', 'bb', undefined, 'zz bb yy cc aa ll', 'none-left'],
    ['11-18, S-08', 'bb', undefined, 'zz bb 1.0', 'config'],
    ['S-09', 'latest', '^1.0', tags, 'config'],
    ['S-10', undefined, undefined, '1.0 1.1', '1.1'],
    ['S-10', '', undefined, '1.0 1.1', '1.1'],
    ['11-16, S-12', '2.0', '1.x', '1.0 1.5 2.0 2.1', '1.5'],
    ['11-16, S-13', '1.5', undefined, '1.0 1.4', '1.4'],
    ['11-18, S-16', '1.0', undefined, '1.0 2.0.0-rc1', '2.0.0-rc1'],
    ['S-17', '1.0', '*', '1.0 2.0.0-rc1', '1.0'],
    [
      'S-18',
      'v2.2.0',
      undefined,
      'v2.2.0 v2.3.0-rc.0.18.g1abb7b5dd-ppc64le',
      'v2.3.0-rc.0.18.g1abb7b5dd-ppc64le',
    ],
    ['11-22, S-19', '1.0', '2.x-0', '2.0.0-rc1 2.0.0-rc2 2.0.0-rc10', '2.0.0-rc2'],
    ['S-20', '1.0', '2.x-0', '2.0.0-rc.1 2.0.0-rc.2 2.0.0-rc.10', '2.0.0-rc.10'],
    ['S-21', '1.26.0', '~1.26', '1.26.0 1.26.1 1.26.2-alpine', '1.26.1'],
    ['11-19, S-22', '1.26.0-alpine', '~1.26-0', '1.26.0-alpine 1.26.1-alpine 1.26.1', '1.26.1'],
    ['11-19, S-23', '1.26.0-alpine', '~1.26-0', '1.26.0-alpine 1.26.1-alpine 1.26.2-debian', '1.26.2-debian'],
    ['11-19, S-24', '1.26-alpine', '1.26-alpine', '1.26-alpine 1.26.3-alpine 1.26.3', '1.26.3'],
    ['11-20, S-25', '1.0.0', undefined, '1.0.0 20240115', '20240115'],
    ['11-20, S-26', '1.0.0', undefined, '1.0.0 1234567 abcdef0', '1234567'],
    ['S-27', '2024.01.15', undefined, '2024.01.15 2024.1.20 2024.01.20', '2024.1.20'],
    ['S-28', '1.0.0-1', '*-0', '1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-alpha', '1.0.0-alpha'],
    ['S-29', 'v1.0.0', 'v1.x', '1.0.1 v1.0.1 1.0.2', '1.0.2'],
    ['S-30', 'V1.0.0', undefined, 'V1.0.0 1.0.0', 'config'],
    ['S-31', '1.0.0', '1.0.0', '1.0.0 1.0.1', '1.0.0'],
    ['S-32', '1.0.0', '2.0.0', '1.0.0 1.0.1', 'none-satisfies'],
  ])('%s: %s under %s of [%s] -> %s', (_row, current, constraint, listed, expected) => {
    expect(select(semver(constraint), listed, current)).toBe(expected);
  });

  it.each([
    ['S-14', '1.0.0', '1.0 1.0.0 v1.0.0', '1.0.0'],
    ['S-15', '1', '1 1.0 1.0.0', '1'],
    ['S-15', '1', 'v1 1 1.0', '1'],
    ['a running spelling that is not listed', '01.0', '1.0 v1.0', 'v1.0'],
    ['no running tag', undefined, 'v1.0.0 1.0.0 1.0', 'v1.0.0'],
  ])('11-21 of equal versions the running tag stays, %s', (_row, current, listed, expected) => {
    expect(select(semver(), listed, current)).toBe(expected);
  });

  it('S-11 a running digest without tag is no obstacle', () => {
    expect(selectTag(semver(), candidates('1.0 1.1'), { digest: 'sha256:ab' })).toMatchObject({
      value: { tag: '1.1' },
    });
  });

  it('names the running tag that is no version', () => {
    expect(selectTag(semver(), candidates('1.0'), { tag: 'latest' })).toEqual({
      ok: false,
      failure: {
        kind: 'config',
        message: 'running tag "latest": not a version, which strategy semver needs',
      },
    });
  });

  it.each([
    ['S-19', '2.0.0-rc1 2.0.0-rc2 2.0.0-rc10', '2.0.0-rc2', '2.0.0-rc10 counts as older than 2.0.0-rc2'],
    ['after a word', '1.0.0-beta.r9 1.0.0-beta.r10', '1.0.0-beta.r9', '1.0.0-beta.r10 counts as older'],
    ['S-20', '2.0.0-rc.1 2.0.0-rc.2 2.0.0-rc.10', '2.0.0-rc.10', undefined],
    ['another version', '2.0.0-rc2 1.0.0-rc10', '2.0.0-rc2', undefined],
    ['another word', '2.0.0-rc2 2.0.0-alpha10', '2.0.0-rc2', undefined],
    ['a release', '2.0.0 2.0.0-rc2 2.0.0-rc10', '2.0.0', undefined],
  ])('11-22 tells of a pre-release whose number does not count, %s', (_row, listed, tag, doubt) => {
    const selected = selectTag(semver(), candidates(listed), undefined);

    expect(selected).toMatchObject({ ok: true, value: { tag } });
    if (doubt === undefined) expect(selected.ok && selected.value).not.toHaveProperty('doubt');
    else expect(selected).toMatchObject({ value: { doubt: expect.stringContaining(doubt) } });
  });

  it('says which tags are no versions and which are outside the constraint', () => {
    expect(selectTag(semver('1.x'), candidates('dev 1.0 2.0 latest 1.1'), { tag: '1.0' })).toEqual({
      ok: true,
      value: { kind: 'chosen', tag: '1.1', unparsed: ['dev', 'latest'], unsatisfied: ['2.0'] },
    });
    expect(selectTag(semver('3.x'), candidates('dev 2.0'), undefined)).toEqual({
      ok: true,
      value: { kind: 'none-satisfies', unparsed: ['dev'], unsatisfied: ['2.0'] },
    });
    expect(selectTag(semver('3.x'), candidates('dev'), undefined)).toEqual({
      ok: true,
      value: { kind: 'none-left', unparsed: ['dev'] },
    });
  });
});

describe('the other strategies', () => {
  it.each<[string, Strategy['kind'], string, string, string]>([
    ['S-34', 'alphabetical', 'bb', 'zz bb yy cc aa ll', 'zz'],
    ['S-35', 'alphabetical', 'bb', 'zz bb yy cc aa ll', 'zz'],
    ['S-36', 'alphabetical', '10', '9 10 100', '9'],
    ['S-37', 'alphabetical', 'a', 'a Z z _x -', 'z'],
    ['S-38', 'alphabetical', '2024-01-02', '2024-01-02 2024-01-03 latest', 'latest'],
    ['S-39', 'alphabetical', 'zz', 'aa ll', 'll'],
    ['S-47', 'alphabetical', 'one', '', 'none-left'],
    ['S-40', 'newest-build', 'bb', 'zz@0 bb@5 yy@20 cc@15 aa@25 ll@30', 'll'],
    ['B-09, S-41', 'newest-build', 'bb', 'a@5 b@5 c@5 d@1', 'c'],
    ['S-42', 'newest-build', 'f33bacd', 'f33bacd@10 dev@10 latest@10', 'latest'],
    ['S-43', 'newest-build', 'bb', 'zz@0 bb@5', 'bb'],
    ['S-44', 'newest-build', 'bb', '', 'none-left'],
    ['undated', 'newest-build', 'bb', 'zz aa@-5', 'aa'],
    ['S-45', 'digest', 'latest', 'latest other', 'latest'],
    ['S-46', 'digest', 'old', 'other zz', 'none-left'],
  ])('%s: %s from %s of [%s] -> %s', (_row, kind, current, listed, expected) => {
    const strategy: Strategy = kind === 'digest' ? { kind, tag: 'latest' } : { kind };

    expect(select(strategy, listed, current)).toBe(expected);
  });

  it('nanoseconds decide between dates', () => {
    const dated = ['2024-01-01T00:00:00.000000002Z', '2024-01-01T00:00:00.000000001Z'].map((text, index) => {
      return { tag: `t${index}`, created: parseInstant(text)! };
    });

    expect(selectTag({ kind: 'newest-build' }, dated, undefined)).toMatchObject({ value: { tag: 't0' } });
  });
});

describe('selectTag', () => {
  it('does not depend on the order of the candidates', () => {
    const tags = fc.uniqueArray(
      fc.constantFrom('1', '1.0', 'v1', '1.0.0', '2.0-rc.1', '2.0', 'dev', '1.5', '01'),
    );
    fc.assert(
      fc.property(tags, fc.constantFrom('1', '1.0', '3', undefined), (listed, current) => {
        const forth = select(semver(), listed.join(' '), current);

        expect(select(semver(), listed.toReversed().join(' '), current)).toBe(forth);
      }),
    );
  });

  it('settles: what was chosen is chosen again once it runs', () => {
    const tags = fc.uniqueArray(fc.constantFrom('1', '1.0', 'v1', '1.0.0', '2.0-rc.1', '2.0', 'v2', '1.5'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(tags, (listed) => {
        const chosen = select(semver(), listed.join(' '));

        expect(select(semver(), listed.join(' '), chosen)).toBe(chosen);
      }),
    );
  });
});

describe('parseStrategyName', () => {
  it.each([
    ['A-30', 'SemVer', 'semver'],
    ['A-30', 'DIGEST', 'digest'],
    ['A-31', 'latest', 'newest-build'],
    ['A-31', 'Name', 'alphabetical'],
    ['A-33 (trimmed)', ' digest\n', 'digest'],
    ['A-13', '', 'semver'],
    ['A-32 (fails closed)', 'newest', undefined],
    ['A-32 (fails closed)', 'lastest', undefined],
    ['no property of an object', 'constructor', undefined],
  ])('%s: %j -> %s', (_row, value, expected) => {
    expect(parseStrategyName(value)).toBe(expected);
  });
});

describe('parseInstant', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0, 0],
    ['0001-01-01T00:00:00Z', -62_135_596_800, 0],
    ['0000-03-01T00:00:00Z', -62_162_035_200, 0],
    ['9999-12-31T23:59:59.999999999Z', 253_402_300_799, 999_999_999],
    ['2024-02-29T03:04:05.1Z', 1_709_175_845, 100_000_000],
    ['2024-02-29T03:04:05.1234567899Z', 1_709_175_845, 123_456_789],
    ['2024-02-29T05:04:05+02:00', 1_709_175_845, 0],
    ['2024-02-28T21:34:05-05:30', 1_709_175_845, 0],
  ])('%s', (text, seconds, nanos) => {
    expect(parseInstant(text)).toEqual({ seconds, nanos });
  });

  it.each([
    '',
    '2024-01-01',
    '2024-01-01 00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00+24:00',
    '24-01-01T00:00:00Z',
    `2024-01-01T00:00:00.${'1'.repeat(2 ** 20)}`,
  ])('%# is none: %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('orders as the dates do', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
        fc.nat(999),
        (date, extra) => {
          const base = parseInstant(date.toISOString())!;
          const later = parseInstant(date.toISOString().replace('Z', `${String(extra).padStart(3, '0')}1Z`))!;

          expect(base.seconds * 1000 + base.nanos / 1e6).toBe(date.getTime());
          expect(Math.sign(compareInstants(later, base))).toBe(
            extra === 0 ? Math.sign(later.nanos - base.nanos) : 1,
          );
        },
      ),
    );
  });
});
