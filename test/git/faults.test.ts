import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adviceFor } from '../../src/core/report/advice.ts';
import type { GitRepository } from '../../src/ports/git.ts';
import { commitFiles, git, readBranch } from '../fakes/bare-repository.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { hasSshd, makeKey } from '../fakes/sshd.ts';
import {
  aGit,
  commitFile,
  failureOf,
  fakeSecrets,
  fetchHead,
  never,
  openRepository,
  remoteOf,
  serveOverSsh,
  serveRepository,
  temporaryFolder,
} from './builders.ts';
import type { WorkerOptions } from './worker.ts';

async function arrange() {
  return await serveRepository({ a: '1', b: '1', other: 'o' });
}

async function addHook(path: string, name: string, script: string): Promise<void> {
  await mkdir(join(path, 'hooks'), { recursive: true });
  await writeFile(join(path, 'hooks', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(path, 'hooks', name), 0o755);
}

/** A whole cycle that changes file `a` on main. */
async function writeA(repository: GitRepository, text: string) {
  const head = await fetchHead(repository);
  await repository.read(head, ['a', 'b'], never);
  const commit = await commitFile(repository, head, 'a', text);
  return (await repository.push([{ branch: 'main', commit, expected: head, force: false }], never))[0];
}

function incompressible(length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i += 1)
    text += createHash('sha256').update(String(i)).digest('base64');
  return text;
}

describe('a server that refuses branches', () => {
  const refuseMain = `while read old new ref; do
  if [ "$ref" = refs/heads/main ]; then
    echo "main is protected: ask team-platform" >&2; exit 1
  fi
done`;

  async function pushBoth(path: string, url: string, cache: string) {
    await commitFiles(path, 'release', { a: 'r' }, 'release');
    const repository = await openRepository(aGit(cache), url);
    const main = await fetchHead(repository);
    const release = await fetchHead(repository, 'release');
    return await repository.push(
      [
        {
          branch: 'main',
          commit: await commitFile(repository, main, 'a', '2'),
          expected: main,
          force: false,
        },
        {
          branch: 'release',
          commit: await commitFile(repository, release, 'a', '2'),
          expected: release,
          force: false,
        },
      ],
      never,
    );
  }

  it('by a pre-receive hook refuses the whole push, in its words', async () => {
    const { path, url, cache } = await arrange();
    await addHook(path, 'pre-receive', refuseMain);

    const results = await pushBoth(path, url, cache);

    expect(results).toMatchObject(
      ['main', 'release'].map((branch) => ({
        branch,
        ok: false,
        code: 'rejected',
        message: expect.stringMatching(/main is protected: ask team-platform$/) as string,
        advice: `allow this account to push to ${branch}, or push to another branch`,
      })),
    );
    expect((await readBranch(path, 'release')).files['a']).toBe('r');
  });

  it('by an update hook hurts only those, and is told in its words', async () => {
    const { path, url, cache } = await arrange();
    const script = `echo "$1 $2 $3" | sed 's/\\([^ ]*\\) \\(.*\\)/\\2 \\1/' | (${refuseMain})`;
    await addHook(path, 'update', script);

    const [main, release] = await pushBoth(path, url, cache);

    expect(release).toEqual({ branch: 'release', ok: true });
    expect(main).toMatchObject({
      branch: 'main',
      ok: false,
      code: 'rejected',
      message: expect.stringContaining('main is protected: ask team-platform') as string,
    });
    expect((await readBranch(path, 'main')).files['a']).toBe('1');
    expect((await readBranch(path, 'release')).files['a']).toBe('2');
  });

  it('fault A4: objects that it does not take are refused as a whole, which is no fault of its disk', async () => {
    const { path, url, cache } = await arrange();
    await git(path, ['config', 'receive.maxInputSize', '20000']);
    const repository = await openRepository(aGit(cache), url);
    const main = await fetchHead(repository);
    const commit = await commitFile(repository, main, 'large', incompressible(40_000));

    const results = await repository.push([{ branch: 'main', commit, expected: main, force: false }], never);

    expect(results).toMatchObject([
      {
        ok: false,
        code: 'rejected',
        message: expect.stringMatching(/unpacker error.*does not take what is in the commit$/),
        advice: expect.stringMatching(/^check what the server allows in a commit/),
      },
    ]);
  });

  it('with a book of words and colours is told shortly and plainly', async () => {
    const { path, url, cache } = await arrange();
    await addHook(
      path,
      'pre-receive',
      `printf '\\033[31mno\\033[0m %s\\n' "$(head -c 5000 /dev/zero | tr '\\0' x)" >&2; exit 1`,
    );
    const repository = await openRepository(aGit(cache), url);

    const result = await writeA(repository, '2');

    const message = result?.ok === false ? result.message : '';
    expect(message).toContain('no xxx');
    expect(message.length).toBeLessThan(800);
    expect(message).not.toContain('\u001b');
  });
});

