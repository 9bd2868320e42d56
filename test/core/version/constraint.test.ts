/** Constraints: the table of images.md 5.4, and hostile texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConstraint, satisfies } from '../../../src/core/version/constraint.ts';
import { constraintPitfalls } from '../../../src/core/version/constraint-pitfalls.ts';
import { parseVersion } from '../../../src/core/version/version.ts';

const R0 = ['0.0.0', '0.0.1', '0.0.3', '0.1.0', '0.2.3', '0.2.9', '0.3.0'];
const R12 = ['1.2.0', '1.2.3', '1.2.9'];
const R1 = ['1.0.0', '1.1.0', ...R12, '1.3.0', '1.9.9'];
const R2 = ['2.0.0', '2.1.0'];
const R3 = ['3.0.0', '11.1.0', '12.0.0'];
const P12 = ['1.2.0-rc.1', '1.2.3-alpine'];
const P1 = ['1.0.0-rc.1', ...P12, '1.3.0-beta'];
const P2 = ['2.0.0-rc.1'];
const R = [...R0, ...R1, ...R2, ...R3];
const all = [...R, ...P1, ...P2];

function without(texts: readonly string[], ...dropped: string[]): string[] {
  return texts.filter((text) => !dropped.includes(text));
}

function matches(text: string): string[] {
  const constraint = parseConstraint(text);
  if (!constraint.ok) throw new Error(constraint.failure.message);
  return all.filter((each) => satisfies(constraint.value, parseVersion(each)!)).sort();
}

describe('satisfies', () => {
  it.each<[string, string[], string[]]>([
    ['C-01', ['*', 'x', 'X', '>=0', '>=*', '~*'], R],
    ['C-02', ['*-0', 'x-0', '>=0-0'], all],
    ['C-03', ['1', 'v1', '1.x', '1.*', '1.X', '1.x.x', '~1', '~> 1', '^1'], R1],
    [
      'C-04',
      ['1.2', '1.2.x', 'v1.2.x', '= 1.2', '~1.2', '~1.2.0', '~v1.2', '~>1.2', '~ 1.2', ' 1.2', '1.2 '],
      R12,
    ],
    ['C-05', ['1.2.3', 'v1.2.3', '=1.2.3', '1.2.3+build'], ['1.2.3']],
    ['C-09', ['1.2.3-alpine'], ['1.2.3-alpine']],
    ['C-10, C-13, C-14', ['1.2-alpine', '~1.2-0', '1.2.*-0'], [...R12, ...P12]],
    ['C-11', ['1-0', '1.x-0', '~1-0'], [...R1, ...P1]],
    ['C-12, C-26', ['2.x-0', '^2.0.0-rc.1'], [...P2, ...R2]],
    ['C-15', ['~1.2.3', '~>1.2.3'], ['1.2.3', '1.2.9']],
    ['C-16', ['~1.2.3-alpine'], ['1.2.3-alpine', '1.2.3', '1.2.9']],
    ['C-17', ['~0', '^0'], R0],
    ['C-18', ['~0.0', '^0.0'], ['0.0.0', '0.0.1', '0.0.3']],
    ['C-19', ['~0.0.0'], R],
    ['C-20', ['^1.2', '^1.2.x', '^ 1.2', '^v1.2'], without(R1, '1.0.0', '1.1.0')],
    ['C-21', ['^1.2.3'], ['1.2.3', '1.2.9', '1.3.0', '1.9.9']],
    ['C-22', ['^0.2', '^0.2.3'], ['0.2.3', '0.2.9']],
    ['C-23', ['^0.0.3'], ['0.0.3']],
    ['C-24', ['^*'], ['0.0.0']],
    ['C-25', ['^1.2.0-0'], [...without(R1, '1.0.0', '1.1.0'), ...without(P1, '1.0.0-rc.1')]],
    ['C-27', ['>1'], [...R2, ...R3]],
    ['C-28', ['>1.2'], ['1.3.0', '1.9.9', ...R2, ...R3]],
    ['C-29', ['>1.2.3'], ['1.2.9', '1.3.0', '1.9.9', ...R2, ...R3]],
    ['C-30', ['>=1'], [...R1, ...R2, ...R3]],
    ['C-31, C-32', ['>=1.2', '>= v1.2', '=>1.2'], [...without(R1, '1.0.0', '1.1.0'), ...R2, ...R3]],
    ['C-33', ['<1'], R0],
    ['C-34', ['<1.2'], [...R0, '1.0.0', '1.1.0']],
    ['C-36', ['<2.0.0-0', '<2-0'], [...R0, ...R1, ...P1]],
    ['C-35, C-37', ['<=1', '<2'], [...R0, ...R1]],
    ['C-38, C-32', ['<=1.2', '=<1.2'], [...R0, '1.0.0', '1.1.0', ...R12]],
    ['C-39', ['<=1.2.3'], [...R0, '1.0.0', '1.1.0', '1.2.0', '1.2.3']],
    ['C-40', ['!=1'], without(R, ...R1)],
    ['C-41', ['!=1.2', '!=1.2.x'], without(R, ...R12)],
    ['C-42', ['!=1.2.3'], without(R, '1.2.3')],
    ['C-43', ['!=1.2.3-alpine'], without(all, '1.2.3-alpine')],
    ['C-44, C-45', ['>=1.0, <2.0', '>=1.0,<2.0', '>= 1.0 , < 2.0', '>=1.0 <2.0'], R1],
    ['C-47', ['>=1.0-0 <2.0', '>=1.0.0-0, <2.0.0'], [...R1, ...P1, ...P2]],
    ['C-48', ['>=1.0-0 <2.0-0'], [...R1, ...P1]],
    ['C-49, C-54', ['1.x || 2.x', '1.x||2.x', '1 - 2'], [...R1, ...R2]],
    ['C-50', ['1.2.3||>=2'], ['1.2.3', ...R2, ...R3]],
    ['C-51', ['~1.2 || ^2.0-0'], [...R12, ...P2, ...R2]],
    ['C-52', ['1.0 - 1.2'], ['1.0.0', '1.1.0', ...R12]],
    ['C-53', ['1.0.0 - 1.2.3'], ['1.0.0', '1.1.0', '1.2.0', '1.2.3']],
    ['C-55', ['1.0 - 1.2 || 3'], ['1.0.0', '1.1.0', ...R12, '3.0.0']],
    ['C-56', ['1.0-1.2'], ['1.0.0-rc.1', '1.0.0']],
    ['C-58', ['>1.2.3-alpine'], ['1.2.3', '1.2.9', '1.3.0-beta', '1.3.0', '1.9.9', ...P2, ...R2, ...R3]],
    ['C-57', ['> 1.2 < 2'], ['1.3.0', '1.9.9']],
    ['C-59', ['<1.2.3-0'], [...R0, '1.0.0-rc.1', '1.0.0', '1.1.0', '1.2.0-rc.1', '1.2.0']],
    ['C-60', ['>0'], [...R1, ...R2, ...R3]],
    ['C-61, C-62', ['>*', '!=*'], without(R, '0.0.0')],
    ['C-63', ['01.2'], R12],
    ['C-64', ['x.2.3', '*.1'], R],
    ['C-65', ['1,2', '1.2 1.3', '^1 ^2'], []],
    ['C-66', ['<2.0.0 || >2.0.0'], without(R, '2.0.0')],
  ])('%s %j', (_row, constraints, expected) => {
    for (const text of constraints) expect([text, matches(text)]).toEqual([text, expected.toSorted()]);
  });
});

describe('constraintPitfalls', () => {
  function pitfalls(text: string): readonly string[] {
    const constraint = parseConstraint(text);
    return constraint.ok ? constraintPitfalls(constraint.value) : ['refused'];
  }

  it.each([
    ['C-24', '^*', '^* admits 0.0.0 alone: write *'],
    ['C-19', '~0.0.0', '~0.0.0 admits every version: write ~0.0 for 0.0.x'],
    ['C-47', '>=1-0 <2', '<2 admits pre-releases of 2.0.0: write <2.0.0-0 to leave them out'],
    ['C-47', '>=1.0.0-0, <v2.0.0 || 3.x', '<v2.0.0 admits pre-releases of 2.0.0'],
  ])('11-22 %s: %s', (_row, text, pitfall) => {
    expect(pitfalls(text)).toEqual([expect.stringContaining(pitfall)]);
  });

  it.each(['*', '~0.0', '~0', '^0.0.0', '=0.0.0', '>=1 <2', '>=1-0 <2-0', '<2 || 3-0', '<=1 >0-0', '~1.2-0'])(
    'finds none in %s',
    (text) => {
      expect(pitfalls(text)).toEqual([]);
    },
  );

  it('tells each trap once', () => {
    expect(pitfalls('^x || ^x || ~0.0.0')).toHaveLength(2);
  });
});

describe('parseConstraint', () => {
  it.each([
    ['C-06', ['==1.2.3', '!1.2', '1.2.3.4', '1.2.3-*', '1.2.3-alpine*', 'latest', 'stable']],
    ['C-07', ['1|2', '1x']],
    ['C-08', ['', '||', '1.x ||']],
    ['C-46', ['>=1.0<2.0']],
    ['blanks that Go does not know', ['>=1.0\u00a0<2.0']],
  ])('%s refuses %j', (_row, texts) => {
    for (const text of texts) expect([text, parseConstraint(text).ok]).toEqual([text, false]);
  });

  it('names the constraint and what is allowed', () => {
    expect(parseConstraint('latest')).toEqual({
      ok: false,
      failure: { kind: 'config', message: expect.stringMatching(/^constraint "latest": expected versions/) },
    });
  });

  it('keeps the text as written', () => {
    expect(parseConstraint('1.0  - 2.0')).toMatchObject({ ok: true, value: { text: '1.0  - 2.0' } });
  });

  it.each(['1', ' ', '1 ', '1 - ', '>', '|', '||', '-', '1-', '1.1.1-a.', ','])(
    'a megabyte of %j comes to an end',
    (unit) => {
      expect(parseConstraint(unit.repeat(2 ** 20 / unit.length)).ok).toBe(false);
      expect(() => parseConstraint(unit.repeat(1024 / unit.length))).not.toThrow();
    },
  );

  it('any text is a constraint or a config failure', () => {
    const pieces = fc.constantFrom(
      '1',
      '.2',
      'x',
      ' ',
      ' - ',
      ',',
      '||',
      '>=',
      '<',
      '~',
      '^',
      '-rc',
      '|',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          const outcome = parseConstraint(text);
          if (outcome.ok) satisfies(outcome.value, parseVersion('1.2.3-rc.1')!);
          else expect(outcome.failure.kind).toBe('config');
        },
      ),
    );
  });
});
