import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignWords, withoutUserinfo } from '../../../src/net/words/foreign-words.ts';

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Letters beside all that must not be seen, so that both are met often. */
const noise = fc.array(
  fc.constantFrom(
    'a',
    'é',
    '😀',
    ' ',
    '\n',
    '\r',
    '\t',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u00ad',
    '\u0000',
    '\u001b[31m',
    '\ud800',
  ),
  { maxLength: 400 },
);

describe('fault A16: foreign words', () => {
  it.each([
    {
      name: 'lines',
      text: ' one\r\n\ttwo\u2028three\u2029four\u0085five ',
      shown: 'one two three four five',
    },
    { name: 'format characters', text: 'a\u202eb\u200bc\ufeffd', shown: 'a b c d' },
    { name: 'controls and colours', text: 'a\u0000b \u001b[1;31mred\u001b[0m \u009b1m', shown: 'a b red 1m' },
    { name: 'what is visible', text: 'größer als 5 € 😀', shown: 'größer als 5 € 😀' },
    { name: 'logins of URLs', text: 'at https://u:p@h/x', shown: 'at https://h/x' },
    { name: 'nothing', text: '\u200b\n', shown: '' },
  ])('show $name on one line', ({ text, shown }) => {
    expect(foreignWords(text, 100)).toBe(shown);
  });

  it.each([
    { text: 'abcdef', shown: 'abcdef' },
    { text: 'abcdefg', shown: 'abcde…' },
    { text: 'abcd😀fg', shown: 'abcd…' },
  ])('of "$text" are at most six characters, and none is halved', ({ text, shown }) => {
    expect(foreignWords(text, 6)).toBe(shown);
  });

  it('are short, on one line and visible, whatever comes', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 2, max: 60 }), (parts, maxLength) => {
        const shown = foreignWords(parts.join(''), maxLength);

        expect(shown).not.toMatch(invisible);
        expect(shown).not.toMatch(/\s\s|^\s|\s$/);
        expect(shown.length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });

  it('hold no secret, and no half of one, wherever they are cut', () => {
    const secret = fc.stringMatching(/^[A-Z0-9]{4,40}$/);
    fc.assert(
      fc.property(noise, secret, noise, fc.integer({ min: 2, max: 60 }), (before, one, after, maxLength) => {
        const text = [...before, one, ...after, 'https://', one, ':', one, '@host'].join('');

        expect(foreignWords(text, maxLength, [one])).not.toMatch(/[A-Z0-9]/);
      }),
    );
  });

  it('hold no half of a login that the cut goes through', () => {
    for (let before = 0; before < 100; before += 1) {
      const text = `${' '.repeat(before)}https://user:HUNTER@host/${'x'.repeat(1_000)}`;

      expect(foreignWords(text, 8)).not.toMatch(/[A-Z]/);
    }
  });

  it('depend on the beginning of the text alone: a book is not read', () => {
    fc.assert(
      fc.property(noise, fc.string(), fc.string(), (parts, one, other) => {
        const start = parts.join('').padEnd(2_000, '\n');

        expect(foreignWords(start + one, 20, ['hunter2'])).toBe(foreignWords(start + other, 20, ['hunter2']));
      }),
    );
  });
});

it.each([
  { text: 'https://user:p%40ss@host/x', shown: 'https://host/x' },
  { text: 'ssh://git@host and http://t@h', shown: 'ssh://host and http://h' },
  { text: 'mail a@b', shown: 'mail a@b' },
])('leaves the login out of $text', ({ text, shown }) => {
  expect(withoutUserinfo(text)).toBe(shown);
});
