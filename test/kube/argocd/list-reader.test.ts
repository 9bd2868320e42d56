/** Lists that come in pieces: what is read is what JSON.parse would read, however they are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListReader } from '../../../src/kube/argocd/list-reader.ts';
import { generatedRuns } from '../../generated-runs.ts';

interface Read {
  readonly items: readonly unknown[];
  readonly fault: string | undefined;
}

/** `size` bytes at a time. */
function read(text: string | Buffer, size = 7): Read {
  let items: unknown[] = [];
  const reader = new ListReader({
    item: (object) => items.push(object),
    restart: () => {
      items = [];
    },
  });
  const bytes = Buffer.from(text);
  reader.begin();
  for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
  return { items, fault: reader.fault() };
}

const isList = (value: unknown): value is { readonly items: readonly unknown[] | null } =>
  typeof value === 'object' && value !== null && 'items' in value;

describe('fault A6: a list of the Argo CD API', () => {
  it.each([
    { text: '{"items":null}', items: [], fault: undefined },
    { text: '{"metadata":{"resourceVersion":"1"},"items":[]}', items: [], fault: undefined },
    {
      text: '\uFEFF{ "items" : [ {"a":"]}é\\"" } , [1] ,"x", 1 ] , "b": [2] }\n',
      items: [{ a: ']}é"' }, [1], 'x', 1],
      fault: undefined,
    },
    {
      text: '{"a":"\\"items\\":","b\\"items":[1],"c":{"items":[2]}}',
      items: [],
      fault: 'the answer is no list',
    },
    { text: '{"metadata":{}}', items: [], fault: 'the answer is no list' },
    { text: '{"items":{}}', items: [], fault: 'the answer is no list' },
    { text: '[{"items":[1]}]', items: [], fault: 'the answer is no list' },
    { text: '', items: [], fault: 'the answer is no list' },
    { text: '<html>[{"items":[</html>', items: [], fault: 'the answer is no list' },
    { text: '{"items":[{"a":1},{"a":]}', items: [{ a: 1 }], fault: 'item 2 of the list is no JSON' },
    { text: '{"items":[{"a":1}', items: [], fault: 'the answer is no list' },
    { text: '{"items":[{"a":1},]}', items: [{ a: 1 }], fault: 'the answer is no list' },
    { text: '{"items":[{"a":1}}', items: [{ a: 1 }], fault: 'the answer is no list' },
  ])('$text', ({ text, items, fault }) => {
    for (const size of [1, 7, 1_000]) expect(read(text, size)).toEqual({ items, fault });
  });

  it('is read as JSON.parse reads it, wherever it is cut', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const list = fc.record({
      kind: value,
      items: fc.oneof(fc.constant(null), fc.array(value)),
      metadata: value,
    });
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 2), (any, size, indent) => {
        const text = JSON.stringify(any, null, indent);
        const { items } = JSON.parse(text) as typeof list extends fc.Arbitrary<infer T> ? T : never;
        expect(read(text, size)).toEqual({ items: items ?? [], fault: undefined });
      }),
    );
  });

  it('that is broken anywhere is told', () => {
    const text = '{"kind":"List","items":[{"a":{"b":["c",1,true]}},{"d":"é"}],"metadata":{"continue":""}}';
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: text.length }),
        fc.constantFrom('', '"', '[', '}', ',', 'x'),
        (at, by) => {
          const broken = text.slice(0, at) + by + text.slice(at + 1);
          let parsed: unknown;
          try {
            parsed = JSON.parse(broken);
          } catch {
            parsed = undefined;
          }
          expect(read(broken).fault === undefined).toBe(
            isList(parsed) && (parsed.items === null || Array.isArray(parsed.items)),
          );
        },
      ),
      { numRuns: generatedRuns(500) },
    );
  });

  it.each([
    {
      what: 'an item',
      text: `{"items":[{"a":"${'x'.repeat(9 << 20)}"}]}`,
      fault: /^an item of more than 8388608 bytes$/,
    },
    {
      what: 'what is beside the items',
      text: `{"a":"${'x'.repeat(5 << 20)}"}`,
      fault: /4194304 bytes beside the items/,
    },
  ])('may hold too much in $what', ({ text, fault }) => {
    expect(read(text, 65_536).fault).toMatch(fault);
  });

  it('that is sent once more begins anew', () => {
    const items: unknown[] = [];
    const reader = new ListReader({ item: (object) => items.push(object), restart: () => items.splice(0) });
    reader.begin();
    reader.take(Buffer.from('{"items":[{"a":1},{"b":'));
    reader.begin();
    reader.take(Buffer.from('{"items":[{"c":1}]}'));

    expect(reader.fault()).toBeUndefined();
    expect(items).toEqual([{ c: 1 }]);
  });
});