describe('a mirror', () => {
  async function mirrorOf(cache: string): Promise<string> {
    const names = await readdir(cache);
    return join(cache, names.find((name) => name.endsWith('.git')) ?? '');
  }

  async function packs(mirror: string): Promise<string[]> {
    const folder = join(mirror, 'objects', 'pack');
    return (await readdir(folder)).filter((name) => name.endsWith('.pack')).map((name) => join(folder, name));
  }

  const damages: Record<string, (mirror: string) => Promise<unknown>> = {
    'is gone': async (mirror) => await rm(mirror, { recursive: true }),
    'has a cut pack': async (mirror) => {
      for (const pack of await packs(mirror)) {
        await chmod(pack, 0o600);
        await truncate(pack, 40);
      }
    },
    'lost its packs': async (mirror) =>
      await rm(join(mirror, 'objects', 'pack'), { recursive: true, force: true }),
    'lost one pack': async (mirror) => await rm((await packs(mirror))[0] ?? ''),
    'has a broken configuration': async (mirror) => await writeFile(join(mirror, 'config'), '[core\n'),
    'has no HEAD': async (mirror) => await rm(join(mirror, 'HEAD')),
    'has a broken shallow file': async (mirror) => await writeFile(join(mirror, 'shallow'), 'nonsense\n'),
    'has a configuration that is a folder': async (mirror) => {
      await rm(join(mirror, 'config'));
      await mkdir(join(mirror, 'config'));
    },
    'has another configuration': async (mirror) =>
      await writeFile(
        join(mirror, 'config'),
        '[core]\n\trepositoryformatversion = 0\n\tbare = true\n[http]\n\tproxy = http://127.0.0.1:1\n',
      ),
    'has a broken ref': async (mirror) => {
      const [ref = ''] = await readdir(join(mirror, 'refs', 'tidewaiter'));
      await writeFile(join(mirror, 'refs', 'tidewaiter', ref), 'nonsense\n');
    },
    'lost its shallow file': async (mirror) => await rm(join(mirror, 'shallow'), { force: true }),
    'is of another version': async (mirror) => await writeFile(join(mirror, 'tidewaiter'), 'layout 0\n'),
    'is a file': async (mirror) => {
      await rm(mirror, { recursive: true });
      await writeFile(mirror, '');
    },
    'has locks of the dead': async (mirror) => {
      await writeFile(join(mirror, 'shallow.lock'), '');
      await writeFile(join(mirror, 'config.lock'), '');
      await writeFile(join(mirror, 'objects', 'pack', 'tmp_pack_x'), 'x');
    },
  };

  it.each(Object.keys(damages))('fault B6: that %s is mended by the next cycle', async (damage) => {
    const { path, url, cache } = await arrange();
    const git = aGit(cache);
    const before = await openRepository(git, url);
    await writeA(before, '2');
    await before.close();
    await commitFiles(path, 'main', { b: '2' }, 'by somebody else');

    await damages[damage]?.(await mirrorOf(cache));
    const after = await openRepository(git, url);

    expect(await writeA(after, '3')).toEqual({ branch: 'main', ok: true });
    expect((await readBranch(path, 'main')).files).toEqual({ a: '3', b: '2', other: 'o' });
  });

  it('fault B6: that lost its shallow file between fetch and push is made anew, and pushed from', async () => {
    const { path, url, cache } = await arrange();
    await commitFiles(path, 'main', { b: '2' }, 'second');
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);
    const lost = await commitFile(repository, head, 'a', '2');
    await rm(join(await mirrorOf(cache), 'shallow'));

    const [result] = await repository.push(
      [{ branch: 'main', commit: lost, expected: head, force: false }],
      never,
    );
    const again = result?.ok === true ? result : await writeA(repository, '2');

    expect(result?.ok === true || result?.code).not.toBe('rejected');
    expect(again).toEqual({ branch: 'main', ok: true });
  });

  it('fault B6: is tried anew once for what nothing explains, and only once', async () => {
    const { root, url, cache } = await arrange();
    const bin = join(root, 'bin');
    await mkdir(bin);
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const count = join(root, 'count');
    const script = `case "$*" in *ls-remote*) echo x >> '${count}'; [ "$(wc -l < '${count}')" -le "$(cat '${root}/failures')" ] && { echo 'fatal: nobody knows why' >&2; exit 128; };; esac\nexec ${real} "$@"`;
    await writeFile(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'git'), 0o755);
    const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const repository = await openRepository(aGit(cache, { environment }), url);

    await writeFile(join(root, 'failures'), '1\n');
    const heads = await repository.heads(never);
    await writeFile(join(root, 'failures'), '99\n');
    const failure = await failureOf(repository.heads(never));

    expect(heads.defaultBranch).toBe('main');
    expect(failure).toMatchObject({
      code: 'git',
      message: expect.stringContaining('nobody knows why') as string,
    });
    expect((await readFile(count, 'utf8')).split('\n')).toHaveLength(4); // two, and one more
  });

  it.each([
    'is gone',
    'has a cut pack',
    'lost its packs',
    'has a broken configuration',
    'has a configuration that is a folder',
  ])('that %s between any two calls is mended at once', async (damage) => {
    const { path, url, cache } = await arrange();
    const repository = await openRepository(aGit(cache), url);
    const harm = async () => await damages[damage]?.(await mirrorOf(cache));

    await harm();
    const head = (await repository.heads(never)).branches.get('main') ?? '';
    await harm();
    await repository.fetch([head], never);
    await harm();
    const contents = await repository.read(head, ['a'], never);
    await harm();
    const listed = await repository.list(head, '', true, never);
    await harm();
    const lost = await commitFile(repository, head, 'a', '2');
    await harm();
    const [result] = await repository.push(
      [{ branch: 'main', commit: lost, expected: head, force: false }],
      never,
    );

    expect(contents.get('a')).toMatchObject({ bytes: Buffer.from('1') });
    expect(listed).toEqual(['a', 'b', 'other']);
    expect(result).toMatchObject({ ok: false, code: 'race' });
    expect(await writeA(repository, '3')).toEqual({ branch: 'main', ok: true });
    expect((await readBranch(path, 'main')).files['a']).toBe('3');
  });

  it('whose cache folder is deleted as a whole is made again', async () => {
    const { url, cache } = await arrange();
    const repository = await openRepository(aGit(cache), url);
    await writeA(repository, '2');

    await rm(cache, { recursive: true });

    expect(await writeA(repository, '3')).toEqual({ branch: 'main', ok: true });
  });

  it.skipIf(process.getuid?.() !== 0)('fault B7: of another owner is made anew', async () => {
    const { url, cache } = await arrange();
    const ours = aGit(cache);
    const before = await openRepository(ours, url);
    await writeA(before, '2');
    await before.close();
    await chown(await mirrorOf(cache), 12_345, 12_345);

    const after = await openRepository(ours, url);

    expect(await writeA(after, '3')).toEqual({ branch: 'main', ok: true });
    expect((await stat(await mirrorOf(cache))).uid).toBe(process.getuid?.());
  });

  it('is made anew when it holds too many packs', async () => {
    const { url, cache } = await arrange();
    const git = aGit(cache);
    const repository = await openRepository(git, url);
    await writeA(repository, '2');
    await repository.close();
    const mirror = await mirrorOf(cache);
    for (let i = 0; i < 101; i += 1) await writeFile(join(mirror, 'objects', 'pack', `pack-${i}.pack`), '');

    const next = await openRepository(git, url);

    expect(await writeA(next, '3')).toEqual({ branch: 'main', ok: true });
    expect((await packs(mirror)).length).toBeLessThan(10);
  });

  it('shows nothing of URL or password in the names of its files', async () => {
    const { root, url, cache } = await arrange();
    const secrets = fakeSecrets({ argocd: { repository: [{ url, username: 'bot', password: 'hunter2' }] } });
    const repository = await openRepository(aGit(cache), url, { secrets });
    await writeA(repository, '2');

    const names = await readdir(cache, { recursive: true });

    expect(names.join('\n')).not.toMatch(/hunter2|deploy|127\.0\.0\.1/);
    expect(root).not.toBe('');
  });
});

