import { describe, expect, it } from 'vitest';
import { foldersOf, selectManifestFiles } from '../../../../src/core/edit/manifests/files.ts';
import { compilePathGlob } from '../../../../src/core/edit/manifests/path-glob.ts';

const files = [
  'README.md',
  'a.yaml',
  'apps/web/deploy.yaml',
  'apps/web/extra/job.yml',
  'apps/web/values.json',
  'apps/api/deploy.yaml',
];

function select(
  paths: readonly string[],
  options: { recurse?: boolean; include?: string; exclude?: string } = {},
): readonly string[] {
  const selected = selectManifestFiles(
    { paths, recurse: false, include: '', exclude: '', ...options },
    files,
  );
  if (!selected.ok) throw new Error(selected.failure.message);
  return selected.value;
}

describe('files of the manifests target', () => {
  it.each([
    { paths: ['apps/web'], chosen: ['apps/web/deploy.yaml', 'apps/web/values.json'] },
    { paths: ['apps/web/deploy.yaml'], chosen: ['apps/web/deploy.yaml'] },
    { paths: ['apps/*/deploy.yaml'], chosen: ['apps/api/deploy.yaml', 'apps/web/deploy.yaml'] },
    { paths: ['apps/**/*.yml'], chosen: ['apps/web/extra/job.yml'] },
    { paths: [''], chosen: ['a.yaml'] },
    { paths: ['apps/web', 'apps/web/deploy.yaml'], chosen: ['apps/web/deploy.yaml', 'apps/web/values.json'] },
  ])('$paths chooses $chosen', ({ paths, chosen }) => {
    expect(select(paths)).toEqual(chosen);
  });

  it('follows recurse, include and exclude of the directory block', () => {
    expect(select(['apps/web'], { recurse: true })).toHaveLength(3);
    expect(select(['apps'], { recurse: true, include: '*.yaml' })).toEqual([
      'apps/api/deploy.yaml',
      'apps/web/deploy.yaml',
    ]);
    expect(select(['apps'], { recurse: true, exclude: '{api/*,web/extra/*}' })).toEqual([
      'apps/web/deploy.yaml',
      'apps/web/values.json',
    ]);
  });

  it('lists no more than the folder in front of a glob', () => {
    expect(
      foldersOf({
        paths: ['apps/w*/x.yaml', 'apps/web/a.yaml', 'b'],
        recurse: false,
        include: '',
        exclude: '',
      }),
    ).toEqual([
      { folder: 'apps', recurse: true },
      { folder: 'b', recurse: false },
    ]);
  });

  it('fault A6: lists each folder once, and none within one that is listed whole', () => {
    const listed = (paths: readonly string[], recurse: boolean) =>
      foldersOf({ paths, recurse, include: '', exclude: '' }).map(({ folder }) => folder);

    expect(
      listed(
        Array.from({ length: 500 }, (_, i) => `**/*${i}.yaml`),
        false,
      ),
    ).toEqual(['']);
    expect(listed(['a', 'a/x.yaml', 'a/*.yaml', 'ab', 'a/b/c'], false)).toEqual(['a', 'ab']);
    expect(listed(['a/b', 'a'], true)).toEqual(['a']);
    expect(listed(['a/b', 'a'], false)).toEqual(['a/b', 'a']);
  });

  it('fault A6: compares so many files with globs only, and says what was too much', () => {
    const many = Array.from({ length: 9_000 }, (_, i) => `d/f${i}.yaml`);
    const globs = (count: number) => Array.from({ length: count }, (_, i) => `/**/*a*a*${i}.yaml`);
    const places = { recurse: false, include: '', exclude: '' };

    expect(selectManifestFiles({ ...places, paths: globs(500) }, many)).toEqual({
      ok: false,
      failure: {
        kind: 'config',
        annotation: 'write-back-target',
        message:
          '500 folders and globs with 9000 files are more than one Application may compare (500000): name fewer, or one glob for several',
      },
    });
    expect(selectManifestFiles({ ...places, paths: many.slice(0, 1_000) }, many)).toMatchObject({ ok: true });
  });

  it('names a glob that cannot be read', () => {
    expect(
      selectManifestFiles({ paths: ['a{b'], recurse: false, include: '', exclude: '' }, files),
    ).toMatchObject({ ok: false });
  });
});

describe('path globs', () => {
  it.each([
    ['a*b', 'stop', 'axb', true],
    ['a*b', 'stop', 'a/b', false],
    ['a*b', 'cross', 'a/b', true],
    ['**/x', 'stop', 'x', true],
    ['**/x', 'stop', 'a/b/x', true],
    ['[!a]', 'stop', 'a', false],
    ['[!a]', 'stop', 'b', true],
    [String.raw`\*`, 'stop', '*', true],
    [String.raw`\*`, 'stop', 'a', false],
    ['a.c', 'stop', 'abc', false],
  ] as const)('%s (%s) on %s: %s', (pattern, stars, path, matches) => {
    const test = compilePathGlob(pattern, stars);
    expect(test.ok && test.value(path)).toBe(matches);
  });

  it('of more than 1024 characters are refused', () => {
    expect(compilePathGlob('a'.repeat(1024), 'cross').ok).toBe(true);
    expect(compilePathGlob('['.repeat(1025), 'cross')).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('is longer than 1024 characters') },
    });
  });
});
