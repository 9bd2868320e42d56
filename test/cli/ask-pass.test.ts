/** What git is answered that asks the program for a login, and the script beside it (daemon.md 1.8). */
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startGitServer } from '../fakes/git-http.ts';
import { makeBareRepository } from '../fakes/bare-repository.ts';
import { programPath, runInProcess, runToEnd, temporaryFolder } from './start-program.ts';

const mode = { ARGOCD_BINARY_NAME: 'argocd-git-ask-pass' };
const login = { GIT_USERNAME: 'bot', GIT_PASSWORD: 'a word $HOME `id` "of" \\n many' };
const script = join(import.meta.dirname, '../../bin/git-ask-pass.sh');

describe('the mode ask-pass', () => {
  it.each([
    ["Username for 'https://git.example.com': ", login.GIT_USERNAME],
    ["Password for 'https://bot@git.example.com': ", login.GIT_PASSWORD],
  ])('answers %s', async (prompt, answer) => {
    expect(await runInProcess([prompt], { ...mode, ...login })).toEqual({
      code: 0,
      stdout: `${answer}\n`,
      stderr: '',
    });
    const shell = spawnSync(script, [prompt], {
      env: { ...login, PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect([shell.status, shell.stdout]).toEqual([0, `${answer}\n`]);
  });

  it.each<[readonly string[], Record<string, string>, string]>([
    [[], login, 'expected 1 argument, the prompt of git, and got 0'],
    [['Username', 'Password'], login, 'expected 1 argument, the prompt of git, and got 2'],
    [['run'], login, 'unknown prompt: expected one that begins with Username or Password'],
    [["Enter passphrase for key '/app/id_rsa': "], login, 'unknown prompt'],
    [['Username for x: '], {}, 'GIT_USERNAME is not set'],
    [['Password for x: '], { GIT_USERNAME: 'bot' }, 'GIT_PASSWORD is not set'],
  ])('ends with 20 for %j', async (argv, environment, reason) => {
    const { code, stdout, stderr } = await runInProcess(argv, { ...mode, ...environment });

    expect([code, stdout]).toEqual([20, '']);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain(login.GIT_PASSWORD);
  });

  it('is no command of its own, and takes no other name', async () => {
    const { code } = await runInProcess(['version'], { ARGOCD_BINARY_NAME: 'argocd' });

    expect(code).toBe(0);
  });

  it.each(['the program', 'the script'])('lets git in by %s', async (by) => {
    const root = temporaryFolder();
    await makeBareRepository(join(root, 'deploy.git'), { 'a.txt': 'a' });
    const server = await startGitServer({ root, auth: { username: 'bot', password: login.GIT_PASSWORD } });
    const helper = join(temporaryFolder(), 'ask-pass');
    const program =
      by === 'the program' ? `exec '${process.execPath}' '${programPath}' "$@"` : `exec '${script}' "$@"`;
    writeFileSync(helper, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const env = {
      PATH: process.env['PATH'],
      HOME: root,
      GIT_ASKPASS: helper,
      GIT_TERMINAL_PROMPT: '0',
      ...mode,
      ...login,
    };

    const { stdout } = await promisify(execFile)('git', ['ls-remote', `${server.url}/deploy.git`], { env });
    await server.close();

    expect(stdout).toContain('refs/heads/main');
  });

  it('ends so as a process', async () => {
    expect((await runToEnd(['x'], mode)).code).toBe(20);
  });
});
