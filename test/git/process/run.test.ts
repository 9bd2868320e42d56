import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deadlineScript } from '../../../src/git/process/deadline.ts';
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

async function aRunner(path: string, options: Partial<GitRunnerOptions> = {}) {
  const directory = await temporaryFolder();
  const environment = { PATH: path };
  const runner = makeGitRunner({ environment, clock: makeRealClock(), timeoutMs: 10_000, ...options });
  onTestFinished(async () => await runner.close());
  const run = async (signal = never, input?: Buffer) =>
    await runner.run({ directory, args: ['probe', 'x'], signal, ...(input === undefined ? {} : { input }) });
  return { run, directory };
}

const wrappers = {
  'GNU timeout': ['sh', 'timeout', 'sleep', 'cat', 'touch'],
  'the watchdog and setsid': ['sh', 'setsid', 'sleep', 'cat', 'touch'],
} as const;

describe.each(Object.entries(wrappers))('a git process under %s', (_, programs) => {
  it('gets its input, and gives its output and exit code', async () => {
    const { run } = await aRunner(await pathWith(programs, 'cat; echo "$2" >&2; exit 3'));

    const result = await run(never, Buffer.from([0, 255, 10]));

    expect(result).toEqual({ ended: 'exit', exitCode: 3, stdout: Buffer.from([0, 255, 10]), stderr: 'x\n' });
  });

  it('ends with its helpers at the deadline', async () => {
    const { run, directory } = await aRunner(
      await pathWith(programs, '(sleep 3; touch helper-lived) & sleep 600'),
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
    await expect.poll(() => processesIn(directory), { timeout: 10_000 }).toEqual([]);
  });

  it('does not hold us up with a helper that escapes', async () => {
    const { run } = await aRunner(await pathWith([...programs, 'setsid'], 'setsid sleep 20 & echo done'));

    expect(await run()).toMatchObject({ exitCode: 0, stdout: Buffer.from('done\n') });
  });

  it('is stopped when it prints without end', async () => {
    const { run } = await aRunner(await pathWith(programs, 'cat /dev/zero'));

    expect((await run()).ended).toBe('too-large');
  });

  it('is not started after an abort', async () => {
    const { run, directory } = await aRunner(await pathWith(programs, 'touch started'));

    expect((await run(AbortSignal.abort())).ended).toBe('cancelled');
    expect(await readdir(directory)).toEqual([]);
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
    const path = await pathWith(['sh', 'timeout', 'env'], 'env');
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
      'GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS',
      'GNUPGHOME',
      'HOME',
      'LC_ALL',
      'PATH',
      'TIDEWAITER_DEADLINE_S',
      'http_proxy',
      'no_proxy',
    ]);
    expect(lines).not.toContain('HOME=/root');
  });

  it('shares its private folder with those that start at the same time', async () => {
    const folder = await temporaryFolder();
    const path = await pathWith(['sh', 'timeout'], 'true');
    const { run } = await aRunner(path, { environment: { PATH: path, TMPDIR: folder } });

    await Promise.all([run(), run(), run()]);

    expect(await readdir(folder)).toHaveLength(1);
  });

  it('that cannot be found is told apart from one that fails', async () => {
    const path = await temporaryFolder();
    await symlink('/bin/sh', join(path, 'sh'));
    const { run } = await aRunner(path);

    expect((await run()).exitCode).toBe(127);
  });
});

describe('the wrapper', () => {
  it('does not take the timeout of busybox for one that ends groups', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'busybox'), '');
    await symlink('../busybox', join(folder, 'bin', 'timeout'));

    expect(await deadlineScript(join(folder, 'bin'))).toContain('setsid');
    expect(await deadlineScript(process.env['PATH'] ?? '')).toContain('exec timeout');
  });
});
