import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyPath, type PathSegment, renderKeyPath } from '../../../src/core/yaml/key-path.ts';
import { generatedRuns } from '../../generated-runs.ts';

describe('parseKeyPath', () => {
  it.each<{ text: string; segments: PathSegment[] }>([
    { text: 'tag', segments: ['tag'] },
    { text: 'web.image.tag', segments: ['web', 'image', 'tag'] },
    { text: 'images[1].tag', segments: ['images', 1, 'tag'] },
    { text: 'images[+0].tag', segments: ['images', 0, 'tag'] },
    { text: 'images[-1]', segments: ['images', -1] },
    { text: 'm[0][1].x', segments: ['m', 0, 1, 'x'] },
    { text: 'a.0.c', segments: ['a', '0', 'c'] },
    { text: 'a."b.c".d', segments: ['a', 'b.c', 'd'] },
    { text: "a.'b.c'.d", segments: ['a', 'b.c', 'd'] },
    { text: '["x.y"].z', segments: ['x.y', 'z'] },
    { text: 'a["x[0]"][2]', segments: ['a', 'x[0]', 2] },
    { text: '"a\\"b"', segments: ['a"b'] },
    { text: 'a"b.c', segments: ['a"b', 'c'] },
    { text: 'front-end.image_name', segments: ['front-end', 'image_name'] },
    { text: 'a b.c', segments: ['a b', 'c'] },
  ])('$text', ({ text, segments }) => {
    expect(parseKeyPath(text)).toEqual({ ok: true, value: segments });
  });

  it.each([
    { text: '', problem: 'a segment is empty' },
    { text: '.a', problem: 'a segment is empty' },
    { text: 'a.', problem: 'a segment is empty' },
    { text: 'a..b', problem: 'a segment is empty' },
    { text: 'a[x].b', problem: 'index "x" is no integer' },
    { text: 'a[ 0]', problem: 'index " 0" is no integer' },
    { text: 'a[0', problem: 'a bracket is not closed' },
    { text: 'a]', problem: 'a closing bracket without an opening one' },
    { text: '[0].a', problem: 'it starts with an index' },
    { text: 'a[0]b', problem: '"b" follows a closed segment without a dot' },
    { text: 'a.b\\.c', problem: 'in quotes' },
    { text: 'a["b"', problem: 'a bracket is not closed' },
    { text: 'x'.repeat(1025), problem: 'longer than 1024 characters' },
  ])('refuses $text: $problem', ({ text, problem }) => {
    const parsed = parseKeyPath(text);

    expect(parsed.ok ? parsed.value : parsed.failure.message).toContain(problem);
  });

  it('takes any text without a crash', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab0.[]"\'\\- '.split('')) }), (text) => {
        const parsed = parseKeyPath(text);
        if (parsed.ok) expect(parseKeyPath(renderKeyPath(parsed.value))).toEqual(parsed);
      }),
      { numRuns: generatedRuns(5000) },
    );
  });

  it('reads back every path it prints', () => {
    const segment = fc.oneof(fc.string({ maxLength: 8 }), fc.nat({ max: 999 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.array(segment, { maxLength: 5 }), (first, rest) => {
        expect(parseKeyPath(renderKeyPath([first, ...rest]))).toEqual({ ok: true, value: [first, ...rest] });
      }),
      { numRuns: generatedRuns(3000) },
    );
  });
});