describe('several processes', () => {
  function startWorker(options: WorkerOptions, uid?: number) {
    const worker = spawn(
      process.execPath,
      [new URL('worker.ts', import.meta.url).pathname, JSON.stringify(options)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(uid === undefined ? {} : { uid, gid: uid }),
        env: { ...process.env, TMPDIR: dirname(options.cacheDirectory) },
      },
    );
    let errors = '';
    worker.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const ended = new Promise<string>((resolve) => {
      worker.on('exit', (code, signal) => resolve(code === 0 ? 'ok' : `${code ?? signal} ${errors}`));
    });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const reached = (step: string) =>
      new Promise<void>((resolve, reject) => {
        worker.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().split('\n').includes(step)) resolve();
        });
        worker.on('exit', () => reject(new Error(`ended before ${step}: ${errors}`)));
      });
    return { worker, ended, reached };
  }

  it.each(['heads', 'fetch', 'read', 'commit', 'push'])(
    'one of which is killed at %s break nothing',
    async (step) => {
      const { path, url, cache } = await arrange();
      const { worker, ended, reached } = startWorker({ cacheDirectory: cache, url, path: 'b', rounds: 2 });
      await reached(step);
      worker.kill('SIGKILL');
      await ended;

      const environment = { PATH: process.env['PATH'], TMPDIR: dirname(cache) };
      const repository = await openRepository(aGit(cache, { environment }), url);
      let result = await writeA(repository, '2');
      if (result?.ok === false) result = await writeA(repository, '2'); // its push may have come through meanwhile

      expect(result).toEqual({ branch: 'main', ok: true });
      expect((await readBranch(path, 'main')).files['a']).toBe('2');
      await git(path, ['fsck', '--strict']);
      const folders = (await readdir(dirname(cache))).filter((name) => name.startsWith('tidewaiter-git-'));
      expect(folders).toHaveLength(1); // ours; that of the killed one is swept
    },
  );

  it('fault B7: one of which may not write to the cache folder makes its mirrors elsewhere, and says so', async () => {
    const { path, root, url } = await arrange();
    const cache = join(root, 'shared', 'cache');
    await mkdir(cache, { recursive: true });
    await chmod(root, 0o755);
    await chmod(cache, 0o555);
    await chmod(dirname(cache), 0o777); // its temporary folder
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    const { worker, ended } = startWorker({ cacheDirectory: cache, url, path: 'a', rounds: 1 }, nobody);
    let said = '';
    worker.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });

    expect(await ended).toBe('ok');
    expect((await readBranch(path, 'main')).files['a']).toBe('round 0\n');
    expect(said.match(/warning: Git cache \S+ cannot be written to .*: mirrors lie in \S+/g)).toHaveLength(1);
    expect(await readdir(cache)).toEqual([]);
  });

  it('take turns on one cache folder', async () => {
    const { path, url, cache } = await arrange();
    const workers = ['a', 'b'].map((file) =>
      startWorker({ cacheDirectory: cache, url, path: file, rounds: 3 }),
    );

    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual(['ok', 'ok']);
    const { files, commits } = await readBranch(path, 'main');
    expect(files).toMatchObject({ a: 'round 2\n', b: 'round 2\n' });
    expect(commits).toHaveLength(7);
  });

  it('do not wait for ever for one that holds the mirror', async () => {
    const { url, cache } = await arrange();
    const { reached } = startWorker({ cacheDirectory: cache, url, path: 'a', rounds: 1, hold: true });
    await reached('heads');
    let now = Date.now();
    const clock = {
      ...makeRealClock(),
      now: () => now,
      monotonicMs: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const { open } = await remoteOf(aGit(cache, { clock }), url);

    expect(await failureOf(open())).toMatchObject({ code: 'locked', repo: url });
  });
});

