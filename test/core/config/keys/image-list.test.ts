/** The image-list annotation: splitting it, and the grammar of its entries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ImageListEntry,
  parseImageListEntry,
  splitImageList,
} from '../../../../src/core/config/keys/image-list.ts';
import { imageText, withVersion } from '../../../../src/core/image/image.ts';
import { valueOf } from '../../builders.ts';
import { generatedRuns } from '../../../generated-runs.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

function entry(text: string): ImageListEntry {
  return valueOf(parseImageListEntry(text));
}

describe('splitImageList', () => {
  it.each([
    ['P-60', ' foo, bar ', ['foo', 'bar']],
    ['P-61', ' foo, bar,baz = qux ', ['foo', 'bar', 'baz = qux']],
    ['P-47', '', []],
    ['11-6', 'foo,, bar,\n', ['foo', 'bar']],
    ['P-35', 'a=nginx:>=1.0,<2.0', ['a=nginx:>=1.0,<2.0']],
    ['11-2', 'a=nginx:>=1.0 , <2.0, !=1.5,b=foo', ['a=nginx:>=1.0,<2.0,!=1.5', 'b=foo']],
    ['11-2', 'a=nginx:>=1.0, =1.2', ['a=nginx:>=1.0,=1.2']],
    ['11-2', 'a=nginx:^1,~1.2,=>1.1, =<1.3', ['a=nginx:^1,~1.2,=>1.1,=<1.3']],
    ['P-48', 'a=nginx:1.x,=redis:1.0', ['a=nginx:1.x', '=redis:1.0']],
    ['P-48', 'a=nginx:1.x,=1password/connect:1.0', ['a=nginx:1.x', '=1password/connect:1.0']],
    ['a continuation of nothing', '>=1.0', ['>=1.0']],
    ['P-63', 'x=gcr.io/a:>=1.0.1,x=gcr.io/b:>=1.0.1', ['x=gcr.io/a:>=1.0.1', 'x=gcr.io/b:>=1.0.1']],
  ])('%s %j', (_row, value, expected) => {
    expect(splitImageList(value)).toEqual(expected);
  });

  it('a continued constraint is one entry with both terms', () => {
    expect(splitImageList('a=nginx:>=1.0, <2.0').map(entry)).toMatchObject([
      { alias: 'a', constraint: '>=1.0,<2.0' },
    ]);
  });
});

describe('parseImageListEntry', () => {
  it.each([
    [
      'P-25',
      'jannfis/orig-image=gcr.io/jannfis/test-image:0.1',
      'jannfis/orig-image',
      'gcr.io',
      'jannfis/test-image',
      '0.1',
    ],
    ['P-26', 'ghcr.io:4567/j/o=gcr.io:1234/j/t:0.1', 'ghcr.io:4567/j/o', 'gcr.io:1234', 'j/t', '0.1'],
    [
      'P-27',
      'classic-web=registry:5000/classic-web',
      'classic-web',
      'registry:5000',
      'classic-web',
      undefined,
    ],
    ['P-28', 'nginx:2.x-0', '', '', 'nginx', '2.x-0'],
    ['P-29', 'nginx:~1.26', '', '', 'nginx', '~1.26'],
    ['P-29', 'nginx:*', '', '', 'nginx', '*'],
    ['P-30', 'nginx:>=1.0', '', '', 'nginx', '>=1.0'],
    ['P-31', 'nginx:<=1.0', '', '', 'nginx', '<=1.0'],
    ['P-31', 'nginx:!=1.0', '', '', 'nginx', '!=1.0'],
    ['11-1', 'nginx:=1.0', '', '', 'nginx', '=1.0'],
    ['11-1', 'nginx:1.x || =2.0', '', '', 'nginx', '1.x || =2.0'],
    ['11-1', 'nginx:1.x =1.2', '', '', 'nginx', '1.x =1.2'],
    ['P-32', 'a=nginx:>=1.0', 'a', '', 'nginx', '>=1.0'],
    ['P-33', 'a=nginx:>=1.0 <2.0', 'a', '', 'nginx', '>=1.0 <2.0'],
    ['P-34', 'a=nginx:1.x || 2.x', 'a', '', 'nginx', '1.x || 2.x'],
    ['P-34', 'nginx:1.0 - 2.0', '', '', 'nginx', '1.0 - 2.0'],
    ['P-36', 'library/nginx:~1.0', '', '', 'library/nginx', '~1.0'],
    ['P-37', 'docker.io/nginx:~1.0', '', 'docker.io', 'nginx', '~1.0'],
    ['P-38', 'docker.io/library/nginx:~1.0', '', 'docker.io', 'library/nginx', '~1.0'],
    ['P-39', 'index.docker.io/foo/bar:~1.0', '', 'index.docker.io', 'foo/bar', '~1.0'],
    ['11-3, P-40', 'localhost:5000/foo:~1.0', '', 'localhost:5000', 'foo', '~1.0'],
    ['11-3, P-41', 'registry:5000/foo:~1.0', '', 'registry:5000', 'foo', '~1.0'],
    ['P-42', 'localhost/foo:~1.0', '', 'localhost', 'foo', '~1.0'],
    ['P-43', 'reg.example.com:5000/foo:~1.0', '', 'reg.example.com:5000', 'foo', '~1.0'],
    ['P-44', 'a=reg.example.com:5000/foo:>=1.0', 'a', 'reg.example.com:5000', 'foo', '>=1.0'],
    ['11-5, P-45', 'gcr.io/library/foo:~1', '', 'gcr.io', 'library/foo', '~1'],
    ['P-48', '=nginx:1.0', '', '', 'nginx', '1.0'],
    ['P-52', 'a = nginx', 'a', '', 'nginx', undefined],
    ['P-53', 'nginx:', '', '', 'nginx', undefined],
    ['P-59', 'nginx:1.0+build', '', '', 'nginx', '1.0+build'],
    ['a blank behind the colon', 'nginx: 1.2.3', '', '', 'nginx', '1.2.3'],
  ])('%s: %s', (_row, text, alias, registry, name, constraint) => {
    const parsed = entry(text);

    expect([parsed.alias, parsed.image.registry, parsed.image.name, parsed.constraint]).toEqual([
      alias,
      registry,
      name,
      constraint,
    ]);
    expect(parsed.image.tag).toBeUndefined();
  });

  it('N-07 prints alias and reference as they were written', () => {
    const text = 'jannfis/argocd=gcr.io/jannfis/orig-image:0.1';
    const { alias, image, constraint } = entry(text);

    expect(`${alias}=${imageText(withVersion(image, { tag: constraint }))}`).toBe(text);
  });

  it('P-46 keeps a digest behind the constraint', () => {
    expect(entry(`nginx:~1.0@${digest}`)).toMatchObject({ constraint: '~1.0', image: { digest } });
  });

  it('keeps the entry, and the reference without its alias', () => {
    expect(entry(' web = gcr.io/a/b:~1 ')).toMatchObject({
      text: 'web = gcr.io/a/b:~1',
      image: { written: 'gcr.io/a/b:~1', canonical: { registry: 'gcr.io', repository: 'a/b' } },
    });
  });

  it.each([
    ['P-47', ''],
    ['P-49', 'a='],
    ['P-50', 'a=b=c'],
    ['P-51', 'invalid==foo'],
    ['P-54', 'nginx:1.0:2.0'],
    ['P-55', 'https://gcr.io/foo/bar:1'],
    ['P-56', 'foo bar'],
    ['P-58', '0a'.repeat(32)],
    ['an upper-case path', 'gcr.io/Upper/Case:1'],
    ['a tag above 128 characters', `nginx:${'1'.repeat(129)}`],
    ['a malformed tag', 'nginx:.1'],
    ['no path', 'quay.io/:1.x'],
    ['only a constraint', '>=1.0'],
    ['an empty digest', 'nginx:1@'],
    ['a continuation without constraint', 'nginx,>=1.0'],
    ['another host behind a user name', 'docker.io@evil.example/app'],
    ['a path that climbs', 'gcr.io/a/../b'],
  ])('%s: refuses %j, naming it', (_row, text) => {
    const outcome = parseImageListEntry(text);

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'config' } });
    expect(outcome.ok ? '' : outcome.failure.message).toMatch(
      /^image-list entry ".*": .+; expected \[alias=\]/,
    );
  });

  it('any text is an entry whose host it names, or a config failure', () => {
    const pieces = fc.constantFrom(
      'a',
      'B',
      '1',
      '.',
      ':',
      '/',
      '@',
      'sha256:ab',
      '-',
      '=',
      '>',
      '<',
      ' ',
      '|',
      ',',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (value) => {
          for (const text of splitImageList(value)) {
            const outcome = parseImageListEntry(text);
            if (!outcome.ok) expect(outcome.failure.kind).toBe('config');
            else
              expect(
                ['docker.io', text].some((each) => each.includes(outcome.value.image.canonical.registry)),
              ).toBe(true);
          }
        },
      ),
      { numRuns: generatedRuns(1000) },
    );
  });

  it.each(['a', 'a=', ':', '=', ' ', ',', 'a,', ',<1', '>', ': ', '/', '|', '@'])(
    'a megabyte of %j comes to an end',
    (unit) => {
      const text = unit.repeat(2 ** 20 / unit.length);

      expect(parseImageListEntry(text).ok).toBe(false);
      expect(parseImageListEntry(`a=nginx:1${text}1`).ok).toBe(false);
      expect(splitImageList(`a=nginx:1${text}`).length).toBeGreaterThan(0);
    },
  );
});
