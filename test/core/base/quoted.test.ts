import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoted } from '../../../src/core/base/quoted.ts';

it.each([
  { text: 'nginx:1.0', shown: '"nginx:1.0"' },
  { text: 'a"b\\c\nd', shown: String.raw`"a\"b\\c\nd"` },
  {
    text: 'a\u0085b\u2028c\u202ed\u200be\u{e0001}',
    shown: String.raw`"a\u0085b\u2028c\u202ed\u200be\udb40\udc01"`,
  },
  { text: 'x'.repeat(200), shown: `"${'x'.repeat(120)}…"` },
])('fault A16: quotes $text visibly', ({ text, shown }) => {
  expect(quoted(text)).toBe(shown);
});

it('quotes what can be read back as JSON', () => {
  fc.assert(
    fc.property(
      fc
        .array(
          fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code)),
          { maxLength: 50 },
        )
        .map((parts) => parts.join('')),
      (text) => {
        expect(JSON.parse(quoted(text))).toBe(text);
        expect(quoted(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      },
    ),
  );
});
