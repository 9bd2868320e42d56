import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GitRunnerOptions } from '../../../src/git/process/run.ts';
import { makeGitRunner } from '../../../src/git/process/run.ts';
import { makeRealClock } from '../../fakes/clock.ts';
import { never, temporaryFolder } from '../builders.ts';

/** A PATH with these programs only; `git` is the given script. */
async function pathWith(programs: readonly string[], git: string): Promise<string> {
  const folder = await temporaryFolder();
  for (const program of programs) {
    if (existsSync(join(folder, program))) continue;
    const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    await symlink(found, join(folder, program));
  }
  await writeFile(join(folder, 'git'), `#!/bin/sh\n${git}\n`);
  await chmod(join(folder, 'git'), 0o755);
  return folder;
}

async function aRunner(path: string, options: Partial<GitRunnerOptions> = {}, startsOthers = true) {
  const directory = await temporaryFolder();
  const environment = { PATH: path };
  const runner = makeGitRunner({ environment, clock: makeRealClock(), timeoutMs: 300_000, ...options });
  onTestFinished(async () => await runner.close());
  const run = async (signal = never, input?: Buffer) =>
    await runner.run({
      displayUrl: 'https://git.test/x',
      directory,
      args: ['probe', 'x'],
      startsOthers,
      signal,
      ...(input === undefined ? {} : { input }),
    });
  return { run, directory };
}

const programs = ['sh', 'sleep', 'cat', 'touch'];

