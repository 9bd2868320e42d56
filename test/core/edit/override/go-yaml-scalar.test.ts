import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { printGoScalar } from '../../../../src/core/edit/override/go-yaml-scalar.ts';
import { generatedRuns } from '../../../generated-runs.ts';

const path = new URL('../../../fixtures/go-yaml-scalars.json', import.meta.url);
const printedByGo = JSON.parse(readFileSync(path, 'utf8')) as readonly (readonly [string, string])[];

/** Plain, double and single texts of writeback.md, appendix A. */
const plain =
  'v1.2.3 1.2.3 1.2.3@sha256:aa 1.27.0-rc.1 1-2 ghcr.io/acme/web:1.2@sha256:bb NaN = e5 12e45678 <<';
const double =
  '1.27 3 true True 0123 08 1e3 0x1f 0o17 0b11 1_000 1_2.3 1:20 2024-01-02 2024-01-02T00:00:00Z 20240101 ~ null y Y NO off .nan';
const single = ['a: b', 'a:', 'a #b', '*x', '@x', '-', '? a', '{a', '%a', '!a', '&a'];

describe('printGoScalar', () => {
  it.each(plain.split(' '))('A plain %s', (text) => {
    expect(printGoScalar(text, 6)).toBe(text);
  });

  it.each([...double.split(' '), ''])('A double %j', (text) => {
    expect(printGoScalar(text, 6)).toBe(`"${text}"`);
  });

  it.each(single)('A single %j', (text) => {
    expect(printGoScalar(text, 6)).toBe(`'${text}'`);
  });

  it.each([
    ['a\nb', '|-\n      a\n      b'],
    ['a\n', '|\n      a'],
    ['a\n\n', '|+\n      a\n'],
    [' a\nb', '|2-\n       a\n      b'],
    ['a \nb', '"a \\nb"'],
    ["it's", "it's"],
    ["'", "''''"],
    ['\u{1f600}', '"\\U0001F600"'],
    ['a\tb', '"a\\tb"'],
    ['\u0085', '"\\N"'],
    ['\ufeffab', '"\\uFEFF\\x61\\x62"'],
    ['\u2028', "'\u2028'"],
    ['a\n\u2028', '"a\\n\\L"'],
    [`${'word '.repeat(60)}end`, `${'word '.repeat(60)}end`],
  ])('%j -> %j', (text, printed) => {
    expect(printGoScalar(text, 6)).toBe(printed);
  });

  it(`prints ${printedByGo.length} random texts as Go does`, () => {
    const mismatches = printedByGo.filter(([text, printed]) => printGoScalar(text, 4) !== printed);

    expect(mismatches.slice(0, 5)).toEqual([]);
  });

  it('prints what reads back as the same string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        fc.pre(!/[\u2028\u2029]/.test(text));
        const document = `a:\n  - b: ${printGoScalar(text, 6)}\n    c: 1\n`;
        expect(parse(document)).toEqual({ a: [{ b: text.toWellFormed(), c: 1 }] });
      }),
      { numRuns: generatedRuns(2000) },
    );
  });

  it.each(['1', '_', ' ', '\n', ':', '0', '\u2028', '"', '.5', '\t'])('prints a megabyte of %j', (unit) => {
    expect(printGoScalar(unit.repeat(1_000_000 / unit.length), 6).length).toBeGreaterThan(900_000);
  });
});
