/** Secret and ConfigMap objects as texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeyedTexts } from '../../src/kube/keyed-texts.ts';

const metadata = { namespace: 'argocd', name: 'creds' };

describe('readKeyedTexts', () => {
  it.each([
    ['data, decoded', 'Secret', { data: { a: 'aGk=' } }, { a: 'hi' }],
    ['data with line breaks', 'Secret', { data: { a: 'aG\nk=\n' } }, { a: 'hi' }],
    ['stringData, which wins', 'Secret', { data: { a: 'aGk=' }, stringData: { a: 'ho' } }, { a: 'ho' }],
    ['null for nothing', 'Secret', { data: null, stringData: null }, {}],
    ['a ConfigMap as it is', 'ConfigMap', { data: { a: 'aGk=' } }, { a: 'aGk=' }],
    ['no stringData of a ConfigMap', 'ConfigMap', { stringData: { a: 'x' } }, {}],
  ] as const)('takes %s', (_, kind, parts, values) => {
    expect(readKeyedTexts(kind, { metadata, ...parts })).toMatchObject({ ok: true, value: { values } });
  });

  it('gives back a key that objects inherit', () => {
    const data = JSON.parse('{"__proto__": "aGk=", "constructor": "aG8="}') as object;
    const read = readKeyedTexts('Secret', { metadata, data });

    expect(read.ok && Object.entries(read.value.values)).toEqual([
      ['__proto__', 'hi'],
      ['constructor', 'ho'],
    ]);
  });

  it.each([
    ['text that is not base64', { data: { password: 'hunter2!' } }, 'data.password is not base64'],
    ['a value that is no text', { data: { password: 7 } }, 'data.password is not as it should be'],
    ['a list', { data: ['hunter2'] }, 'data is not as it should be'],
  ])('refuses %s, without telling it', (_, parts, expected) => {
    const read = readKeyedTexts('Secret', { metadata, ...parts });

    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.failure.message).toContain(expected);
    expect(read.failure.message).not.toContain('hunter2');
  });

  it('gives back any texts that were encoded', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), (texts) => {
        const data = Object.fromEntries(
          Object.entries(texts).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        );
        const read = readKeyedTexts('Secret', { metadata, data });
        expect(read.ok && Object.entries(read.value.values)).toEqual(Object.entries(texts));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('Secret' as const, 'ConfigMap' as const),
        (object, kind) => {
          readKeyedTexts(kind, object);
          readKeyedTexts(kind, { metadata, data: object, stringData: object, type: object });
        },
      ),
    );
  });
});
