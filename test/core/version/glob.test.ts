/** Globs: Go's filepath.Match, whole patterns, in bounded time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches, parseGlob } from '../../../src/core/version/glob.ts';

function matches(pattern: string, text: string): boolean {
  const glob = parseGlob(pattern);
  if (glob === undefined) throw new Error(`malformed: ${pattern}`);
  return globMatches(glob, text);
}

describe('globMatches', () => {
  it.each([
    ['G-01', 'tag1', ['tag1'], ['tag3', 'tag11', '']],
    ['G-02', 'tag?', ['tag1'], ['tag10', 'tag']],
    ['G-03', '*', ['', 'anything', '.x'], ['a/b']],
    ['G-04', '*-rc*', ['1.0-rc1'], ['1.0']],
    ['G-05', 'v[0-9]*', ['v1.2'], ['vX']],
    ['G-06', '[^v]*', ['1.0'], ['v1', '']],
    ['G-07', '[!v]*', ['vx', '!x'], ['1.0']],
    ['G-08', '{a,b}', ['{a,b}'], ['a']],
    ['G-09', 'a\\*', ['a*'], ['ab']],
    ['G-10', '1.2.*', ['1.2.3', '1.2.'], ['1.20']],
    ['G-11', 'latest', ['latest'], ['Latest']],
    ['G-13', '[\\-a]', ['-', 'a'], ['b']],
    ['G-14', '[c-a]x', [], ['bx', 'cx']],
    ['G-15', '[[:digit:]]', [':]', 'd]'], ['1']],
    ['G-16', '^v.*$', ['^v.1$'], ['v1']],
    ['a whole character', '?', ['é', '😀'], ['e\u0301']],
    ['two stars', 'a**b', ['ab', 'axb'], ['a/b']],
    ['a slash in the pattern', 'a/*', ['a/', 'a/b'], ['a', 'a/b/c']],
    ['a star that must go further', '*ab', ['aab', 'abab'], ['aba']],
  ])('%s: %s', (_row, pattern, matching, others) => {
    expect(matching.filter((text) => !matches(pattern, text))).toEqual([]);
    expect(others.filter((text) => matches(pattern, text))).toEqual([]);
  });

  it.each(['*a'.repeat(500), `${'*a'.repeat(500)}b`, '*'.repeat(1024), `${'?*'.repeat(500)}x`])(
    'a pattern of many stars comes to an end on a megabyte (%#)',
    (pattern) => {
      expect(matches(pattern, 'a'.repeat(2 ** 20))).toBe(!/[bx]$/.test(pattern));
    },
  );

  it('a pattern without special characters matches itself alone', () => {
    const plain = fc.string().filter((text) => !/[*?[\\]/.test(text));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(matches(a, b)).toBe(a === b);
      }),
    );
  });
});

describe('parseGlob', () => {
  it.each(['[', '[a', '[]', '[]a]', '[a-]', '[-a]', 'a\\', '*[', 'x[', '[^]', '[a-]]', '[a\\'])(
    'G-12: %s is malformed as a whole',
    (pattern) => {
      expect(parseGlob(pattern)).toBeUndefined();
    },
  );

  it('a pattern above 1024 characters counts as malformed', () => {
    expect(parseGlob('a'.repeat(1024))).toBeDefined();
    expect(parseGlob('a'.repeat(1025))).toBeUndefined();
  });

  it('any text is a pattern or malformed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '*', '?', '[', ']', '^', '-', '\\', '/', '😀') }),
        (text) => {
          const glob = parseGlob(text);
          if (glob !== undefined) globMatches(glob, 'a-a/😀]');
        },
      ),
    );
  });
});
