/** allow-tags and ignore-tags. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileFilter,
  ignorePatternProblem,
  parseAllowTags,
  type TagFilter,
} from '../../../src/core/version/filter.ts';
import { isSignatureTag } from '../../../src/core/version/tag-rule.ts';

function rule(filter: TagFilter) {
  const compiled = compileFilter(filter);
  if (!compiled.ok) throw new Error(compiled.failure.message);
  return compiled.value;
}

/** Tags that stay under the value of an allow-tags annotation. */
function allowed(value: string, tags: readonly string[]): string[] {
  const parsed = parseAllowTags(value);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const drops = rule({ ...parsed.value, ignore: [] });
  return tags.filter((tag) => drops(tag) === undefined);
}

describe('parseAllowTags', () => {
  it.each([
    ['M-02', 'any', ['v1', 'x']],
    ['M-02', 'ANY', ['v1', 'x']],
    ['A-19', '', ['v1', 'x']],
    ['M-03', 'regexp:^v', ['v1']],
    ['M-04', 'RegExp:[aA-zZ]', ['v1', 'x']],
    ['M-05', 'regexp:', ['v1', 'x']],
    ['M-06', 'regexp:a-z', []],
    ['M-07', 'regexp: ^v', []],
    ['M-08 (trimmed)', ' regexp:^v ', ['v1']],
    ['M-08 (trimmed)', ' any\n', ['v1', 'x']],
  ])('%s %j keeps %j', (_row, value, expected) => {
    expect(allowed(value, ['v1', 'x'])).toEqual(expected);
  });

  it('M-12 only the first colon parts', () => {
    expect(parseAllowTags('regexp:a:b')).toEqual({ ok: true, value: { allow: 'a:b' } });
  });

  it.each([
    ['M-09', ['invalid', 'other', '^v', 'regexp', 'any:']],
    ['M-10', ['not-regexp:a-z', 'glob:v*']],
    ['M-11', ['regexp:/foo\\', 'regexp:[aA-zZ', 'regexp:(']],
    ['X-01', ['regexp:(?=a)', 'regexp:(?!a)', 'regexp:(?<!a)b']],
    ['X-02', ['regexp:(a)\\1', 'regexp:\\8']],
    ['X-09', ['regexp:[^]', 'regexp:[]']],
    [
      'X-10',
      ['\\Z', '\\h', '\\y', '\\cA', '\\u0041', '\\e', '\\k<n>', '(?#c)', '(?x)'].map(
        (pattern) => `regexp:${pattern}`,
      ),
    ],
    ['X-11', ['regexp:x{1001}', 'regexp:(x{100}){11}']],
    ['X-12', ['regexp:[a-\\d]']],
    ['X-13', ['regexp:a++', 'regexp:a**', 'regexp:*a', 'regexp:+', 'regexp:\\']],
  ])('%s refuses %j, naming the value', (_row, values) => {
    for (const value of values) {
      const outcome = parseAllowTags(value);
      expect(outcome).toMatchObject({ ok: false, failure: { kind: 'config' } });
      expect(outcome.ok ? '' : outcome.failure.message).toContain(JSON.stringify(value));
    }
  });
});