describe.skipIf(!hasSshd)(`SSH${hasSshd ? '' : ' (skipped: needs sshd)'}`, () => {
  async function overSsh(knownHosts: (real: string) => Promise<string>, insecure = false) {
    const { server, url, cache } = await serveOverSsh({ a: '1' });
    const values = { url, sshPrivateKey: server.privateKey, insecure: String(insecure) };
    const secrets = fakeSecrets({
      argocd: { repository: [values] },
      configMaps: {
        'argocd/argocd-ssh-known-hosts-cm': { ssh_known_hosts: await knownHosts(server.knownHosts) },
      },
    });
    return await openRepository(aGit(cache), url, { secrets });
  }

  it('fault O-S1-6: refuses an unknown host key, and gives the line to ask for it', async () => {
    const repository = await overSsh(async () => '');

    const failure = await failureOf(repository.heads(never));
    const [, host, port] = /^ssh:\/\/([^:/]+):(\d+)/.exec(failure.repo) ?? [];

    expect(failure).toMatchObject({ code: 'host-key' });
    expect(failure.message).toMatch(
      /: No \S+ host key is known for \S+ and you have requested strict checking/,
    );
    expect(adviceFor(failure)).toContain(`"ssh-keyscan -p ${port} ${host}"`);
  });

  it('fault O-S1-6: refuses a host key that has changed, and names the one it was shown', async () => {
    const repository = await overSsh(async (real) => {
      const key = await makeKey(join(await temporaryFolder(), 'other'));
      return `${real.split(' ')[0]} ${(await readFile(`${key}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')}\n`;
    });

    const failure = await failureOf(repository.heads(never));

    expect(failure).toMatchObject({ code: 'host-key-changed' });
    expect(failure.message).toMatch(
      /: the host shows \S+ key SHA256:[\w+/]{43}, which is not the known one: perhaps another machine answers$/,
    );
    expect(adviceFor(failure)).toMatch(/^do not trust it/);
  });

  it('takes any host key only where the Secret says so', async () => {
    const repository = await overSsh(async () => '', true);

    expect((await repository.heads(never)).defaultBranch).toBe('main');
  });
});

