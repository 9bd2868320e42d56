/** Secrets stay where they belong: no argument list, message, event, name or file that outlives its use holds one. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGithubApp } from '../fakes/github-app.ts';
import { hasSshd } from '../fakes/sshd.ts';
import {
  aGit,
  commitFile,
  fakeSecrets,
  fetchHead,
  never,
  openRepository,
  remoteOf,
  serveOverSsh,
  serveRepository,
} from './builders.ts';

const run = promisify(execFile);

/** Arguments of all processes that run at this moment. */
function allArguments(): string {
  const readArguments = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return ''; // ended meanwhile
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readArguments)
    .join('\n');
}

async function textsBelow(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const texts = names.map(async (name) => {
    const path = join(folder, name);
    return (await stat(path)).isFile() ? `${name}\n${await readFile(path, 'latin1')}` : name;
  });
  return (await Promise.all(texts)).join('\n');
}

const password = 'pa55word-hunter2';
const token = 't0ken-hunter3';

describe('secrets', () => {
  it.skipIf(!readdirSync('/').includes('proc')).each([
    ['a password', { username: 'bot', password }, { username: 'bot', password }],
    ['a wrong password', { username: 'bot', password: 'other' }, { username: 'bot', password }],
    ['a bearer token', { bearerToken: token }, { bearerToken: token }],
  ])('%s appears nowhere', async (_, auth, values) => {
    const seen: string[] = [];
    const intercept = () => {
      seen.push(allArguments());
      return false;
    };
    const { root, url, cache } = await serveRepository({ a: '1' }, { auth, intercept });
    const tmp = join(root, 'tmp');
    await mkdir(tmp);
    const environment = { PATH: process.env['PATH'], TMPDIR: tmp };
    const git = aGit(cache, { environment, onCommand: (event) => seen.push(JSON.stringify(event)) });
    const secrets = fakeSecrets({ argocd: { repository: [{ url, ...values }] } });

    const { remote, open } = await remoteOf(git, url, { secrets });
    const repository = await open();
    const work = async () => {
      const head = await fetchHead(repository);
      await repository.read(head, ['a'], never);
      const commit = await commitFile(repository, head, 'a', '2');
      return await repository.push([{ branch: 'main', commit, expected: null, force: false }], never);
    };
    seen.push(JSON.stringify(remote), JSON.stringify(await work().catch((error: unknown) => error)));
    seen.push(await textsBelow(cache));
    await repository.close();
    seen.push(await textsBelow(tmp));
    await git.close();

    const leaked = seen.join('\n');
    const header = Buffer.from(`bot:${password}`).toString('base64');
    expect(seen.some((text) => text.includes('git-remote-http'))).toBe(true);
    for (const secret of [password, token, header]) expect(leaked).not.toContain(secret);
    expect(await readdir(tmp)).toEqual([]);
  });

  it('are not printed where the libraries are told to explain themselves', async () => {
    const auth = { username: 'bot', password };
    const { url, cache } = await serveRepository({ a: '1' }, { auth });
    const worker = new URL('worker.ts', import.meta.url).pathname;
    const options = { cacheDirectory: cache, urlVariable: 'WORKER_URL', path: 'a', rounds: 1 };
    const withLogin = url.replace('//', `//bot:${password}@`);
    const env = { PATH: process.env['PATH'], DEBUG: '*', WORKER_URL: withLogin };

    const { stdout, stderr } = await run(process.execPath, [worker, JSON.stringify(options)], { env });

    expect(stdout).toContain('done');
    expect(stderr).toContain('simple-git');
    for (const secret of [password, Buffer.from(`bot:${password}`).toString('base64')]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it('of a GitHub App appear in no failure', async () => {
    const auth = { username: 'x', password: 'y' };
    const { url, cache } = await serveRepository({ a: '1' }, { auth }, 'ops/deploy.git');
    const authority = await startGithubApp({ token, installations: { 'ops/deploy': 42 } });
    onTestFinished(async () => await authority.close());
    const app = {
      githubAppID: authority.appId,
      githubAppPrivateKey: authority.privateKey,
      githubAppEnterpriseBaseUrl: authority.url,
    };
    const secrets = fakeSecrets({ argocd: { repository: [{ url, ...app }] } });
    const repository = await openRepository(aGit(cache), url, { secrets });

    const error: unknown = await repository.heads(never).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ failure: { code: 'authentication' } });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/t0ken|PRIVATE KEY/);
  });

  it.skipIf(!hasSshd)(
    `an SSH key lies in a private file while it is used${hasSshd ? '' : ' (skipped: needs sshd)'}`,
    async () => {
      const { root, server, url, cache } = await serveOverSsh({ a: '1' });
      const tmp = join(root, 'tmp with a space');
      await mkdir(tmp);
      const secrets = fakeSecrets({
        argocd: { repository: [{ url, sshPrivateKey: server.privateKey }] },
        configMaps: { 'argocd/argocd-ssh-known-hosts-cm': { ssh_known_hosts: server.knownHosts } },
      });
      const git = aGit(cache, { environment: { PATH: process.env['PATH'], TMPDIR: tmp } });
      const repository = await openRepository(git, url, { secrets });
      await repository.heads(never);

      const names = (await readdir(tmp, { recursive: true })).filter((name) => name.endsWith('/key'));
      const modes = await Promise.all(names.map(async (name) => (await stat(join(tmp, name))).mode & 0o777));
      const outer = (await stat(join(tmp, (await readdir(tmp))[0] ?? ''))).mode & 0o777;
      await repository.close();

      expect(modes).toEqual([0o600]);
      expect(outer).toBe(0o700);
      expect(await textsBelow(tmp)).not.toContain('PRIVATE KEY');
    },
  );
});
