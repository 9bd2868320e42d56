/** Whose branch it is: what a restart would lose, and what it costs to find out. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
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
  const standing = async () => await repository.branchStanding(await head('bump'), await head('main'), never);
  const isOwn = async (): Promise<boolean> => (await standing()).own;
  return { ...served, head, add, merge, repository, standing, isOwn };
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

describe('what a branch brings is judged by its own changes alone', () => {
  const files = (text: string) => ({ 'a.yaml': text });

  it.each<readonly [string, boolean, string, (scene: Scene) => Promise<unknown>]>([
    [
      'a pending commit of another instance with our name',
      false,
      'bump-11',
      async ({ add }) => await add('bump', ourAuthor),
    ],
    [
      'one of two commits squashed into base',
      false,
      'a.yaml,b.yaml',
      async ({ path }) => {
        await commitFiles(path, 'bump', files('a: 2\n'), 'one', 'refs/heads/main');
        await commitFiles(path, 'bump', { 'b.yaml': 'b: 2\n' }, 'two');
        await commitFiles(path, 'main', files('a: 2\n'), 'one of them');
      },
    ],
    [
      'all squashed, while base has changed other files',
      true,
      'a.yaml,b.yaml',
      async ({ path }) => {
        await commitFiles(path, 'bump', files('a: 2\n'), 'one', 'refs/heads/main');
        await commitFiles(path, 'bump', { 'b.yaml': 'b: 2\n' }, 'two');
        await commitFiles(path, 'main', { ...files('a: 2\n'), 'b.yaml': 'b: 2\n', 'c.yaml': '' }, 'squash');
      },
    ],
    [
      'merged, whatever base has made of its files since',
      true,
      '',
      async ({ path, merge }) => {
        await commitFiles(path, 'bump', files('a: 2\n'), 'one', 'refs/heads/main');
        await merge();
        await commitFiles(path, 'main', files('a: 3\n'), 'later');
      },
    ],
    [
      'taken back on the branch itself',
      true,
      '',
      async ({ path }) => {
        await commitFiles(path, 'bump', files('a: 2\n'), 'one', 'refs/heads/main');
        await commitFiles(path, 'bump', files('a: 1\n'), 'back');
      },
    ],
    [
      'a mode that base has not',
      false,
      'a.yaml',
      async ({ path }) =>
        await commitFiles(
          path,
          'bump',
          { 'a.yaml': { content: 'a: 1\n', executable: true } },
          'mode',
          'refs/heads/main',
        ),
    ],
    [
      'base moved on by more than 200 commits',
      false,
      'unknown',
      async ({ add }) => {
        await add('bump', ourAuthor);
        await add('main', somebody, 205);
      },
    ],
    [
      'a history of its own',
      false,
      'unknown',
      async ({ path }) => {
        await commitFiles(path, 'elsewhere', files('a: 1\n'), 'no parent');
        await git(path, ['update-ref', 'refs/heads/bump', 'refs/heads/elsewhere']);
      },
    ],
    [
      'two places where it may have left base',
      false,
      'unknown',
      async ({ path, head }) => {
        const main = await commitFiles(path, 'main', { m: '1' }, 'm', await head('main'));
        const bump = await commitFiles(path, 'bump', { b: '1' }, 'b', `${main}^`);
        const identity = ['-c', 'user.name=m', '-c', 'user.email=m@x'];
        for (const [branch, other] of [
          ['main', bump],
          ['bump', main],
        ] as const) {
          const parents = ['-p', branch === 'main' ? main : bump, '-p', other];
          const made = await git(path, [
            ...identity,
            'commit-tree',
            '-m',
            'x',
            ...parents,
            `${branch}^{tree}`,
          ]);
          await git(path, ['update-ref', `refs/heads/${branch}`, made.toString().trim()]);
        }
      },
    ],
  ])('fault A5, fault B1: %s: merged is %s', async (_, merged, paths, arrange) => {
    const scene = await serve();
    await arrange(scene);

    const standing = await scene.standing();

    expect(standing.merged).toBe(merged);
    expect(String(standing.changedPaths)).toBe(paths);
  });

  it('fault B1: agrees with a merge, for any order of commits and squashes', async () => {
    const step = fc.record({
      on: fc.constantFrom('main', 'bump'),
      path: fc.constantFrom('a.yaml', 'b.yaml', 'dir/c.yaml'),
      text: fc.constantFrom('1', '2', '3'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const { path, head, standing } = await serve();
        await git(path, ['update-ref', 'refs/heads/bump', await head('main')]);
        const base: Record<string, string> = { 'a.yaml': 'a: 1\n' };
        const held = { main: { ...base }, bump: { ...base } };
        for (const [index, { on, path: file, text }] of steps.entries()) {
          // Without the number two branches that write the same within a second would be one commit.
          await commitFiles(path, on, { [file]: text }, `step ${index}`);
          held[on][file] = text;
        }
        const changed = Object.keys(held.bump).filter((file) => held.bump[file] !== base[file]);

        const { merged, changedPaths } = await standing();

        expect(changedPaths).toEqual(changed.toSorted());
        expect(merged).toBe(changed.every((file) => held.main[file] === held.bump[file]));
      }),
      { numRuns: 4 },
    );
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

    expect(await failureOf(repository.branchStanding('1'.repeat(40), head, never))).toMatchObject({
      code: 'race',
    });
  });
});
