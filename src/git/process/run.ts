/** Runs one git process: own group, hard deadline, bounded output, an environment that is ours alone. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import type { Clock } from '../../ports/clock.ts';
import { deadlineScript, deadlineVariable } from './deadline.ts';
import type { OuterEnvironment } from './environment.ts';
import { gitEnvironment } from './environment.ts';
import { makePrivateFolder } from './private-folder.ts';

export interface GitCommand {
  /** Repository that git runs in; must exist. */
  readonly directory: string;
  /** Sub-command and its arguments; never anything secret. */
  readonly args: readonly string[];
  /** `key=value` pairs for `-c`. */
  readonly config?: readonly string[];
  /** Added to the environment: credentials, identity. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Fed to standard input. */
  readonly input?: Buffer;
  readonly signal: AbortSignal;
}

export interface GitResult {
  /** Why it ended; the exit code has a meaning only after `exit`. */
  readonly ended: 'exit' | 'timeout' | 'cancelled' | 'too-large';
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitRunner {
  run(command: GitCommand): Promise<GitResult>;
  /** A folder that only this process can read; it is removed with the runner at the latest. */
  makePrivateFolder(): Promise<string>;
  close(): Promise<void>;
}

export interface GitRunnerOptions {
  readonly environment: OuterEnvironment;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onCommand?: (event: { command: string; durationMs: number; ok: boolean }) => void;
}

const maxOutputBytes = 96 * 1024 * 1024; // two batches of blobs, or the heads of a very large repository

/** Output may still be on its way after the exit; a helper that escaped its group may hold the pipe for ever. */
const outputGraceMs = 5000;

/** Nothing is started and no file made until the first command. */
export function makeGitRunner(options: GitRunnerOptions): GitRunner {
  let made: Promise<PrivateFiles> | undefined;
  /** Made again if a cleaner of temporary folders took them away, or if there was no room before. */
  const privateFiles = async (): Promise<PrivateFiles> => {
    made ??= makePrivateFiles(options.environment);
    const current = made;
    const files = await current.catch(() => undefined); // the next attempt tells what is wrong
    if (files !== undefined && existsSync(files.wrapper) && existsSync(files.home)) return files;
    if (made === current) made = makePrivateFiles(options.environment);
    return await made;
  };
  return {
    async run(command) {
      return await runGit(options, await privateFiles(), command);
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
  readonly wrapper: string;
}

async function makePrivateFiles(environment: OuterEnvironment): Promise<PrivateFiles> {
  const folder = await makePrivateFolder(environment['TMPDIR']);
  const files = { folder, home: join(folder, 'home'), wrapper: join(folder, 'git-with-deadline.sh') };
  await mkdir(files.home);
  await writeFile(files.wrapper, await deadlineScript(environment['PATH'] ?? ''), { mode: 0o600 });
  return files;
}

async function runGit(
  options: GitRunnerOptions,
  files: PrivateFiles,
  command: GitCommand,
): Promise<GitResult> {
  const startedAt = options.clock.monotonicMs();
  const overflow = new AbortController();
  const output = await spawnGit(options, files, command, overflow);
  const durationMs = options.clock.monotonicMs() - startedAt;
  const ended = endOf(command, overflow, output.exitCode, durationMs >= options.timeoutMs);
  options.onCommand?.({
    command: command.args[0] ?? '',
    durationMs,
    ok: ended === 'exit' && output.exitCode === 0,
  });
  return { ended, ...output };
}

function endOf(
  command: GitCommand,
  overflow: AbortController,
  exitCode: number,
  late: boolean,
): GitResult['ended'] {
  if (command.signal.aborted) return 'cancelled';
  if (overflow.signal.aborted) return 'too-large';
  return exitCode === 124 || (exitCode !== 0 && late) ? 'timeout' : 'exit'; // 124 is the wrapper's own
}

type Output = Pick<GitResult, 'exitCode' | 'stdout' | 'stderr'>;

/** Never rejects for what git did: the caller judges exit code and output. */
async function spawnGit(
  options: GitRunnerOptions,
  files: PrivateFiles,
  command: GitCommand,
  overflow: AbortController,
): Promise<Output> {
  let output: Output = { exitCode: -1, stdout: Buffer.alloc(0), stderr: '' };
  let receivedBytes = 0;
  const count = (chunk: Buffer): void => {
    receivedBytes += chunk.length;
    if (receivedBytes > maxOutputBytes) overflow.abort();
  };
  const environment = {
    ...gitEnvironment(options.environment, files.home),
    ...command.environment,
    [deadlineVariable]: String(Math.max(1, Math.ceil(options.timeoutMs / 1000))),
  };
  const { input } = command;
  const git = simpleGit({
    baseDir: command.directory,
    binary: ['sh', files.wrapper],
    config: [...(command.config ?? [])],
    abort: AbortSignal.any([command.signal, overflow.signal]),
    allowEnvironment: Object.keys(environment).filter((name) => name.startsWith('GIT_')),
    completion: { onClose: true, onExit: outputGraceMs },
    unsafe: guardsForOurOwnValues,
    input: () => input ?? Buffer.alloc(0), // an open standard input would let a prompt wait for ever
    errors(error, result) {
      output = {
        exitCode: result.exitCode,
        stdout: Buffer.concat(result.stdOut),
        stderr: Buffer.concat(result.stdErr).toString(),
      };
      return result.exitCode === 0 ? error : (error ?? new Error(`exit code ${result.exitCode}`));
    },
  });
  git.env(environment).outputHandler((_, stdout, stderr) => {
    stdout.on('data', count);
    stderr.on('data', count);
  });
  await git.raw([...command.args]).catch((error: unknown) => {
    // What git did is in `output`; an error without it is a refusal of the guard, which is a bug of ours.
    if (output.exitCode === -1 && !command.signal.aborted && !overflow.signal.aborted) throw error;
  });
  return output;
}

/** simple-git refuses these where a caller's user could have chosen them; here every one of them is ours. */
const guardsForOurOwnValues = {
  allowUnsafeConfigPaths: true,
  allowUnsafeCustomBinary: true, // temporary folders may have any character in their path
  allowUnsafePack: true, // how the other side of a local repository is started
  allowUnsafeSshCommand: true,
} as const;
