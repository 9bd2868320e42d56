import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blotOut } from '../../../src/net/words/redact.ts';

describe('fault H5: secrets', () => {
  it.each([
    { text: 'wrong password: a', secrets: ['a'], shown: 'wrong password: ***' },
    { text: 'user:ab@host', secrets: ['ab'], shown: 'user:***@host' },
    { text: '"pw":"a.c"', secrets: ['a.c'], shown: '"pw":"***"' },
    { text: 'a cab', secrets: ['a'], shown: '*** cab' },
    { text: 'xhunter2x', secrets: ['hunter2'], shown: 'x***x' },
    { text: 'hunter22 and hunter2', secrets: ['hunter2', 'hunter22'], shown: '*** and ***' },
    { text: 'nothing', secrets: ['', 'other'], shown: 'nothing' },
  ])('$secrets in "$text"', ({ text, secrets, shown }) => {
    expect(blotOut(text, secrets)).toBe(shown);
  });

  it('of four characters and more are nowhere, whatever they are made of', () => {
    const secret = fc.string({ minLength: 4 }).filter((text) => !text.includes('*'));

    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const shown = blotOut(secrets.map((one) => `${before}${one}${after}`).join(' '), secrets);
          for (const one of secrets)
            if (!`${before} ${after}`.includes(one))
              expect(shown.split('***').some((part) => part.includes(one))).toBe(false);
        },
      ),
    );
  });
});
