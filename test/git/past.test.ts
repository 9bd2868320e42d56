/** Histories that are kept: what they cost, and what a server without filters may send. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitChain, commitFiles, git } from '../fakes/bare-repository.ts';
import {
  aGit,
  commitFile,
  fetchHead,
  never,
  openRepository,
  serveRepository,
  temporaryFolder,
} from './builders.ts';

async function arrange() {
  const { path, url } = await serveRepository({ 'values.yaml': 'v' });
  const commands: string[] = [];
  const cache = await temporaryFolder();
  const open = async () =>
    await openRepository(aGit(cache, { onCommand: ({ command }) => commands.push(command) }), url);
  return { path, open, commands, cache };
}

describe('kept histories', () => {
  it('fetch nothing twice, and only what is new later', async () => {
    const { path, open, commands } = await arrange();
    await commitChain(path, 'main', 300, 'values.yaml');
    const first = await open();
    const head = await fetchHead(first);
    const wanted = { head, minCommits: 100, containing: 'x' };
    await first.commitLog(wanted, never);
    const afterFirst = commands.filter((command) => command === 'fetch').length;
    await first.commitLog(wanted, never);
    await first.close();
    const later = await commitFiles(path, 'main', { 'values.yaml': 'later' }, 'later x');
    const second = await open();
    const news = { ...wanted, head: await fetchHead(second) };
    const before = commands.filter((command) => command === 'fetch').length;

    const log = await second.commitLog(news, never);

    expect(before - afterFirst).toBe(1); // the mirror's own
    expect(commands.filter((command) => command === 'fetch').length - before).toBe(1);
    expect(log.commits).toHaveLength(101);
    expect(log.commits[0]).toMatchObject({ id: later, message: 'later x' });
  });

  it('end at 256 commits where the server leaves nothing out', async () => {
    const { path, open } = await arrange();
    await git(path, ['config', 'uploadpack.allowFilter', 'false']);
    await commitChain(path, 'main', 400, 'values.yaml');
    const repository = await open();
    const head = await fetchHead(repository);

    const log = await repository.commitLog({ head, minCommits: 2048, containing: 'x' }, never);
    const file = await repository.fileHistory({ head, minCommits: 512, path: 'values.yaml' }, never);

    expect(log).toMatchObject({ isDeepest: true, commits: { length: 256 } });
    expect(file).toMatchObject({ isDeepest: true, commits: { length: 256 } });
    expect(file.contents.size).toBe(40);
  });

  it('read what was replaced by a force push', async () => {
    const { path, open } = await arrange();
    const chain = await commitChain(path, 'main', 30, 'values.yaml');
    const repository = await open();
    const wanted = { minCommits: 10, containing: 'x' };
    await repository.commitLog({ ...wanted, head: await fetchHead(repository) }, never);
    await git(path, ['update-ref', 'refs/heads/main', chain[3] ?? '']);
    const head = await commitFiles(path, 'main', { 'values.yaml': 'anew' }, 'anew');
    await fetchHead(repository);

    const log = await repository.commitLog({ ...wanted, head }, never);

    expect(log.commits.map(({ id }) => id).slice(0, 5)).toEqual([head, ...chain.slice(0, 4).toReversed()]);
  });

  it.each(['log', 'past'])('are made anew where the folder %s is broken', async (name) => {
    const { path, open, cache } = await arrange();
    const chain = await commitChain(path, 'main', 5, 'values.yaml');
    const repository = await open();
    const head = await fetchHead(repository);
    const read = async () => {
      const log = await repository.commitLog({ head, minCommits: 10, containing: 'x' }, never);
      const file = await repository.fileHistory({ head, minCommits: 10, path: 'values.yaml' }, never);
      return [log.commits.length, file.commits.length, file.contents.size];
    };
    await read();
    const [mirror = ''] = await readdir(cache);
    const packs = join(cache, mirror, name, 'objects', 'pack');
    for (const pack of await readdir(packs)) await rm(join(packs, pack), { force: true });

    expect(await read()).toEqual([chain.length + 1, chain.length + 1, 6]);
  });

  it('tell whose commits are ours', async () => {
    const { open } = await arrange();
    const repository = await open();
    const base = await fetchHead(repository);
    const ours = await commitFile(repository, base, 'values.yaml', 'ours');
    await repository.push([{ branch: 'main', commit: ours, expected: base, force: false }], never);

    const { commits } = await repository.fileHistory(
      { head: ours, minCommits: 10, path: 'values.yaml' },
      never,
    );

    expect(commits.map(({ id, isByUs }) => [id, isByUs])).toEqual([
      [ours, true],
      [base, false],
    ]);
  });
});
