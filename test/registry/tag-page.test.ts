/** Pages of tag lists, from the well-meant to the hostile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTagPage } from '../../src/registry/tag-page.ts';

async function read(text: string | Buffer) {
  const tags: string[] = [];
  const page = await readTagPage(Buffer.from(text), (tag) => tags.push(tag));
  return { page, tags };
}

/** Turns that others get meanwhile. */
async function turnsDuring<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly turns: number }> {
  let [turns, isOver] = [0, false];
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const result = await work();
  isOver = true;
  return { result, turns };
}

describe('reading a page', () => {
  it.each<{ readonly text: string; readonly is: unknown }>([
    { text: '<html>', is: 'html' },
    { text: '', is: 'not JSON' },
    { text: '{"tags":["1.0"', is: 'not JSON' },
    { text: '{"tags":["1.0"]} x', is: 'not JSON' },
    { text: '{"tags":["a\\u00"]}', is: 'not JSON' },
    { text: '{"tags":["a\nb"]}', is: 'not JSON' },
    { text: '[]', is: 'not a list' },
    { text: 'null', is: 'not a list' },
    { text: '{"tags":[1]}', is: 'not a list' },
    { text: '{"tags":{}}', is: 'not a list' },
    { text: '{}', is: { hasTags: false, hasName: false, hasErrors: false } },
    { text: '{"name":"x","tags":null}', is: { hasTags: false, hasName: true, hasErrors: false } },
    { text: '{"name":1,"tags":[]}', is: { hasTags: true, hasName: false, hasErrors: false } },
    { text: '{"errors":[],"name":"x"}', is: { hasTags: false, hasName: true, hasErrors: false } },
    {
      text: '{"errors":[{"code":"DENIED"}],"name":"x"}',
      is: { hasTags: false, hasName: true, hasErrors: true },
    },
    {
      text: '\uFEFF { "tags" : [ "a" , "b" ] }\r\n',
      is: { hasTags: true, hasName: false, hasErrors: false },
    },
  ])('$text: $is', async ({ text, is }) => {
    expect((await read(text)).page).toEqual(is);
  });

  it('gives what JSON.parse gives, for any tags and any other members', async () => {
    const members = fc.dictionary(
      fc.string().filter((key) => !['tags', 'name', 'errors', '__proto__'].includes(key)),
      fc.jsonValue({ maxDepth: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' })),
        members,
        fc.nat(3),
        async (tags, more, indent) => {
          const text = JSON.stringify({ ...more, name: 'x', tags }, null, indent);

          expect(await read(text)).toEqual({
            page: { hasTags: true, hasName: true, hasErrors: false },
            tags: (JSON.parse(Buffer.from(text).toString()) as { tags: string[] }).tags,
          });
        },
      ),
    );
  });

  it('never throws, and takes nothing for a list that is no JSON', async () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"tags"',
      ':',
      ',',
      '"a"',
      'null',
      '1',
      '-',
      '\\',
      '"',
      ' ',
      'e9',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
        const text = parts.join('');
        const { page } = await read(text);
        const isJson = settles(() => JSON.parse(text));

        if (page === 'not JSON') expect(isJson).toBe(false);
        if (typeof page === 'object') expect(isJson).toBe(true);
      }),
    );
  });

  it('fault A6: a million tags hold up nobody', async () => {
    const names = Array.from({ length: 1_000_000 }, (_, index) => `v1.${index}`);
    const body = Buffer.from(JSON.stringify({ name: 'x', tags: names }));
    let count = 0;

    const { turns } = await turnsDuring(() => readTagPage(body, () => (count += 1)));

    expect(count).toBe(1_000_000);
    expect(turns).toBeGreaterThan(body.length / (256 * 1024));
  });

  it.each([
    { name: 'lists in the list of tags', text: `{"tags":${'['.repeat(15_000_000)}` },
    { name: 'lists beside it', text: `{"x":${'['.repeat(15_000_000)}` },
    { name: 'objects beside it', text: `{"x":${'{"a":'.repeat(3_000_000)}` },
  ])('fault A6: 15 MB of $name are seen at once to be no list of tags', async ({ text }) => {
    const { result, turns } = await turnsDuring(() => read(text));

    expect(result.page).toBe('not a list');
    expect(turns).toBeLessThan(3);
  });

  it('fault A6: what nobody asked for is passed over in turns', async () => {
    const text = `{"x":[${'1,'.repeat(2_000_000)}1],"tags":["a"]}`;

    const { result, turns } = await turnsDuring(() => read(text));

    expect(result.tags).toEqual(['a']);
    expect(turns).toBeGreaterThan(10);
  });
});

function settles(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
