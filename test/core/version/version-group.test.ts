import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCapture, versionGroup } from '../../../src/core/version/version-group.ts';
import { valueOf } from '../builders.ts';

function captured(pattern: string, name: string, tag: string) {
  return valueOf(compileCapture({ pattern, name }))(tag);
}

describe('a version inside a tag', () => {
  it.each([
    ['^build-(?P<n>\\d+)-', 'n', 'build-10-b', { text: '10', rest: '-b' }],
    ['^build-(?<n>\\d+)-', 'n', 'build-10-b', { text: '10', rest: '-b' }],
    ['(?P<n>\\d+)', 'n', 'a1b2', { text: '1', rest: 'b2' }],
    ['^(?P<n>a)|(?P<n>b)$', 'n', 'xb', { text: 'b', rest: '' }],
    ['(?P<other>x)(?P<n>\\d)', 'n', 'x1', { text: '1', rest: '' }],
    ['\\Q(?P<m>\\E(?P<n>1)', 'n', '(?P<m>1', { text: '1', rest: '' }],
    ['^(?P<n>\\d*)x', 'n', 'x', undefined],
    ['^(?:(?P<n>1)|2)$', 'n', '2', undefined],
    ['^(?P<n>1)$', 'n', '3', undefined],
  ])('WF-14: %s, group %s, in %s', (pattern, name, tag, expected) => {
    expect(captured(pattern, name, tag)).toEqual(expected);
  });

  it.each([
    ['(?P<n>1)', 'm', 'has no group (?P<m>…)'],
    ['[(?P<m>]', 'm', 'has no group (?P<m>…)'],
    ['(?P<n>1)', 'n>', 'letters, digits and _ only'],
    ['(?P<n>1', 'n', 'not a usable RE2 pattern'],
    ['(?P<n>(a{500}){500})', 'n', 'not a usable RE2 pattern'],
    ['(?P<n>(?:a?){900}a{900})', 'n', 'too large to look into it on every tag'],
  ])('WF-14: refuses %s with the group %s', (pattern, name, expected) => {
    const compiled = versionGroup(pattern, name);

    expect(compiled.ok ? '' : compiled.failure.message).toContain(expected);
  });

  it.each([
    ['^build-(?P<n>\\d+)-[0-9a-f]+$', 8],
    ['(?P<n>(?:a?){100}a{100})', 102],
  ])('WF-14: looking into %s costs as much as %i tests', (pattern, cost) => {
    expect(valueOf(versionGroup(pattern, 'n')).cost).toBe(cost);
  });

  it('WF-14: is a part of the tag, followed by the rest', () => {
    const capture = valueOf(compileCapture({ pattern: '-?(?P<n>[0-9.]+)', name: 'n' }));
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/), (tag) => {
        const found = capture(tag);
        const hasOne = /[0-9.]/.test(tag);
        expect(found !== undefined).toBe(hasOne);
        if (found !== undefined) expect(tag.endsWith(found.text + found.rest)).toBe(true);
      }),
    );
  });
});
