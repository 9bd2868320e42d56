/** Runs git processes: hard deadline, bounded output, an environment that is ours alone. */
import type { GitCommandRun } from '../../ports/observation.ts';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { OuterEnvironment } from './environment.ts';
import { gitEnvironment } from './environment.ts';
import type { GitResult, StorageLimit } from './group.ts';
import { runGroup } from './group.ts';
import { runLocalCommand } from './local-command.ts';
import { type ObjectReader, openObjectReader } from './objects.ts';
import { homeIn, makePrivateFolder } from './private-folder.ts';

export interface GitCommand {
  /** Repository that git runs in. */
  readonly directory: string;
  /** The repository as people know it. */
  readonly displayUrl: string;
  /** Sub-command and its arguments; never anything secret. */
  readonly args: readonly string[];
  /** `key=value` pairs for `-c`. */
  readonly config?: readonly string[];
  /** Added to the environment: credentials, identity. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Fed to standard input. */
  readonly input?: Buffer;
  /** It talks to a server, or signs: programs that it starts have to end with it. */
  readonly startsOthers: boolean;
  /** Takes the output as it comes, if it starts others; false: it has had enough. */
  readonly onOutput?: (chunk: Buffer) => boolean;
  /** What it may bring in, if it starts others. */
  readonly storage?: StorageLimit;
  readonly signal: AbortSignal;
}

export interface GitRunner {
  /** Never rejects for what git did; a repository that is gone is told as git tells it. */
  run(command: GitCommand): Promise<GitResult>;
  /** For one repository, until it is closed. */
  openObjects(directory: string, displayUrl: string): Promise<ObjectReader>;
  /** A folder that only this process can read; it is removed with the runner at the latest. */
  makePrivateFolder(): Promise<string>;
  close(): Promise<void>;
}

export interface GitRunnerOptions {
  readonly environment: OuterEnvironment;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onCommand?: (event: GitCommandRun) => void;
}

const maxOutputBytes = 96 * 1024 * 1024; // the heads of a very large repository

/** Nothing is started and no file made until the first command. */
export function makeGitRunner(options: GitRunnerOptions): GitRunner {
  let made: Promise<PrivateFiles> | undefined;
  /** Made again if a cleaner of temporary folders took them away, or if there was no room before. */
  const privateFiles = async (): Promise<PrivateFiles> => {
    made ??= makePrivateFiles(options.environment);
    const current = made;
    const files = await current.catch(() => undefined); // the next attempt tells what is wrong
    if (files !== undefined && existsSync(files.home)) return files;
    if (made === current) made = makePrivateFiles(options.environment);
    return await made;
  };
  return {
    async run(command) {
      return await runGit(options, await privateFiles(), command);
    },
    async openObjects(directory, displayUrl) {
      const { home } = await privateFiles();
      const environment = gitEnvironment(options.environment, home);
      const { clock, timeoutMs, onCommand } = options;
      const events = onCommand === undefined ? {} : { onCommand };
      return openObjectReader({ directory, displayUrl, environment, clock, timeoutMs, ...events });
    },
    async makePrivateFolder() {
      return await mkdtemp(join((await privateFiles()).folder, 'access-'));
    },
    async close() {
      const files = await made?.catch(() => undefined); // never made: nothing to remove
      if (files !== undefined) await rm(files.folder, { recursive: true, force: true });
    },
  };
}

interface PrivateFiles {
  readonly folder: string;
  readonly home: string;
}

async function makePrivateFiles(environment: OuterEnvironment): Promise<PrivateFiles> {
  const folder = await makePrivateFolder(environment['TMPDIR']);
  const files = { folder, home: homeIn(folder) };
  await mkdir(files.home);
  return files;
}

async function runGit(
  options: GitRunnerOptions,
  files: PrivateFiles,
  command: GitCommand,
): Promise<GitResult> {
  const startedMs = options.clock.monotonicMs();
  const result = existsSync(command.directory) ? await startGit(options, files, command) : vanished;
  options.onCommand?.({
    command: command.args[0] ?? '',
    repository: command.displayUrl,
    durationMs: options.clock.monotonicMs() - startedMs,
    ok: result.ended === 'exit' && result.exitCode === 0,
  });
  // A program that cannot be started in a folder that is gone looks like one that is not there.
  return result.exitCode !== 0 && result.ended === 'exit' && !existsSync(command.directory)
    ? vanished
    : result;
}

const vanished: GitResult = {
  ended: 'exit',
  exitCode: 128,
  stdout: Buffer.alloc(0),
  stderr: 'fatal: cannot change to the mirror: no such directory',
};

async function startGit(
  options: GitRunnerOptions,
  files: PrivateFiles,
  command: GitCommand,
): Promise<GitResult> {
  const { config = [], args, startsOthers, environment, displayUrl: _, ...rest } = command;
  const { clock, timeoutMs } = options;
  const common = {
    ...rest,
    environment: { ...gitEnvironment(options.environment, files.home), ...environment },
    clock,
    timeoutMs,
    maxOutputBytes,
  };
  if (!startsOthers) return await runLocalCommand({ ...common, config, args });
  return await runGroup({ ...common, args: [...config.flatMap((pair) => ['-c', pair]), ...args] });
}
