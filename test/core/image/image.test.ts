/** References: parsing, canonical form, comparison, text forms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fullName,
  type ImageRef,
  imageText,
  parseImageRef,
  sameImage,
  shortVersion,
  tagWithDigest,
  versionText,
  withVersion,
} from '../../../src/core/image/image.ts';
import { valueOf } from '../builders.ts';
import { generatedRuns } from '../../generated-runs.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

function image(text: string): ImageRef {
  return valueOf(parseImageRef(text));
}

describe('parseImageRef', () => {
  it.each([
    ['P-01', 'nginx', '', 'nginx', undefined],
    ['P-02', 'jannfis/test-image:0.1', '', 'jannfis/test-image', '0.1'],
    ['P-03', 'library/test-image', '', 'library/test-image', undefined],
    ['P-04', 'gcr.io/jannfis/test-image:0.1', 'gcr.io', 'jannfis/test-image', '0.1'],
    ['P-05', 'docker.io/jannfis/test-image:0.1', 'docker.io', 'jannfis/test-image', '0.1'],
    ['P-06', 'docker.io/nginx', 'docker.io', 'nginx', undefined],
    ['P-07 as written', 'docker.io/library/nginx:1.0', 'docker.io', 'library/nginx', '1.0'],
    ['P-08 as written', 'index.docker.io/library/nginx:1', 'index.docker.io', 'library/nginx', '1'],
    ['P-09 as written', 'index.docker.io/foo/bar:1', 'index.docker.io', 'foo/bar', '1'],
    ['P-10 as written', 'registry-1.docker.io/library/nginx:1', 'registry-1.docker.io', 'library/nginx', '1'],
    ['P-11 as written', 'gcr.io/library/foo:1', 'gcr.io', 'library/foo', '1'],
    [
      'P-12 as written',
      'harbor.example.com/library/nested/x:0.1',
      'harbor.example.com',
      'library/nested/x',
      '0.1',
    ],
    ['P-13', 'localhost/foo:1', 'localhost', 'foo', '1'],
    ['P-14', 'localhost:5000/foo:1', 'localhost:5000', 'foo', '1'],
    ['P-15', 'registry:5000/foo:1', 'registry:5000', 'foo', '1'],
    ['P-16', 'registry/foo:1', '', 'registry/foo', '1'],
    ['P-17', 'reg.example.com:5000/foo', 'reg.example.com:5000', 'foo', undefined],
    ['P-18', '192.168.0.1:5000/x:1', '192.168.0.1:5000', 'x', '1'],
    ['P-18', '[::1]:5000/x:1', '[::1]:5000', 'x', '1'],
    ['P-19', 'FOO/bar:1', 'FOO', 'bar', '1'],
    ['P-20', 'foo/BAR:1', '', 'foo/BAR', '1'],
    ['P-57', 'docker.io', '', 'docker.io', undefined],
    ['P-59', 'nginx:1.0+build', '', 'nginx', '1.0+build'],
    ['P-53', 'nginx:', '', 'nginx', undefined],
    ['a placeholder of a kustomization', 'MY_IMAGE', '', 'MY_IMAGE', undefined],
    ['blanks around it', ' nginx:1\n', '', 'nginx', '1'],
  ])('%s: %s', (_row, text, registry, name, tag) => {
    const ref = image(text);

    expect([ref.registry, ref.name, ref.tag, ref.digest]).toEqual([registry, name, tag, undefined]);
    expect(ref.written).toBe(text.trim());
  });

  it.each([
    ['P-21', 'gcr.io/jannfis/test-image@sha256:abcde', undefined, 'sha256:abcde'],
    ['P-22', 'gcr.io/jannfis/test-image:test-tag@sha256:abcde', 'test-tag', 'sha256:abcde'],
    ['P-23', `gcr.io/j/t:latest-bookworm@${digest}`, 'latest-bookworm', digest],
    ['P-24', `gcr.io/j/t@${digest}`, undefined, digest],
  ])('%s: %s', (_row, text, tag, expected) => {
    expect([image(text).tag, image(text).digest]).toEqual([tag, expected]);
  });

  it.each([
    '',
    ' ',
    ':1',
    '@sha256:ab',
    '/nginx',
    'gcr.io/',
    'nginx@',
    'nginx@sha256:',
    'nginx@sha256:xyz',
    'foo bar',
    'nginx:1.0:2.0',
    'https://gcr.io/foo/bar:1',
    'a//b',
    'gcr.io/../secret',
    'gcr.io/a?b',
    'gcr.io/a#b',
    'gcr.io/a%2f',
    'user@host/app',
    '-host.io/app',
    'host.io:port/app',
    '[evil]/app',
    'host.io:1:2/app',
    `nginx:${'1'.repeat(129)}`,
    `gcr.io/${'a'.repeat(249)}`,
    '0a'.repeat(32),
    'gcr.io\\@evil.example/app',
    'gcr.io/a\nb',
  ])('refuses %j, naming it', (text) => {
    const outcome = parseImageRef(text);

    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'config' } });
    expect(outcome.ok ? '' : outcome.failure.message).toMatch(/^image ".*": .+; expected \[host\/\]path/);
  });
});

describe('sameImage', () => {
  it('11-4 takes all spellings of a Docker Hub image for one', () => {
    const spellings = [
      'nginx',
      'library/nginx:1',
      'docker.io/nginx',
      `docker.io/library/nginx@${digest}`,
      'index.docker.io/library/nginx',
      'registry-1.docker.io/library/nginx',
    ].map(image);

    expect(spellings.every((each) => sameImage(each, spellings[0]!))).toBe(true);
    expect(spellings[0]?.canonical).toEqual({ registry: 'docker.io', repository: 'library/nginx' });
  });

  it.each([
    ['11-5, I-10', 'gcr.io/library/foo', 'gcr.io/foo'],
    ['I-08', 'quay.io/some/image', 'docker.io/some/image'],
    ['I-20', 'Nginx/x', 'nginx/x'],
    ['a port', 'localhost:5000/x', 'localhost/x'],
  ])('%s: %s is not %s', (_row, a, b) => {
    expect(sameImage(image(a), image(b))).toBe(false);
  });
});

describe('text forms', () => {
  it.each([
    ['N-01 as written', 'docker.io/library/nginx:1.0', 'docker.io/library/nginx', '1.0', '1.0', '1.0'],
    ['N-02 as written', 'gcr.io/library/foo:1', 'gcr.io/library/foo', '1', '1', '1'],
    ['N-03 as written', 'index.docker.io/foo/bar:1', 'index.docker.io/foo/bar', '1', '1', '1'],
    ['N-04 (no tag made up)', 'nginx@sha256:abc', 'nginx', '@sha256:abc', '', 'sha256:abc'],
    ['N-05', 'nginx:1@sha256:abc', 'nginx', '1@sha256:abc', '1@sha256:abc', 'sha256:abc'],
    ['N-06', 'docker.io/j/t', 'docker.io/j/t', '', '', ''],
    ['neither', 'gcr.io/a/b', 'gcr.io/a/b', '', '', ''],
  ])('%s: %s', (_row, text, name, version, tagParameter, short) => {
    const ref = image(text);

    expect(imageText(ref)).toBe(text);
    expect(fullName(ref)).toBe(name);
    expect([versionText(ref), tagWithDigest(ref), shortVersion(ref)]).toEqual([version, tagParameter, short]);
  });

  it('withVersion replaces both tag and digest and keeps the spelling', () => {
    const ref = image(`docker.io/library/nginx:1.0@${digest}`);

    expect(withVersion(ref, { tag: '2.0' })).toEqual(image('docker.io/library/nginx:2.0'));
    expect(withVersion(ref, { digest: 'sha256:ab' })).toEqual(image('docker.io/library/nginx@sha256:ab'));
    expect(withVersion(ref, {})).toEqual(image('docker.io/library/nginx'));
  });
});

const words = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const hosts = fc.constantFrom(
  '',
  'docker.io/',
  'localhost/',
  'localhost:5000/',
  'gcr.io/',
  '[::1]:80/',
  'Reg.io/',
);
const references = fc
  .tuple(hosts, fc.array(words, { minLength: 1, maxLength: 4 }), fc.option(words), fc.boolean())
  .map(
    ([host, path, tag, pinned]) =>
      `${host}${path.join('/')}${tag === null ? '' : `:${tag}`}${pinned ? `@${digest}` : ''}`,
  );

describe('any text', () => {
  it('a well-formed reference is printed as it was written', () => {
    fc.assert(
      fc.property(references, (text) => {
        expect(imageText(image(text))).toBe(text);
        expect(parseImageRef(imageText(image(text)))).toEqual({ ok: true, value: image(text) });
      }),
    );
  });

  it('is a reference to a host that it names, or a config failure', () => {
    const pieces = fc.constantFrom(
      'a',
      'B',
      '.',
      ':',
      '/',
      '@',
      'sha256:ab',
      '-',
      '=',
      ' ',
      '[',
      ']',
      '%',
      '?',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          const outcome = parseImageRef(text);
          if (!outcome.ok) expect(outcome.failure.kind).toBe('config');
          else
            expect(
              ['docker.io', text].some((where) => where.includes(outcome.value.canonical.registry)),
            ).toBe(true);
        },
      ),
      { numRuns: generatedRuns(1000) },
    );
  });

  it.each(['a', 'a/', 'a.', 'a:', '@', 'A-', '-', ' ', ':', 'a=', ',', '[', '0'])(
    'a megabyte of %j comes to an end',
    (unit) => {
      const text = unit.repeat(2 ** 20 / unit.length);

      expect(parseImageRef(text).ok).toBe(false);
      expect(parseImageRef(`nginx:${text}.`).ok).toBe(false);
      expect(() => parseImageRef(`nginx@sha256:${text}`)).not.toThrow();
    },
  );
});
