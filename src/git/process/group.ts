/** A git process and whatever it starts: one group, a deadline, and bounds on what it prints and stores. */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Clock } from '../../ports/clock.ts';
import { folderBytes } from './folder-bytes.ts';

export interface StorageLimit {
  readonly folder: string;
  readonly maxBytes: number;
}

export interface GroupCommand {
  readonly directory: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Fed to standard input, which then ends: a prompt would wait for ever. */
  readonly input?: Buffer;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** Takes what git prints, which then is neither kept nor counted; false: it has had enough. */
  readonly onOutput?: (chunk: Buffer) => boolean;
  /** Looked at while git runs. */
  readonly storage?: StorageLimit;
  readonly signal: AbortSignal;
}

export interface GitResult {
  /** Why it ended; the exit code has a meaning only after `exit`. `outgrown`: the storage limit was passed. */
  readonly ended: 'exit' | 'timeout' | 'cancelled' | 'too-large' | 'outgrown';
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** As a shell says that there is no such program. */
export const notFound = 127;

/** As a shell says that a program was killed. */
export const byUnknownSignal = 137;

/** Output may still be on its way after the exit; a helper that left the group may hold the pipe for ever. */
const outputGraceMs = 5000;

/** What git needs to take its lock files away. */
const killGraceMs = 5000;

const watchMs = 100;

/** Never rejects for what git did. Signalling git alone would leave its transport behind, so the group is signalled. */
export async function runGroup(command: GroupCommand): Promise<GitResult> {
  const { signal, clock } = command;
  if (signal.aborted) return { ended: 'cancelled', exitCode: -1, stdout: Buffer.alloc(0), stderr: '' };
  const { directory: cwd, environment: env } = command;
  const child = spawn('git', [...command.args], { cwd, env, detached: true, stdio: 'pipe' });
  let ended: GitResult['ended'] = 'exit';
  const stops: (() => void)[] = [];
  const end = (reason: GitResult['ended']): void => {
    if (ended !== 'exit') return;
    ended = reason;
    signalGroup(child, 'SIGTERM');
    stops.push(clock.after(killGraceMs, () => signalGroup(child, 'SIGKILL')));
  };
  const cancel = (): void => end('cancelled');
  signal.addEventListener('abort', cancel);
  stops.push(
    () => signal.removeEventListener('abort', cancel),
    clock.after(command.timeoutMs, () => end('timeout')),
    watchStorage(command, () => end('outgrown')),
  );
  const output = collectOutput(child, command, () => end('too-large'));
  child.stdin.on('error', () => undefined); // git may end before it has read everything
  child.stdin.end(command.input);
  const exitCode = await closed(child, clock);
  for (const stop of stops) stop();
  if (ended !== 'exit') signalGroup(child, 'SIGKILL'); // whoever did not heed the first signal
  return { ended, exitCode, ...output() };
}

function signalGroup({ pid }: ChildProcessWithoutNullStreams, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // all have ended
  }
}

function collectOutput(
  child: ChildProcessWithoutNullStreams,
  { maxOutputBytes, onOutput }: GroupCommand,
  onTooMuch: () => void,
): () => Pick<GitResult, 'stdout' | 'stderr'> {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let bytes = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      if (name === 'stdout' && onOutput !== undefined) {
        if (!onOutput(chunk)) onTooMuch();
        return;
      }
      bytes += chunk.length;
      if (bytes > maxOutputBytes) onTooMuch();
      else chunks[name].push(chunk);
    });
  }
  return () => ({ stdout: Buffer.concat(chunks.stdout), stderr: Buffer.concat(chunks.stderr).toString() });
}

/** The exit code, once all output is there. */
function closed(child: ChildProcessWithoutNullStreams, clock: Clock): Promise<number> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    child.on('error', () => resolve(notFound));
    child.on('exit', (code) => {
      stop = clock.after(outputGraceMs, () => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve(code ?? byUnknownSignal);
      });
    });
    child.on('close', (code) => {
      stop();
      resolve(code ?? byUnknownSignal);
    });
  });
}

/** Calls back once the folder holds too much; gives what ends the watch. */
function watchStorage({ storage, clock }: GroupCommand, onTooMuch: () => void): () => void {
  if (storage === undefined) return () => undefined;
  let isOver = false;
  let stop = (): void => undefined;
  const lookLater = (): void => {
    stop = clock.after(watchMs, () => void look());
  };
  const look = async (): Promise<void> => {
    const bytes = await folderBytes(storage.folder);
    if (isOver) return;
    if (bytes > storage.maxBytes) onTooMuch();
    else lookLater();
  };
  lookLater();
  return () => {
    isOver = true;
    stop();
  };
}
