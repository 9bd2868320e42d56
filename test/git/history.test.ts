/** Whose branch it is: what a restart would lose, and what it costs to find out. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, git } from '../fakes/bare-repository.ts';
import type { GitServerOptions } from '../fakes/git-http.ts';
import {
  aGit,
  failureOf,
  fetchHead,
  never,
  openRepository,
  ourAuthor,
  serveRepository,
  temporaryFolder,
} from './builders.ts';

const somebody = { name: 'Someone', email: 'someone@example.com' };

async function serve(options: Partial<GitServerOptions> = {}) {
  const served = await serveRepository({ 'a.yaml': 'a: 1\n' }, options);
  const { path } = served;
  const head = async (branch: string) => (await git(path, ['rev-parse', branch])).toString().trim();
  /** Adds commits to a branch, which starts from main. */
  const add = async (branch: string, who: typeof somebody, count = 1): Promise<string> => {
    const parent = await head(branch).catch(async () => await head('main'));
    const stream = Array.from(
      { length: count },
      (_, n) =>
        `commit refs/heads/${branch}\ncommitter ${who.name} <${who.email}> ${1_700_000_000 + n} +0000\ndata 2\nx\n` +
        `${n === 0 ? `from ${parent}\n` : ''}M 100644 inline ${branch}-${who.name.length}\ndata 4\n${1000 + n}\n`,
    );
    await git(path, ['fast-import', '--quiet', '--force'], Buffer.from(stream.join('')));
    return await head(branch);
  };
  const merge = async (): Promise<void> => {
    const identity = ['-c', 'user.name=m', '-c', 'user.email=m@x'];
    const parents = ['-p', 'main', '-p', 'bump'];
    const made = await git(path, [...identity, 'commit-tree', '-m', 'Merge', ...parents, 'bump^{tree}']);
    await git(path, ['update-ref', 'refs/heads/main', made.toString().trim()]);
  };
  const repository = await openRepository(aGit(served.cache), served.url);
  const isOwn = async (): Promise<boolean> =>
    await repository.isOwnBranch(await head('bump'), await head('main'), never);
  return { ...served, add, merge, repository, isOwn };
}

type Scene = Awaited<ReturnType<typeof serve>>;

describe('a branch is ours', () => {
  it.each<readonly [string, boolean, (scene: Scene) => Promise<unknown>]>([
    [
      'with our commits alone, squashed into base',
      true,
      async ({ add }) => {
        await add('bump', ourAuthor, 3);
        await add('main', somebody, 2);
      },
    ],
    [
      'merged into base',
      true,
      async ({ add, merge }) => {
        await add('bump', ourAuthor);
        await merge();
      },
    ],
    [
      'merged into base with the commit of somebody else on top',
      true,
      async ({ add, merge }) => {
        await add('bump', ourAuthor);
        await add('bump', somebody);
        await merge();
        await add('main', somebody, 5);
      },
    ],
    [
      'with our commits alone on top of what base has merged',
      true,
      async ({ add, merge }) => {
        await add('bump', somebody);
        await merge();
        await add('bump', ourAuthor);
      },
    ],
    [
      'with a foreign commit on top',
      false,
      async ({ add }) => {
        await add('bump', ourAuthor);
        await add('bump', somebody);
      },
    ],
    [
      'with a foreign commit below ours',
      false,
      async ({ add }) => {
        await add('bump', ourAuthor);
        await add('bump', somebody);
        await add('bump', ourAuthor);
      },
    ],
    [
      'with a commit under our name and another address',
      false,
      async ({ add }) => await add('bump', { ...ourAuthor, email: somebody.email }),
    ],
    [
      'while base has moved on by fewer than 200 commits',
      true,
      async ({ add }) => {
        await add('bump', ourAuthor, 150);
        await add('main', somebody, 150);
      },
    ],
    [
      'after base has moved on by more than 200 commits',
      false,
      async ({ add }) => {
        await add('main', somebody, 250);
        await add('bump', ourAuthor);
        await add('main', somebody, 250);
      },
    ],
    [
      'with more than 200 commits of ours',
      false,
      async ({ add }) => {
        await add('bump', ourAuthor, 250);
      },
    ],
    [
      'with a foreign commit below 200 of ours',
      false,
      async ({ add }) => {
        await add('bump', somebody);
        await add('bump', ourAuthor, 200);
      },
    ],
    [
      'with a foreign commit below 199 of ours',
      false,
      async ({ add }) => {
        await add('bump', somebody);
        await add('bump', ourAuthor, 199);
      },
    ],
  ])('%s: %s', async (_, expected, arrange) => {
    const scene = await serve();
    await arrange(scene);

    expect(await scene.isOwn()).toBe(expected);
  });
});

describe('the question whose a branch is', () => {
  it('costs one fetch, and leaves the mirror as it was', async () => {
    const { server, cache, repository, add, isOwn, path } = await serve();
    const own = await add('bump', ourAuthor, 3);
    await repository.fetch([own, await fetchHead(repository)], never);
    const files = async () => (await readdir(cache, { recursive: true })).toSorted();
    const filesBefore = await files();
    const before = server.requests.length;

    await isOwn();
    const asked = server.requests.length - before;
    const filesAfter = await files();
    await commitFiles(path, 'main', { 'a.yaml': 'a: 2\n' }, 'later');
    const head = await fetchHead(repository);

    expect(asked).toBe(2);
    expect(filesAfter).toEqual(filesBefore);
    expect((await repository.read(head, ['a.yaml'], never)).get('a.yaml')).toMatchObject({ kind: 'file' });
  });

  it('is answered with what a killed process left in its place', async () => {
    const { cache, repository, add, isOwn } = await serve();
    await add('bump', ourAuthor);
    await fetchHead(repository);
    const [mirror = ''] = (await readdir(cache)).filter((name) => name.endsWith('.git'));
    await git(await temporaryFolder(), ['init', '--quiet', '--bare', join(cache, mirror, 'tmp_passing')]);

    expect(await isOwn()).toBe(true);
    expect(await readdir(join(cache, mirror))).not.toContain('tmp_passing');
  });

  it.each([
    ['without filters', { key: 'uploadpack.allowFilter', value: 'false' }, {}],
    ['without protocol version 2', { key: 'protocol.version', value: '0' }, { protocol: 0 }],
  ] as const)('is answered by a server %s', async (_, { key, value }, options) => {
    const { path, add, isOwn } = await serve(options);
    await git(path, ['config', key, value]);
    await add('main', somebody, 3);
    await add('bump', ourAuthor, 3);
    const own = await isOwn();
    await add('bump', somebody);

    expect(own).toBe(true);
    expect(await isOwn()).toBe(false);
  });

  it('is a lost race where the branch is gone', async () => {
    const { repository } = await serve();
    const head = await fetchHead(repository);

    expect(await failureOf(repository.isOwnBranch('1'.repeat(40), head, never))).toMatchObject({
      code: 'race',
    });
  });
});
