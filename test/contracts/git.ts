/** What every transport must keep: reading, committing, pushing and racing through the Git port. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SecretReader } from '../../src/ports/cluster.ts';
import type { FileTree } from '../fakes/bare-repository.ts';
import {
  commitChain,
  commitFiles,
  git,
  makeBareRepository,
  mergeBranch,
  readBranch,
} from '../fakes/bare-repository.ts';
import type { LoggedCommit } from '../../src/core/policy/rollback/lines/commit-log.ts';
import {
  aGit,
  commitFile,
  fetchHead,
  never,
  openRepository,
  ourAuthor,
  temporaryFolder,
} from '../git/builders.ts';

/** A server of the repositories below `root`. */
export interface GitPeer {
  /** The URL of `<root>/<name>`. */
  urlOf(name: string): string;
  readonly secrets: SecretReader;
  close(): Promise<void>;
}

export function describeGitContract(
  title: string,
  isAvailable: boolean,
  startPeer: (root: string) => Promise<GitPeer>,
): void {
  const arrange = async (files: FileTree) => {
    const root = await temporaryFolder();
    const peer = await startPeer(root);
    onTestFinished(async () => await peer.close());
    const path = join(root, 'ops', 'deploy.git');
    const initial = await makeBareRepository(path, files);
    const repository = await openRepository(aGit(join(root, 'cache')), peer.urlOf('ops/deploy.git'), peer);
    return { root, path, initial, repository, peer };
  };

  describe.skipIf(!isAvailable)(title, () => {
    it('tells branches, tags and the default branch', async () => {
      const { path, initial, repository } = await arrange({ a: '1' });
      const feature = await commitFiles(path, 'feature/x', { b: '2' }, 'feature', initial);
      const identity = ['-c', 'user.name=n', '-c', 'user.email=e'];
      await git(path, [...identity, 'tag', '-a', '-m', 'one', 'v1.0', initial]);
      await git(path, ['update-ref', 'refs/tags/light', initial]);
      await git(path, ['update-ref', 'refs/pull/1/head', initial]);

      const heads = await repository.heads(never);

      expect(heads.defaultBranch).toBe('main');
      expect([...heads.branches]).toEqual([
        ['feature/x', feature],
        ['main', initial],
      ]);
      expect([...heads.tags]).toEqual(['light', 'v1.0']);
    });

    it('reads files, folders, missing paths and executables', async () => {
      const odd = 'apps/ü "quoted" \\ name.yaml';
      const { repository } = await arrange({
        'apps/web/values.yaml': 'tag: 1\r\n',
        'apps/run.sh': { content: '#!/bin/sh\n', executable: true },
        'apps/binary': Buffer.from([0, 255, 10, 0]),
        [odd]: 'odd',
        empty: '',
      });
      const head = await fetchHead(repository);
      const paths = [
        'apps/web/values.yaml',
        'apps/run.sh',
        'apps/binary',
        odd,
        'empty',
        'apps',
        '',
        'apps/none',
      ];

      const contents = await repository.read(head, [...paths, 'none/deep/file'], never);

      expect(contents.get('apps/web/values.yaml')).toEqual({
        kind: 'file',
        bytes: Buffer.from('tag: 1\r\n'),
        executable: false,
      });
      expect(contents.get('apps/run.sh')).toMatchObject({ kind: 'file', executable: true });
      expect(contents.get('apps/binary')).toMatchObject({ bytes: Buffer.from([0, 255, 10, 0]) });
      expect(contents.get(odd)).toMatchObject({ bytes: Buffer.from('odd') });
      expect(contents.get('empty')).toMatchObject({ bytes: Buffer.alloc(0) });
      expect(contents.get('apps')).toEqual({ kind: 'folder' });
      expect(contents.get('')).toEqual({ kind: 'folder' });
      expect(contents.get('apps/none')).toBeNull();
      expect(contents.get('none/deep/file')).toBeNull();
    });

    it('refuses links, submodules, large files and ways out of the repository, each with its reason', async () => {
      const reasons = {
        link: 'it is a symbolic link',
        'dir/through': 'it is a symbolic link',
        'dir/through/file': 'dir/through is a symbolic link, not a folder',
        'dir/through/deep/file': 'dir/through is a symbolic link, not a folder',
        module: 'it is a submodule',
        'module/file': 'module is a submodule, not a folder',
        'plain/file': 'plain is a file, not a folder',
        large: 'the file is larger than 1 MiB',
        '../outside': 'the path leads out of the repository',
        'dir//x': 'the path leads out of the repository',
        '/etc/passwd': 'the path leads out of the repository',
        'dir/.git/config': 'the path leads into .git',
        '.GIT/config': 'the path leads into .git',
      };
      const { repository } = await arrange({
        link: { link: 'plain' },
        'dir/through': { link: '../plain' },
        module: { submodule: '1'.repeat(40) },
        plain: 'x',
        large: Buffer.alloc(1024 * 1024 + 1, 'a'),
      });
      const head = await fetchHead(repository);

      const contents = await repository.read(head, Object.keys(reasons), never);

      const refused = [...contents].map(([path, content]) => [
        path,
        content?.kind === 'refused' ? content.reason : content,
      ]);
      expect(Object.fromEntries(refused)).toEqual(reasons);
    });

    it('lists the regular files of a folder, sorted', async () => {
      const { repository } = await arrange({
        'apps/b.yaml': '',
        'apps/a/c.yaml': '',
        'apps/a.yaml': '',
        'apps/link': { link: 'b.yaml' },
        'other.yaml': '',
      });
      const head = await fetchHead(repository);

      expect(await repository.list(head, 'apps', false, never)).toEqual(['apps/a.yaml', 'apps/b.yaml']);
      expect(await repository.list(head, 'apps', true, never)).toEqual([
        'apps/a.yaml',
        'apps/a/c.yaml',
        'apps/b.yaml',
      ]);
      expect(await repository.list(head, '', false, never)).toEqual(['other.yaml']);
      expect(await repository.list(head, 'none', true, never)).toEqual([]);
    });

    it('pushes a chain of commits and a new branch in one go', async () => {
      const { path, repository } = await arrange({ 'a/x.yaml': 'old', 'a/keep': 'kept', 'run.sh': 'sh' });
      const head = await fetchHead(repository);
      const file = (name: string, text: string, executable = false) => ({
        path: name,
        bytes: Buffer.from(text),
        executable,
      });

      const [first = '', second = '', side = ''] = await repository.commit(
        [
          {
            parent: head,
            message: 'first\n\nbody\n',
            files: [file('a/x.yaml', 'new'), file('run.sh', 'sh2', true)],
          },
          { parent: 0, message: 'second\n', files: [file('deep/new/y.yaml', 'y')] },
          { parent: head, message: 'side\n', files: [file('a/x.yaml', 'side')] },
        ],
        never,
      );
      const results = await repository.push(
        [
          { branch: 'main', commit: second, expected: head, force: false },
          { branch: 'bump/side', commit: side, expected: null, force: false },
        ],
        never,
      );

      expect(results).toEqual([
        { branch: 'main', ok: true },
        { branch: 'bump/side', ok: true },
      ]);
      const main = await readBranch(path, 'main');
      expect(main.files).toEqual({
        'a/x.yaml': 'new',
        'a/keep': 'kept',
        'run.sh': 'sh2',
        'deep/new/y.yaml': 'y',
      });
      expect(main.commits.map(({ sha }) => sha)).toEqual([second, first, head]);
      expect(main.commits.map(({ message }) => message).slice(0, 2)).toEqual(['second\n', 'first\n\nbody\n']);
      expect(main.commits[0]).toMatchObject({ author: ourAuthor, committer: ourAuthor });
      expect((await git(path, ['ls-tree', 'main', 'run.sh'])).toString()).toMatch(/^100755/);
      expect((await readBranch(path, 'bump/side')).files['a/x.yaml']).toBe('side');
    });

    it('knows what a branch has that base has not, by commits and by content', async () => {
      const { path, repository } = await arrange({ a: '1', b: '1' });
      const base = await fetchHead(repository);
      const own = await commitFile(repository, base, 'a', '2');
      await repository.push([{ branch: 'bump', commit: own, expected: null, force: false }], never);
      const ofOwn = await repository.branchStanding(own, base, never);
      const squashed = await commitFiles(path, 'main', { a: '2', b: '2' }, 'squashed, and more');
      const ofMerged = await repository.branchStanding(own, squashed, never);
      const foreign = await commitFiles(path, 'bump', { b: '3' }, 'by hand');
      const ofForeign = await repository.branchStanding(foreign, squashed, never);
      await repository.fetch([foreign], never);

      expect(ofOwn).toEqual({ own: true, changedPaths: ['a'], merged: false });
      expect(ofMerged).toEqual({ own: true, changedPaths: ['a'], merged: true });
      expect(ofForeign).toEqual({ own: false, changedPaths: ['a', 'b'], merged: false });
      expect((await repository.read(foreign, ['b'], never)).get('b')).toMatchObject({ kind: 'file' });
    });

    it('tells what our own identity has committed, newest first', async () => {
      const { repository } = await arrange({ a: '1' });
      const base = await fetchHead(repository);
      const first = await commitFile(repository, base, 'a', '2');
      const second = await commitFile(repository, first, 'a', '3');
      await repository.push([{ branch: 'main', commit: second, expected: base, force: false }], never);

      const { commits, isCut } = await repository.ownHistory(second, never);

      expect(commits.slice(0, 2).map(({ id }) => id)).toEqual([second, first]);
      expect(isCut).toBe(false);
    });

    it('tells the commits behind a head, with the messages that are looked for', async () => {
      const { path, initial, repository } = await arrange({ a: '1' });
      const side = await commitFiles(path, 'side', { b: '1' }, 'side', initial);
      const second = await commitFiles(path, 'main', { a: '2' }, 'second\n\nWord: here', initial);
      const merge = await mergeBranch(path, 'main', [second, side], 'merge');
      const head = await fetchHead(repository);

      const log = await repository.commitLog({ head, minCommits: 100, containing: 'Word: ' }, never);
      const later = await commitFiles(path, 'main', { a: '3' }, 'later');
      const wanted = { head: await fetchHead(repository), minCommits: 100, containing: 'Word: ' };
      const more = await repository.commitLog(wanted, never);

      const of = ({ id, parents, isCut, message }: LoggedCommit) => [id, parents, isCut, message];
      expect(log.isDeepest).toBe(true);
      expect(log.commits.map(of)).toEqual(
        expect.arrayContaining([
          [merge, [second, side], false, ''],
          [second, [initial], false, 'second\n\nWord: here'],
          [side, [initial], false, ''],
          [initial, [], false, ''],
        ]),
      );
      expect(log.commits[0]?.id).toBe(merge);
      expect(log.commits.at(-1)?.id).toBe(initial);
      expect(more.commits.map(({ id }) => id)).toEqual([later, ...log.commits.map(({ id }) => id)]);
    });

    it('goes as deep into a history as it is asked to, and says where it is cut', async () => {
      const { path, initial, repository } = await arrange({ a: '1' });
      const chain = await commitChain(path, 'main', 600, 'a');
      const head = await fetchHead(repository);
      const log = async (minCommits: number) =>
        await repository.commitLog({ head, minCommits, containing: 'none' }, never);

      const shallow = await log(20);
      const deep = await log(1000);

      expect(shallow.isDeepest).toBe(false);
      expect(shallow.commits.map(({ id }) => id)).toEqual(chain.toReversed().slice(0, 20));
      expect(shallow.commits.filter(({ isCut }) => isCut).map(({ id }) => id)).toEqual([chain[580]]);
      expect(deep).toMatchObject({ isDeepest: true, commits: { length: 601 } });
      expect(deep.commits.at(-1)).toMatchObject({ id: initial, parents: [], isCut: false });
      expect((await repository.read(head, ['a'], never)).get('a')).toMatchObject({ kind: 'file' });
    });

    it('tells what a file held, where it appeared, and what was deleted there', async () => {
      const path = 'apps/new "name"/values.yaml';
      const arranged = await arrange({ 'apps/old/values.yaml': 'v1', 'apps/other': 'x' });
      const { path: bare, initial, repository } = arranged;
      const files = { [path]: 'v2', 'apps/old/values.yaml': { deleted: true } } as const;
      const moved = await commitFiles(bare, 'main', files, 'move', initial);
      const aside = await commitFiles(bare, 'side', { 'apps/other': 'y' }, 'aside', moved);
      const third = await commitFiles(bare, 'main', { [path]: 'v3' }, 'third', moved);
      const merge = await mergeBranch(bare, 'main', [third, aside], 'merge');
      const linked = await commitFiles(bare, 'main', { [path]: { link: '../other' } }, 'link', merge);
      const head = await commitFiles(bare, 'main', { [path]: 'v4' }, 'file again', linked);
      await fetchHead(repository);

      const history = await repository.fileHistory({ head, minCommits: 50, path }, never);

      const at = (id: string) => history.commits.find((commit) => commit.id === id);
      const textAt = (id: string) => {
        const content = at(id)?.content;
        return content === undefined ? 'absent' : history.contents.get(content)?.toString();
      };
      expect([head, linked, merge, third, aside, moved, initial].map(textAt)).toEqual([
        'v4',
        undefined,
        'v3',
        'v3',
        'v2',
        'v2',
        'absent',
      ]);
      expect(at(moved)?.deleted).toEqual(['apps/old/values.yaml']);
      expect(at(third)).toMatchObject({ message: 'third', author: 'Someone <someone@example.com>' });
      expect(history.isDeepest).toBe(true);
    });

    it('calls a branch that moved a race, and wins on the new head', async () => {
      const { path, repository } = await arrange({ a: '1', b: '1' });
      const head = await fetchHead(repository);
      const ours = await commitFile(repository, head, 'a', 'ours');
      const theirs = await commitFiles(path, 'main', { b: 'theirs' }, 'theirs');

      const [lost] = await repository.push(
        [{ branch: 'main', commit: ours, expected: head, force: false }],
        never,
      );
      const newHead = await fetchHead(repository);
      const again = await commitFile(repository, newHead, 'a', 'ours');
      const [won] = await repository.push(
        [{ branch: 'main', commit: again, expected: newHead, force: false }],
        never,
      );

      expect(lost).toMatchObject({ branch: 'main', ok: false, code: 'race' });
      expect(newHead).toBe(theirs);
      expect(won).toEqual({ branch: 'main', ok: true });
      expect((await readBranch(path, 'main')).files).toEqual({ a: 'ours', b: 'theirs' });
    });

    it('calls a new branch that somebody else made meanwhile a race', async () => {
      const { path, initial, repository } = await arrange({ a: '1' });
      const head = await fetchHead(repository);
      const ours = await commitFile(repository, head, 'a', 'ours');
      await commitFiles(path, 'bump', { a: 'theirs' }, 'theirs', initial);

      const [result] = await repository.push(
        [{ branch: 'bump', commit: ours, expected: null, force: false }],
        never,
      );

      expect(result).toMatchObject({ ok: false, code: 'race' });
      expect((await readBranch(path, 'bump')).files['a']).toBe('theirs');
    });

    it('replaces a branch of ours only while it is as we saw it', async () => {
      const { path, initial, repository } = await arrange({ a: '1' });
      const old = await commitFiles(path, 'bump', { a: 'old bump' }, 'old', initial);
      const head = await fetchHead(repository);
      const fresh = await commitFile(repository, head, 'a', 'fresh bump');
      const push = async () =>
        await repository.push([{ branch: 'bump', commit: fresh, expected: old, force: true }], never);

      await commitFiles(path, 'bump', { a: 'by hand' }, 'foreign');
      const [refused] = await push();
      const foreign = await readBranch(path, 'bump');
      await git(path, ['update-ref', 'refs/heads/bump', old]);
      const [replaced] = await push();

      expect(refused).toMatchObject({ ok: false, code: 'lease' });
      expect(foreign.files['a']).toBe('by hand');
      expect(replaced).toEqual({ branch: 'bump', ok: true });
      expect((await readBranch(path, 'bump')).commits.map(({ sha }) => sha)).toEqual([fresh, initial]);
    });

    it('fetches what others have added since', async () => {
      const { path, repository } = await arrange({ a: '1' });
      await fetchHead(repository);
      await commitFiles(path, 'main', { a: '2' }, 'second');
      await commitFiles(path, 'main', { a: '3' }, 'third');

      const head = await fetchHead(repository);

      expect((await repository.read(head, ['a'], never)).get('a')).toMatchObject({ bytes: Buffer.from('3') });
    });

    it('says that a repository is not there', async () => {
      const { root, peer } = await arrange({ a: '1' });
      const gone = await openRepository(aGit(join(root, 'other-cache')), peer.urlOf('ops/gone.git'), peer);

      await expect(gone.heads(never)).rejects.toMatchObject({ failure: { kind: 'git', code: 'not-found' } });
    });
  });
}