describe.each([
  ['with helpers', true],
  ['by itself', false],
])('a git process %s', (_, startsOthers) => {
  it('gets its input, and gives its output and exit code', async () => {
    const { run } = await aRunner(await pathWith(programs, 'cat; echo "$2" >&2; exit 3'), {}, startsOthers);

    const result = await run(never, Buffer.from([0, 255, 10]));

    expect(result).toEqual({ ended: 'exit', exitCode: 3, stdout: Buffer.from([0, 255, 10]), stderr: 'x\n' });
  });

  it('ends at the deadline', async () => {
    const path = await pathWith(programs, 'exec sleep 600');
    const { run, directory } = await aRunner(path, { timeoutMs: 500 }, startsOthers);

    expect((await run()).ended).toBe('timeout');
    await expect.poll(() => processesIn(directory)).toEqual([]);
  });

  it('that cannot be found is told apart from one that fails', async () => {
    const { run } = await aRunner(await temporaryFolder(), {}, startsOthers);

    expect((await run()).exitCode).toBe(127);
  });

  it('fault B6: in a folder that is gone is told as git tells it', async () => {
    const { run, directory } = await aRunner(await pathWith(programs, 'true'), {}, startsOthers);
    await rm(directory, { recursive: true });

    expect(await run()).toMatchObject({
      ended: 'exit',
      exitCode: 128,
      stderr: expect.stringContaining('cannot change to') as string,
    });
  });

  it('does not hold us up with a helper that escapes', async () => {
    const path = await pathWith([...programs, 'setsid'], 'setsid sleep 60 & echo done');
    const { run } = await aRunner(path, { timeoutMs: 30_000 }, startsOthers);

    expect(await run()).toMatchObject({ exitCode: 0, stdout: Buffer.from('done\n') });
  });

  it('is stopped when it prints without end', async () => {
    const { run } = await aRunner(await pathWith(programs, 'exec cat /dev/zero'), {}, startsOthers);

    expect((await run()).ended).toBe('too-large');
  });

  it('is not started after an abort', async () => {
    const { run, directory } = await aRunner(await pathWith(programs, 'touch started'), {}, startsOthers);

    expect((await run(AbortSignal.abort())).ended).toBe('cancelled');
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('a git process with helpers', () => {
  it('ends with its helpers at the deadline', async () => {
    const { run, directory } = await aRunner(
      await pathWith(programs, '(sleep 60; touch helper-lived) & sleep 600'),
      { timeoutMs: 1000 },
    );

    expect((await run()).ended).toBe('timeout');
    expect(processesIn(directory)).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('ends with its helpers when cancelled', async () => {
    const { run, directory } = await aRunner(await pathWith(programs, 'touch started; sleep 600 | cat'));
    const abort = new AbortController();
    const running = run(abort.signal);
    await expect.poll(async () => await readdir(directory)).toEqual(['started']);

    abort.abort();

    expect((await running).ended).toBe('cancelled');
    await expect.poll(() => processesIn(directory)).toEqual([]);
  });

  it('ends with helpers that do not heed the first signal', async () => {
    const { run, directory } = await aRunner(
      await pathWith(programs, "(trap '' TERM; sleep 600; sleep 600) & exec sleep 600"),
      { timeoutMs: 500 },
    );

    expect((await run()).ended).toBe('timeout');
    await expect.poll(() => processesIn(directory)).toEqual([]);
  });

  it('fault A14: is ended once it stores too much', async () => {
    const path = await pathWith([...programs, 'head'], 'head -c 3000000 /dev/zero > pack; exec sleep 600');
    const directory = await temporaryFolder();
    const runner = makeGitRunner({ environment: { PATH: path }, clock: makeRealClock(), timeoutMs: 300_000 });
    onTestFinished(async () => await runner.close());

    const result = await runner.run({
      displayUrl: 'https://git.test/x',
      directory,
      args: ['probe'],
      startsOthers: true,
      storage: { folder: directory, maxBytes: 1_000_000 },
      signal: never,
    });

    expect(result.ended).toBe('outgrown');
  });

  it('does not outlive for ever a process that was killed', async () => {
    const parent = await temporaryFolder();
    const directory = await temporaryFolder();
    const home = join(parent, `tidewaiter-git-${hostname()}-999999999-1-abcdef`, 'home');
    const others = join(parent, `tidewaiter-git-${hostname()}-${process.pid}-1x-abcdef`, 'home');
    await mkdir(home, { recursive: true });
    const start = (HOME: string) => {
      const child = spawn('sleep', ['600'], { cwd: directory, env: { PATH: process.env['PATH'], HOME } });
      onTestFinished(() => void child.kill('SIGKILL'));
      return new Promise((resolve) => void child.on('exit', (_, signal) => resolve(signal)));
    };
    const orphan = start(home);
    void start(others);

    const path = await pathWith(programs, 'true');
    const { run } = await aRunner(path, { environment: { PATH: path, TMPDIR: parent } });
    await run();

    expect(await orphan).toBe('SIGKILL');
    expect(processesIn(directory)).toHaveLength(1);
  });
});

/** Processes whose working directory is this one. */
function processesIn(directory: string): string[] {
  const script = 'for p in /proc/[0-9]*; do [ "$(readlink $p/cwd)" = "$0" ] && cat $p/cmdline && echo; done';
  const { stdout } = spawnSync('sh', ['-c', script, directory], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('a git process', () => {
  it('sees nothing of the surroundings but what is named', async () => {
    const path = await pathWith(['sh', 'env'], 'env');
    const environment = {
      PATH: path,
      HTTP_PROXY: 'http://proxy:1',
      NO_PROXY: 'x',
      GNUPGHOME: '/keys',
      GIT_DIR: '/elsewhere',
      GIT_TRACE_CURL: '1',
      EDITOR: 'vi',
      HOME: '/root',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const { run } = await aRunner(path, { environment });

    const lines = (await run()).stdout.toString().split('\n');
    const names = lines
      .map((line) => line.split('=')[0] ?? '')
      .filter((name) => !/^(PWD|OLDPWD|SHLVL|_|)$/.test(name));

    expect(names.toSorted()).toEqual([
      'GIT_ALLOW_PROTOCOL',
      'GIT_CONFIG_GLOBAL',
      'GIT_CONFIG_NOSYSTEM',
      'GIT_LFS_SKIP_SMUDGE',
      'GIT_LITERAL_PATHSPECS',
      'GIT_TERMINAL_PROMPT',
      'GNUPGHOME',
      'HOME',
      'LC_ALL',
      'PATH',
      'http_proxy',
      'no_proxy',
    ]);
    expect(lines).not.toContain('HOME=/root');
  });

  it('shares its private folder with those that start at the same time', async () => {
    const folder = await temporaryFolder();
    const path = await pathWith(['sh'], 'true');
    const { run } = await aRunner(path, { environment: { PATH: path, TMPDIR: folder } });

    await Promise.all([run(), run(), run()]);

    expect(await readdir(folder)).toHaveLength(1);
  });
});
