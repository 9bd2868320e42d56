/** What git alone costs for the repositories of a load: the least that a program which runs git can come to. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authorization, type Load } from './load.ts';
import { runScript } from './measure.ts';

const identity = {
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.test',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.test',
};
const branch = 'floor';

export interface GitFloor {
  /** User and system time of git and its children, without the server's. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly gitRequests: number;
}

/** For each repository one `ls-remote`, one fetch of a branch without its files, and one push of a commit. */
export async function measureGitFloor({ size, folder, git }: Load): Promise<GitFloor> {
  const mirrors = join(folder, 'floor');
  mkdirSync(mirrors);
  const environment = gitEnvironment(mirrors);
  const names = Array.from({ length: size.gitRepositories }, (_, i) => `deploy${i}.git`);
  for (const name of names) run(environment, ['init', '--quiet', '--bare', join(mirrors, name)]);
  git.requests.length = 0;
  const sparing = '--depth=1 --filter=blob:none --no-tags --no-write-fetch-head --no-auto-maintenance';
  const fetched = await runScript(
    names.flatMap((name) => [
      `git ls-remote --symref ${git.url}/${name} > /dev/null`,
      `git -C ${join(mirrors, name)} fetch --quiet ${sparing} ${git.url}/${name} main:refs/main`,
    ]),
    environment,
  );
  for (const name of names) commit(environment, join(mirrors, name));
  const pushed = await runScript(
    names.map((name) => `git -C ${join(mirrors, name)} push --quiet ${git.url}/${name} ${branch}:${branch}`),
    environment,
  );
  return {
    cpuMs: fetched.cpuMs + pushed.cpuMs,
    wallMs: fetched.wallMs + pushed.wallMs,
    gitRequests: git.requests.length,
  };
}

function gitEnvironment(folder: string): NodeJS.ProcessEnv {
  const config = join(folder, 'config');
  writeFileSync(config, `[http]\n\textraHeader = "Authorization: ${authorization}"\n[gc]\n\tauto = 0\n`);
  return {
    ...identity,
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

/** One commit that changes nothing, on top of what was fetched. */
function commit(environment: NodeJS.ProcessEnv, mirror: string): void {
  const made = run(environment, [
    '-C',
    mirror,
    'commit-tree',
    '-p',
    'refs/main',
    '-m',
    'floor',
    'refs/main^{tree}',
  ]);
  run(environment, ['-C', mirror, 'update-ref', `refs/heads/${branch}`, made]);
}

function run(environment: NodeJS.ProcessEnv, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout.trim();
}
