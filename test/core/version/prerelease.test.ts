import { describe, expect, it } from 'vitest';
import { isAdmittedBy, parsePrereleaseRule, releaseOf } from '../../../src/core/version/prerelease.ts';
import { parseVersion } from '../../../src/core/version/version.ts';

function version(text: string) {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

describe('pre-releases', () => {
  it.each([
    ['allow', {}],
    ['Deny', { rule: 'deny' }],
    ['rc', { rule: ['rc'] }],
    ['RC, beta,rc', { rule: ['rc', 'beta'] }],
    ['alpha-nightly', { rule: ['alpha-nightly'] }],
  ])('WF-11: %s is a rule', (value, expected) => {
    expect(parsePrereleaseRule(value)).toEqual(expected);
  });

  it.each(['rc1', 'rc.1', 'allow,rc', 'deny,', ',', 'r c', '*'])('WF-11: %s is none', (value) => {
    expect(parsePrereleaseRule(value)).toHaveProperty('problem');
  });

  it.each([
    ['2.1.6-rc.1', ['rc'], true],
    ['2.1.6-rc1', ['rc'], true],
    ['2.1.6-RC1', ['rc'], true],
    ['2.1.6-rcx', ['rc'], false],
    ['2.1.6-1', ['rc'], false],
    ['2.1.6', 'deny', true],
    ['2.1.6-rc.1', 'deny', false],
  ] as const)('WF-11: %s under %j: %s', (text, rule, expected) => {
    expect(isAdmittedBy(rule, version(text))).toBe(expected);
  });

  it('WF-11: come before a release of the same numbers', () => {
    expect(releaseOf(version('v2.1.6-rc.1+b'))).toMatchObject({
      major: '2',
      minor: '1',
      patch: '6',
      prerelease: '',
    });
  });
});
