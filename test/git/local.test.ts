/** Repositories in folders of this machine: who may name them, and what they may not do. */
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import {
  aGit,
  commitFile,
  failureOf,
  fetchHead,
  never,
  openRepository,
  remoteOf,
  temporaryFolder,
} from './builders.ts';

const hooks = [
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'reference-transaction',
  'push-to-checkout',
];

async function arrange() {
  const root = await temporaryFolder();
  const path = join(root, 'deploy.git');
  await makeBareRepository(path, { 'a.yaml': '1' });
  return { root, path, cache: join(root, 'cache') };
}

describe('fault A17: a repository in a folder of this machine', () => {
  it.each(['', 'file://'])(
    'is nobody’s to name but of who writes the Applications here: %s',
    async (scheme) => {
      const { path, cache } = await arrange();

      const failure = await failureOf(remoteOf(aGit(cache, { allowLocal: false }), scheme + path));

      expect(failure).toMatchObject({ code: 'unsupported' });
      expect(failure.message).toContain(
        'paths and file:// are taken only from Applications that --applications names',
      );
    },
  );

  it('is never one of the mirrors, whatever the way to it', async () => {
    const { root, cache } = await arrange();
    await mkdir(join(cache, 'x.git'), { recursive: true });
    await symlink(cache, join(root, 'link'));
    const ways = [
      cache,
      join(cache, 'x.git'),
      `${root}/other/../cache/x.git`,
      join(root, 'link', 'x.git'),
      join(root, 'link', 'new.git'),
    ];
    for (const way of [...ways, ...ways.map((path) => `file://${path}`)]) {
      expect(await failureOf(remoteOf(aGit(cache), way))).toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('it lies in the cache folder') as string,
      });
    }
  });

  it.each(['hooks', 'elsewhere'])('has hooks in %s that do not run', async (folder) => {
    const { root, path, cache } = await arrange();
    const ran = join(root, 'ran');
    await mkdir(ran);
    await mkdir(join(path, folder), { recursive: true });
    for (const hook of hooks) {
      await writeFile(join(path, folder, hook), `#!/bin/sh\ntouch '${ran}/${hook}'\n`);
      await chmod(join(path, folder, hook), 0o755);
    }
    if (folder !== 'hooks') await git(path, ['config', 'core.hooksPath', join(path, folder)]);
    const repository = await openRepository(aGit(cache), path);
    const head = await fetchHead(repository);
    const commit = await commitFile(repository, head, 'a.yaml', '2');

    const results = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);

    expect(results).toEqual([{ branch: 'main', ok: true }]);
    expect((await readBranch(path, 'main')).files['a.yaml']).toBe('2');
    expect(await readdir(ran)).toEqual([]);
  });
});