describe('a full disk', () => {
  /** False where mounting is not allowed. */
  function mountTiny(folder: string): boolean {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
    if (mounted) onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    return mounted;
  }

  it('is named', async ({ skip }) => {
    const { path, url, root } = await arrange();
    const cache = join(root, 'tiny');
    await mkdir(cache);
    if (!mountTiny(cache)) skip('skipped: needs the right to mount');
    const { randomBytes } = await import('node:crypto');
    const files = Object.fromEntries(
      [0, 1, 2, 3].map((name) => [`f${name}`, randomBytes(900_000).toString('base64').slice(0, 1_000_000)]),
    );
    await commitFiles(path, 'main', files, 'much');
    const repository = await openRepository(aGit(cache), url);
    const head = await fetchHead(repository);

    expect(await failureOf(repository.read(head, Object.keys(files), never))).toMatchObject({
      code: 'disk-full',
    });
  });
});

describe('folders that cannot be used', () => {
  it('are named, for the cache', async () => {
    const { root, url } = await arrange();
    await writeFile(join(root, 'file'), '');
    const { open } = await remoteOf(aGit(join(root, 'file', 'cache')), url);

    const failure = await failureOf(open());

    expect(failure).toMatchObject({ code: 'git', repo: url });
    expect(adviceFor(failure)).toBe('check the cache and temporary folders');
  });

  it('are named, for temporary files, and used again once they can be', async () => {
    const { root, url, cache } = await arrange();
    const environment = { PATH: process.env['PATH'], TMPDIR: join(root, 'later') };
    const repository = await openRepository(aGit(cache, { environment }), url);

    const failure = await failureOf(repository.heads(never));
    await mkdir(join(root, 'later'));
    const heads = await repository.heads(never);
    await rm(join(root, 'later'), { recursive: true });
    await mkdir(join(root, 'later'));
    const again = await repository.heads(never);

    expect(adviceFor(failure)).toBe('check the cache and temporary folders');
    expect([heads.defaultBranch, again.defaultBranch]).toEqual(['main', 'main']);
  });

  it('free the mirror when it is closed all the same', async () => {
    const { root, path, cache } = await arrange();
    const secrets = {
      ...fakeSecrets({ argocd: { repository: [{ url: 'https://h.example/x', password: 'p' }] } }),
      configMap: async () => {
        throw new Error('forbidden');
      },
    };
    const git = aGit(cache);
    const { open } = await remoteOf(git, 'https://h.example/x', { secrets });
    const repository = await open();

    await expect(repository.heads(never)).rejects.toThrow('forbidden');
    await repository.close();
    const again = await open();
    await again.close();

    expect([root, path]).not.toContain('');
  });
});
