/** What a server may bring in: by file, and by mirror. */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderBytes } from '../../src/git/process/folder-bytes.ts';
import { commitFiles, git } from '../fakes/bare-repository.ts';
import {
  aGit,
  commitFile,
  failureOf,
  fetchHead,
  never,
  openRepository,
  serveRepository,
} from './builders.ts';

const MiB = 1024 * 1024;

/** Each once: what is alike takes no room in a pack. */
function noise(bytes: number): Buffer {
  return randomBytes(bytes);
}

describe('fault A14: a large file', () => {
  it('at the path of a target is not brought in, and the others beside it are', async () => {
    const { url, cache } = await serveRepository({
      'a.yaml': 'a: 1\n',
      'b.yaml': noise(900_000),
      'large.bin': noise(16 * MiB),
      'c/d.yaml': 'd: 1\n',
    });
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);

    const read = await repository.read(head, ['large.bin', 'a.yaml', 'b.yaml', 'c/d.yaml'], never);

    expect(read.get('large.bin')).toEqual({ kind: 'refused', reason: 'the file is larger than 1 MiB' });
    expect(read.get('a.yaml')).toMatchObject({ kind: 'file', bytes: Buffer.from('a: 1\n') });
    expect(read.get('b.yaml')).toMatchObject({ kind: 'file' });
    expect(read.get('c/d.yaml')).toMatchObject({ kind: 'file' });
    expect(await folderBytes(cache)).toBeLessThan(16 * MiB);
  }); // the server packs it three times, and not only when nobody else works

  it('among many small ones costs no more than a few of full size, and is the only one that is refused', async () => {
    const small = Object.fromEntries(
      Array.from({ length: 31 }, (_, i) => [`apps/${i}.yaml`, noise(20_000)] as const),
    );
    const { url, cache } = await serveRepository({ ...small, 'large.bin': noise(16 * MiB) });
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);

    const read = await repository.read(head, ['large.bin', ...Object.keys(small)], never);

    expect(read.get('large.bin')).toEqual({ kind: 'refused', reason: 'the file is larger than 1 MiB' });
    for (const path of Object.keys(small)) expect(read.get(path)).toMatchObject({ kind: 'file' });
    expect(await folderBytes(cache)).toBeLessThan(4 * MiB);
  });

  it('that nobody reads is not brought in', async () => {
    const { url, cache } = await serveRepository({ 'a.yaml': '1', 'large.bin': noise(20 * MiB) });
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);

    expect((await repository.read(head, ['a.yaml'], never)).get('a.yaml')).toMatchObject({ kind: 'file' });
    expect(await folderBytes(cache)).toBeLessThan(MiB);
  });
});

describe('fault A14: a mirror', () => {
  it('that would outgrow its bound is ended, and the bound is named', async () => {
    const { path, url, cache } = await serveRepository({ 'a.yaml': '1', 'large.bin': noise(24 * MiB) });
    await git(path, ['config', 'uploadpack.allowFilter', 'false']);
    const repository = await openRepository(aGit(cache, { maxMirrorBytes: 4 * MiB }), url);

    const failure = await failureOf(fetchHead(repository));
    await repository.close();

    expect(failure).toMatchObject({ code: 'unsupported', repo: url });
    expect(failure.message).toMatch(/: it brings more than 4 MiB, which is what --git-max-mirror allows$/);
  });

  it('that has outgrown it bit by bit is made anew, and the work is done', async () => {
    const { path, url, cache } = await serveRepository({ 'a.yaml': '1' });
    const ours = aGit(cache, { maxMirrorBytes: 3 * MiB });
    for (let round = 0; round < 6; round += 1) {
      await commitFiles(path, 'main', { 'values.yaml': noise(MiB - 1000) }, `round ${round}`);
      const repository = await openRepository(ours, url);
      const head = await fetchHead(repository);
      expect((await repository.read(head, ['values.yaml'], never)).get('values.yaml')).toMatchObject({
        kind: 'file',
      });
      const commit = await commitFile(repository, head, 'a.yaml', String(round));
      expect(
        await repository.push([{ branch: 'main', commit, expected: head, force: false }], never),
      ).toEqual([{ branch: 'main', ok: true }]);
      await repository.close();
    }
    const [mirror = ''] = (await readdir(cache)).filter((name) => name.endsWith('.git'));

    expect(await folderBytes(join(cache, mirror))).toBeLessThan(4 * MiB);
  });
});

it('a folder of thousands of files is searched as a small one is', async () => {
  const names = Array.from(
    { length: 6_000 },
    (_, i) => `${String(i).padStart(4, '0')}-${'x'.repeat(200)}.yaml`,
  );
  const many = Object.fromEntries(names.map((name) => [`big/${name}`, 'b: 1\n'] as const));
  const { url, cache } = await serveRepository({ ...many, 'a.yaml': 'a: 1\n' });
  const repository = await openRepository(aGit(cache), url);
  const head = await fetchHead(repository);
  const [first = ''] = names;

  const read = await repository.read(head, [`big/${first}`, 'big', 'big/none', 'a.yaml', 'a.yaml/b'], never);

  expect([...read]).toEqual([
    [`big/${first}`, { kind: 'file', bytes: Buffer.from('b: 1\n'), executable: false }],
    ['big', { kind: 'folder' }],
    ['big/none', null],
    ['a.yaml', { kind: 'file', bytes: Buffer.from('a: 1\n'), executable: false }],
    ['a.yaml/b', { kind: 'refused', reason: 'a.yaml is a file, not a folder' }],
  ]);
});
