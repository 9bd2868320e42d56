/** Rollbacks of a cycle: each repository is opened once, and asked for one head once. */
import { describe, expect, it } from 'vitest';
import { readsBaseHistory } from '../../../../src/app/policy/rollback/base-history.ts';
import { Budget } from '../../../../src/app/repository/budget.ts';
import { permitsAll } from '../../../../src/app/repository/permits.ts';
import { Repositories } from '../../../../src/app/repository/repositories.ts';
import { Unfinished } from '../../../../src/app/repository/unfinished.ts';
import { makeRealClock } from '../../../fakes/clock.ts';
import { filesInPlace } from '../../../fakes/file-work.ts';
import { makeMemoryGit } from '../../../fakes/memory-git.ts';
import { never } from '../../../git/builders.ts';
import { memoryOf, path, subjectOf } from './git-history.ts';
import { gitSource } from '../../../core/applications.ts';

const line = `Image-Updater-Change: main ${path} image.tag 2.1.4 -> 2.1.5`;

async function arrange() {
  const url = gitSource.repoURL;
  const git = makeMemoryGit(new Map([[url, { [path]: 'image:\n  tag: 2.1.4\n' }]]));
  const cycle = git.openCycle({ secret: () => Promise.resolve(undefined) } as never, 'argocd');
  const clock = makeRealClock();
  const budget = new Budget(60_000, clock);
  const busy = new Unfinished<void>();
  const options = { git: cycle, permits: permitsAll, clock, budget, busy, maxConcurrency: 2, signal: never };
  const repositories = new Repositories(options);
  const now = () => clock.now();
  const shared = { repositories, files: filesInPlace, budget, memory: memoryOf(), now, signal: never };
  const makeRead = () => readsBaseHistory(shared);
  const repository = await cycle.open(await cycle.remote({ repoURL: url } as never), never);
  const commit = async (text: string, message: string): Promise<void> => {
    const parent = (await repository.heads(never)).branches.get('main') ?? '';
    const files = [{ path, bytes: Buffer.from(text), executable: false }];
    const [made = ''] = await repository.commit([{ parent, files, message }], never);
    await repository.push([{ branch: 'main', commit: made, expected: parent, force: false }], never);
  };
  return { git, makeRead, read: makeRead(), commit };
}

describe('the history of base branches', () => {
  it('tells what was taken back, and is read once for all images', async () => {
    const { git, makeRead, commit } = await arrange();
    await commit('image:\n  tag: 2.1.5\n', `bump\n\n${line}\n`);
    await commit('image:\n  tag: 2.1.4\n', 'Revert');
    const calls: string[] = [];
    git.onCall((call) => calls.push(call));

    const [first, second] = await Promise.all([makeRead()(subjectOf({})), makeRead()(subjectOf({}))]);

    expect(first).toMatchObject({ ok: true, value: { kind: 'taken-back' } });
    expect(second).toEqual(first);
    expect(calls.filter((call) => call === 'commitLog' || call === 'fileHistory').toSorted()).toEqual([
      'commitLog',
      'fileHistory',
    ]);
  });

  it('asks for no history where nothing of us is to be judged', async () => {
    const { git, read } = await arrange();
    const calls: string[] = [];
    git.onCall((call) => calls.push(call));

    const judged = await read(subjectOf({ annotations: { 'write-back-method': 'argocd' } }));

    expect(judged).toEqual({ ok: true, value: { kind: 'free' } });
    expect(calls).toEqual([]);
  });

  it('fails where there is no base branch', async () => {
    const { read } = await arrange();

    const judged = await read(subjectOf({ annotations: { 'git-branch': 'none' } }));

    expect(judged).toMatchObject({ ok: false, failure: { code: 'branch-missing' } });
  });
});
