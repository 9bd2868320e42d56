import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adviceFor } from '../../src/core/report/advice.ts';
import type { GitOptions } from '../../src/git/git.ts';
import { makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { makeKey } from '../fakes/sshd.ts';
import { aGit, failureOf, fetchHead, never, openRepository, ourAuthor, temporaryFolder } from './builders.ts';

const run = promisify(execFile);

async function arrange(options: Partial<GitOptions>) {
  const root = await temporaryFolder();
  const path = join(root, 'deploy.git');
  await makeBareRepository(path, { a: '1' });
  const repository = await openRepository(aGit(join(root, 'cache'), options), path);
  return { root, path, repository };
}

type Repository = Awaited<ReturnType<typeof arrange>>['repository'];

/** Two commits, one on the other, on main. */
async function pushTwo(repository: Repository) {
  const head = await fetchHead(repository);
  const file = (text: string) => [{ path: 'a', bytes: Buffer.from(text), executable: false }];
  const commits = await repository.commit(
    [
      { parent: head, message: 'first\n', files: file('2') },
      { parent: 0, message: 'second\n', files: file('3') },
    ],
    never,
  );
  return await repository.push(
    [{ branch: 'main', commit: commits[1] ?? '', expected: head, force: false }],
    never,
  );
}

/** Throws unless the last two commits of main are signed by somebody known. */
async function verify(path: string, settings: readonly string[], environment: Record<string, string>) {
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...environment,
  };
  for (const commit of ['main', 'main~1']) {
    await run(
      'git',
      ['-C', path, ...settings.flatMap((setting) => ['-c', setting]), 'verify-commit', commit],
      { env },
    );
  }
}

/** Sockets of gpg's agent have short paths only. */
async function makeGnupgHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'gpg-'));
  await chmod(home, 0o700);
  const env = { ...process.env, GNUPGHOME: home };
  onTestFinished(async () => {
    await run('gpgconf', ['--kill', 'gpg-agent'], { env });
    await rm(home, { recursive: true, force: true });
  });
  const key = ['--quick-gen-key', `${ourAuthor.name} <${ourAuthor.email}>`, 'ed25519', 'sign', 'never'];
  await run('gpg', ['--batch', '--quiet', '--passphrase', '', ...key], { env });
  return home;
}

describe('commits', () => {
  it('without signature are signed off too, and by the configured person (writeback.md 12 #29)', async () => {
    const author = { name: 'Bot <of> acme', email: 'bot@acme.example' };
    const { path, repository } = await arrange({ author, signOff: true });

    await pushTwo(repository);

    const person = { name: 'Bot of acme', email: author.email };
    expect((await readBranch(path, 'main')).commits[0]).toMatchObject({
      message: `second\n\nSigned-off-by: ${person.name} <${person.email}>\n`,
      author: person,
      committer: person,
    });
  });

  it.each([
    { name: '', email: 'bot@acme.example' },
    { name: 'bot', email: ' ' },
  ])('of nobody are refused: $name <$email>', async (author) => {
    const { repository } = await arrange({ author });

    await expect(pushTwo(repository)).rejects.toThrow('git user and email: expected both to be set');
  });
});

describe('signed commits', () => {
  it('are signed by GPG with the key ring of GNUPGHOME', async () => {
    const home = await makeGnupgHome();
    const environment = { PATH: process.env['PATH'], GNUPGHOME: home };
    const signing = { method: 'openpgp', key: ourAuthor.email } as const;
    const { path, repository } = await arrange({ environment, signing, signOff: true });

    expect(await pushTwo(repository)).toEqual([{ branch: 'main', ok: true }]);
    await verify(path, [], { GNUPGHOME: home });
    const { commits, files } = await readBranch(path, 'main');
    expect(files['a']).toBe('3');
    expect(commits[0]).toMatchObject({
      message: `second\n\nSigned-off-by: ${ourAuthor.name} <${ourAuthor.email}>\n`,
      author: ourAuthor,
      committer: ourAuthor,
    });
  });

  it('are signed by SSH with the key in a file', async () => {
    const folder = await temporaryFolder();
    const key = await makeKey(join(folder, 'signing key'));
    await writeFile(join(folder, 'allowed'), `${ourAuthor.email} ${await readFile(`${key}.pub`, 'utf8')}`);
    const { path, repository } = await arrange({ signing: { method: 'ssh', key } });

    expect(await pushTwo(repository)).toEqual([{ branch: 'main', ok: true }]);
    await verify(path, ['gpg.format=ssh', `gpg.ssh.allowedSignersFile=${join(folder, 'allowed')}`], {});
  });

  it.each([
    ['openpgp', 'nobody@example.com'],
    ['ssh', '/nonexistent/key'],
  ] as const)('are never replaced by unsigned ones: %s without a key', async (method, key) => {
    const { path, repository } = await arrange({ signing: { method, key } });

    const failure = await failureOf(pushTwo(repository));

    expect(failure).toMatchObject({ code: 'signing' });
    expect(adviceFor(failure)).toContain('unsigned commits are never made');
    expect((await readBranch(path, 'main')).commits).toHaveLength(1);
  });
});
