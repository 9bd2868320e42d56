/** Versions: what is one, and which of two comes first. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareExactly,
  compareVersions,
  parseVersion,
  type Version,
} from '../../../src/core/version/version.ts';
import { generatedRuns } from '../../generated-runs.ts';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`no version: ${text}`);
  return parsed;
}

describe('parseVersion', () => {
  it.each([
    ['V-01', '1', '1.0.0'],
    ['V-01', '1.0', '1.0.0'],
    ['V-01', 'v1', '1.0.0'],
    ['V-01', 'v1.2', '1.2.0'],
    ['V-02', '1.2.3', '1.2.3'],
    ['V-02', 'v1.2.3', '1.2.3'],
    ['V-04', '1.2-alpine', '1.2.0-alpine'],
    ['V-04', '1-alpine', '1.0.0-alpine'],
    ['V-05', '01.02.03', '1.2.3'],
    ['V-05', '2024.01.15', '2024.1.15'],
    ['V-06', '20240115', '20240115.0.0'],
    ['V-06', '1234567', '1234567.0.0'],
    ['V-06', '0123456', '123456.0.0'],
    ['V-07', '20240115-abc', '20240115.0.0-abc'],
    ['V-10', '1.2.3-0a', '1.2.3-0a'],
    ['V-10', '1.2.3-0', '1.2.3-0'],
    ['V-10', '1.2.3-a.b-c', '1.2.3-a.b-c'],
    ['V-10', '1.2.3-rc.1+b', '1.2.3-rc.1'],
    ['V-11', '9007199254740993', '9007199254740993.0.0'],
    ['V-11', '18446744073709551615', '18446744073709551615.0.0'],
    ['V-11', '00018446744073709551615', '18446744073709551615.0.0'],
  ])('%s reads %s as %s', (_row, text, canonical) => {
    const { major, minor, patch, prerelease } = version(text);

    expect(`${major}.${minor}.${patch}${prerelease === '' ? '' : `-${prerelease}`}`).toBe(canonical);
  });

  it.each([
    ['V-03', ['V1.2.3', '=1.2.3', 'vv1.2', 'v']],
    ['V-08', ['1.2.3.4', '1.2.3_4', '1.2.', '1..2', '1.2.3-', '1.2.3+', '1.2.3-rc..1', '1.2.3~1']],
    ['V-09', ['1.2.3-01', '1.2.3-rc.01']],
    ['V-12', ['18446744073709551616', '99999999999999999999', '1.2.18446744073709551616']],
    ['V-13', ['latest', 'stable', 'abc1234', '1e10', '1.x', '*', '', 'release-1.2.3']],
    ['V-14', [' 1.2.3', '1.2.3 ', '1.2.3\n']],
  ])('%s refuses %j', (_row, texts) => {
    expect(texts.filter((text) => parseVersion(text) !== undefined)).toEqual([]);
  });

  it('keeps the written text and the metadata', () => {
    expect(version('v01.2+build.7')).toMatchObject({ original: 'v01.2+build.7', metadata: 'build.7' });
  });
});

describe('compareVersions', () => {
  it.each([
    ['numbers', ['v1.0', 'v1.0.1', 'v2.0', 'v2.0.2', 'v2.0.3']],
    ['identifiers', '1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0'.split(' ')],
    ['text inside one identifier (S-19)', ['2.0.0-rc1', '2.0.0-rc10', '2.0.0-rc2']],
    ['numbers before texts (S-28)', ['1.0.0-1', '1.0.0-2', '1.0.0-10', '1.0.0--', '1.0.0-A', '1.0.0-a']],
    [
      'digits beyond 64 bits as text',
      ['1.0.0-5', '1.0.0-18446744073709551615', '1.0.0-99999999999999999999', '1.0.0-abc'],
    ],
    ['numbers beyond 2^53', ['9007199254740992', '9007199254740993', '18446744073709551615']],
  ])('orders %s', (_what, ascending) => {
    const shuffled = ascending.toReversed().map(version);

    expect(shuffled.sort(compareVersions).map((each) => each.original)).toEqual(ascending);
  });

  it('takes spellings and metadata for equal', () => {
    const spellings = ['01.0.0', '1', '1.0', 'v1', 'v1.0.0', '1.0.0+a', '1.0.0+b'].map(version);

    expect(new Set(spellings.map((each) => compareVersions(each, version('1.0.0'))))).toEqual(new Set([0]));
  });
});

const number = fc.oneof(
  fc.nat(3).map(String),
  fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n).map(String),
  fc.bigInt(2n ** 64n - 3n, 2n ** 64n - 1n).map(String),
);
const identifier = fc.oneof(
  number,
  fc.constantFrom('alpha', 'rc', 'rc1', '-', 'a-b', '99999999999999999999'),
);
const versions = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }), fc.constantFrom('', '+b'))
  .map(([a, b, c, pre, meta]) => `${a}.${b}.${c}${pre.length === 0 ? '' : `-${pre.join('.')}`}${meta}`)
  .map(version);

describe('precedence', () => {
  it('is the same with the package semver and without it', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        expect(compareVersions(a, b)).toBe(compareExactly(a, b));
      }),
      { numRuns: generatedRuns(2000) },
    );
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        const [low, middle, high] = [a, b, c].sort(compareVersions);
        expect(compareVersions(low!, middle!)).toBeLessThanOrEqual(0);
        expect(compareVersions(middle!, high!)).toBeLessThanOrEqual(0);
        expect(compareVersions(low!, high!)).toBeLessThanOrEqual(0);
      }),
      { numRuns: generatedRuns(2000) },
    );
  });
});

describe('hostile texts', () => {
  it.each(['1', '0', '1.', '-', '1-a.', 'v', '1-0', ' '])('a megabyte of %j comes to an end', (unit) => {
    const text = unit.repeat(2 ** 20 / unit.length);

    expect(() => parseVersion(text)).not.toThrow();
    expect(() => parseVersion(`1.0.0-${text}`)).not.toThrow();
  });

  it('any text is a version or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseVersion(text)?.original ?? text).toBe(text);
      }),
    );
  });

  it('long pre-releases are compared', () => {
    const long = version(`1.0.0-${'a.'.repeat(1000)}1`);

    expect(long.ordinary).toBeUndefined();
    expect(compareVersions(long, version(`1.0.0-${'a.'.repeat(1000)}2`))).toBe(-1);
  });
});
