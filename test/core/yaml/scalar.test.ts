import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readsAsString, renderScalar, unwritable } from '../../../src/core/yaml/scalar.ts';
import { generatedRuns } from '../../generated-runs.ts';

describe('a new plain scalar (writeback.md appendix A)', () => {
  it.each([
    'v1.2.3',
    '1.2.3',
    '1.2.3@sha256:aa',
    '1.27.0-rc.1',
    '1-2',
    'ghcr.io/acme/web:1.2@sha256:bb',
    'NaN',
    '=',
    'e5',
    '-a',
    '?a',
    ':a',
    'a:b',
    'a#b',
    '1.2.3.4',
    '12e45678',
    '0x',
    '0b2',
    '2024-01',
    'é',
  ])('%s is written as it is', (value) => {
    expect(renderScalar(value, 'plain', false)).toBe(value);
  });

  it.each([
    '1.27',
    '3',
    '',
    'true',
    'True',
    '0123',
    '08',
    '1e3',
    '0x1f',
    '0o17',
    '0b11',
    '1_000',
    '1_2.3',
    '1:20',

    '2024-01-02',
    '2024-01-02T00:00:00Z',
    '20240101',
    '~',
    'null',
    'y',
    'Y',
    'n',
    'NO',
    'off',
    '.nan',
    '-.inf',

    '1.',
    '.5',
    '+1',
    '-1',
    '1.10',
    '1:30.5',
    '190:20:30',
    '0X1F',
    '2024-1-2 3:04:05 +1',
    '<<',
    '1e-3',
    '010',
  ])('%s gets double quotes', (value) => {
    expect(renderScalar(value, 'plain', false)).toBe(`"${value}"`);
  });

  it.each([
    'a: b',
    'a:',
    'a #b',
    '*x',
    '@x',
    '-',
    '? a',
    '{a',
    '%a',
    '!a',
    '&a',
    '#a',
    '`a',
    '[a',
    '- a',
    '|',
    '>',
    '"a"',
    ' a',
    'a ',
    '---',
    '...',
  ])('%s gets single quotes', (value) => {
    expect(renderScalar(value, 'plain', false)).toBe(`'${value}'`);
  });

  it.each(['sha256:aa', 'a,b', 'a]', '{', 'a?b'])('%s gets single quotes in a flow collection', (value) => {
    expect(renderScalar(value, 'plain', true)).toBe(`'${value}'`);
  });
});

describe('a quoted scalar', () => {
  it.each([
    { style: 'single', value: "it's", text: "'it''s'" },
    { style: 'double', value: 'a"b\\c', text: '"a\\"b\\\\c"' },
    { style: 'single', value: '1.10', text: "'1.10'" },
  ] as const)('$value in $style quotes is $text', ({ style, value, text }) => {
    expect(renderScalar(value, style, false)).toBe(text);
  });

  it.each(['a\nb', 'a\rb', 'a\tb', '\u0000', '\u0085', '\u2028', '\ufeff', '\ud800'])(
    '%j cannot be written',
    (value) => {
      expect(unwritable(value)).toBeDefined();
    },
  );
});

const letters = fc.constantFrom(
  ...Array.from('0123456789.:_-+eExXoObBTtZ yYnN~#,?[]{}&*!|>\'"%@`abfis=/\\<é😀'),
);
const scalarText = fc.oneof(
  fc.string({ unit: letters, maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

describe('any text', () => {
  it('is read as a number, boolean, date or null by no reader, or it is quoted', () => {
    fc.assert(
      fc.property(scalarText, (text) => {
        fc.pre(
          unwritable(text) === undefined &&
            readsAsString(text) &&
            renderScalar(text, 'plain', false) === text,
        );
        for (const schema of ['core', 'yaml-1.1'] as const) {
          const read: unknown = parse(`k: ${text}`, { schema, logLevel: 'silent' }).k;
          if (typeof read === 'number' && !Number.isFinite(read) && /\d/.test(text)) continue; // overflow: see 0.18
          expect(read).toBe(text);
        }
      }),
      { numRuns: generatedRuns(3000) },
    );
  });

  it.each(['plain', 'single', 'double'] as const)(
    'written %s reads back as itself, in block and flow',
    (style) => {
      fc.assert(
        fc.property(scalarText, (text) => {
          fc.pre(unwritable(text) === undefined);
          const written = [renderScalar(text, style, false), renderScalar(text, style, true)];
          expect(parse(`k: ${written[0]} # c`, { schema: 'failsafe' })).toEqual({ k: text });
          expect(parse(`{k: ${written[1]}, l: x}`, { schema: 'failsafe' })).toEqual({ k: text, l: 'x' });
          expect(parse(`${written[0]}: v`, { schema: 'failsafe' })).toEqual({ [text]: 'v' });
        }),
        { numRuns: generatedRuns(3000) },
      );
    },
  );
});