describe('compileFilter', () => {
  it.each([
    ['X-03', '(?i)^RC', 'rc1', true],
    ['X-03', '^(?s).$', '\n', true],
    ['X-03', '(?i:ABC)', 'abc', true],
    ['X-03', '(?U)a+', 'a', true],
    ['X-04', '(?P<n>a)(?<m>b)', 'ab', true],
    ['one name for two groups, as in Go', '(?P<n>a)|(?P<n>b)', 'b', true],
    ['what only looks like a group name', '[(?P<n>]\\(?P<n>', '<P<n>', true],
    ['X-05', '^[[:digit:]]+$', '12', true],
    ['X-05', '^\\pN+$', '12', true],
    ['X-05', '^\\p{Greek}$', 'α', true],
    ['X-06', '\\Afoo\\z', 'foo', true],
    ['X-07', '^\\Qa.b\\E$', 'axb', false],
    ['X-08', '^[]a]$', ']', true],
    ['X-14', '^a{,2}$', 'a{,2}', true],
    ['X-14', '^{x}a]a}\\_\\-$', '{x}a]a}_-', true],
    ['X-14', '^[\\w-.]+$', 'a-.', true],
    ['X-14', '^(?:a|)$', '', true],
    ['X-15', '^\\x{41}\\12$', 'A\n', true],
    ['X-16', 'a$', 'a\n', false],
    ['M-13', '^[a-z]+$', '31337', false],
  ])('%s: %s on %j', (_row, allow, tag, stays) => {
    expect(rule({ allow, ignore: [] })(tag)).toBe(stays ? undefined : 'allow-tags');
  });

  it('M-01 without allow-tags any tag stays', () => {
    expect(['v1', 'x'].map(rule({ ignore: [] }))).toEqual([undefined, undefined]);
  });

  it('names the rule that drops a tag, allow-tags first', () => {
    const drops = rule({ allow: '^v', ignore: ['v1*', '*-rc*'] });

    expect(['v2', 'v1.0', 'v2-rc1', '1-rc1'].map(drops)).toEqual([
      undefined,
      'ignore-tags',
      'ignore-tags',
      'allow-tags',
    ]);
  });

  it('G-12 a malformed glob drops nothing', () => {
    expect(rule({ ignore: ['[', 'x*'] })('[')).toBeUndefined();
    expect(rule({ ignore: ['[', 'x*'] })('x1')).toBe('ignore-tags');
  });

  it('11-S9, X-17 comes to an end on patterns that hang a backtracking engine', () => {
    expect(rule({ allow: '^(a+)+$', ignore: [] })(`${'a'.repeat(100_000)}!`)).toBe('allow-tags');
  });

  it.each([
    ['longer than 2048 characters', 'a'.repeat(2 ** 20)],
    ['a program of too many instructions', '\\pL{1000}'.repeat(20)],
    ['nested too deeply', `${'('.repeat(1024)}${')'.repeat(1024)}`],
  ])('refuses a pattern that is %s', (_what, allow) => {
    expect(compileFilter({ allow, ignore: [] })).toMatchObject({ ok: false, failure: { kind: 'config' } });
  });

  it('any pattern compiles or is a config failure', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '*',
      '?',
      '\\',
      '(?P<n>',
      '{2}',
      'a',
      '|',
      '\\Q',
      '[:',
      '^',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (allow) => {
          const outcome = compileFilter({ allow, ignore: [allow] });
          if (outcome.ok) outcome.value('tag');
          else expect(outcome.failure.kind).toBe('config');
        },
      ),
    );
  });
});

describe('ignorePatternProblem', () => {
  it.each([
    ['malformed', '[a', 'is a malformed pattern and ignores no tag'],
    ['G-07', '[!v]*', 'takes the ! for a member of the class: negate with ^'],
    ['G-08', '{a', 'ignores no tag: none can hold "{"'],
    ['G-16', '^v.*$', 'ignores no tag: none can hold "^"'],
    ['A-38', 'b]*', 'ignores no tag: none can hold "]"'],
  ])('11-13 %s: %s %s', (_row, pattern, problem) => {
    expect(ignorePatternProblem(pattern)).toBe(problem);
  });

  it.each(['*', '1.2.*', 'v[0-9]?', '[^v]*', '[a!]', '[!-~]', 'a\\.b', '*-rc*'])(
    'finds none in %s',
    (pattern) => {
      expect(ignorePatternProblem(pattern)).toBeUndefined();
    },
  );
});

describe('#33 isSignatureTag', () => {
  const digest = `sha256-${'0a'.repeat(32)}`;

  it.each([digest, `${digest}.sig`, `${digest}.att`, `${digest}.sbom`])('%s is one', (tag) => {
    expect(isSignatureTag(tag)).toBe(true);
  });

  it.each([
    `${digest}.src`,
    `sha512-${'0a'.repeat(32)}`,
    `sha512-${'0a'.repeat(64)}`,
    `sha384-${'0a'.repeat(48)}`,
  ])('fault R9: %s is one', (tag) => {
    expect(isSignatureTag(tag)).toBe(true);
  });

  it.each(['1.0.0', 'sha256-abc', `${digest}.txt`, `x${digest}`, digest.toUpperCase()])(
    '%s is none',
    (tag) => {
      expect(isSignatureTag(tag)).toBe(false);
    },
  );
});
