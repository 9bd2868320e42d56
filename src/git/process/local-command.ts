/** Git commands that work on a repository by themselves: no server, no helper programs, by simple-git. */
import { simpleGit } from 'simple-git';
import type { GitResult, GroupCommand } from './group.ts';
import { byUnknownSignal, notFound } from './group.ts';

export type LocalCommand = Omit<GroupCommand, 'storage'> & {
  /** `key=value` pairs for `-c`. */
  readonly config: readonly string[];
};

/** Output may still be on its way after the exit. */
const outputGraceMs = 5000;

/** Never rejects for what git did. One process has to be ended at most, which simple-git does. */
export async function runLocalCommand(command: LocalCommand): Promise<GitResult> {
  const { clock, signal, input } = command;
  const [late, tooMuch] = [new AbortController(), new AbortController()];
  const stop = clock.after(command.timeoutMs, () => late.abort());
  let output = { exitCode: -1, stdout: Buffer.alloc(0), stderr: '' };
  const git = simpleGit({
    baseDir: command.directory,
    binary: 'git',
    config: [...command.config],
    abort: AbortSignal.any([signal, late.signal, tooMuch.signal]),
    allowEnvironment: Object.keys(command.environment).filter((name) => name.startsWith('GIT_')),
    completion: { onClose: true, onExit: outputGraceMs },
    unsafe: guardsForOurOwnValues,
    input: () => input ?? Buffer.alloc(0), // an open standard input would let a prompt wait for ever
    errors(error, result) {
      const [stdout, stderr] = [Buffer.concat(result.stdOut), Buffer.concat(result.stdErr).toString()];
      output = { exitCode: shellCode(result.exitCode), stdout, stderr };
      return result.exitCode === 0 ? error : (error ?? new Error(`exit code ${result.exitCode}`));
    },
  });
  let receivedBytes = 0;
  const count = (chunk: Buffer): void => {
    receivedBytes += chunk.length;
    if (receivedBytes > command.maxOutputBytes) tooMuch.abort();
  };
  git.env({ ...command.environment }).outputHandler((_, stdout, stderr) => {
    stdout.on('data', count);
    stderr.on('data', count);
  });
  try {
    await git.raw([...command.args]);
  } catch (error) {
    const wasEnded = signal.aborted || late.signal.aborted || tooMuch.signal.aborted;
    // What git did is in `output`; an error without it is a refusal of the guard, which is a bug of ours.
    if (output.exitCode === -1 && !wasEnded) throw error;
  } finally {
    stop();
  }
  const ended = endOf(signal, late.signal, tooMuch.signal);
  return { ended, ...output };
}

/** simple-git gives the error number where nothing could be started, and nothing where a signal ended git. */
function shellCode(code: number | null): number {
  return code === null ? byUnknownSignal : code < 0 ? notFound : code;
}

function endOf(cancelled: AbortSignal, late: AbortSignal, tooMuch: AbortSignal): GitResult['ended'] {
  if (cancelled.aborted) return 'cancelled';
  if (tooMuch.aborted) return 'too-large';
  return late.aborted ? 'timeout' : 'exit';
}

/** simple-git refuses these where a caller's user could have chosen them; here every one of them is ours. */
const guardsForOurOwnValues = { allowUnsafeConfigPaths: true } as const;
