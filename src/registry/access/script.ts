/** Runs the program of an `ext:` credential source. */
import { spawn } from 'node:child_process';
import { within } from '../../net/deadline.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ScriptOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Gives the program's whole standard output. Rejects with an Error whose message holds nothing of it. */
export type RunScript = (path: string, signal: AbortSignal) => Promise<string>;

/**
 * A runner for programs without arguments. Each runs in a process group of its own, which is killed as a whole on
 * timeout, abort or too much output, and awaited in every case.
 */
export function makeScriptRunner(options: ScriptOptions): RunScript {
  return (path, signal) =>
    within(options.clock, options.timeoutMs, [signal], (stopped) => runScript(path, options, stopped));
}

async function runScript(path: string, options: ScriptOptions, stopped: AbortSignal): Promise<string> {
  const program = spawn(path, [], {
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { promise: exited, resolve, reject } = Promise.withResolvers<number | null>();
  program.once('error', (error: NodeJS.ErrnoException) =>
    reject(new Error(`cannot be run: ${error.code ?? ''}`)),
  );
  program.once('exit', resolve);
  const kill = () => killGroup(program.pid);
  stopped.addEventListener('abort', kill);
  if (stopped.aborted) kill();
  try {
    const [output, exitCode] = await Promise.all([readAll(program.stdout, options.maxBytes, kill), exited]);
    if (stopped.aborted) throw new Error(`killed after ${options.timeoutMs} ms`);
    if (output === undefined) throw new Error(`prints more than ${options.maxBytes} bytes`);
    if (exitCode !== 0) throw new Error(`ended with exit code ${exitCode ?? 'none'}`);
    return output;
  } finally {
    stopped.removeEventListener('abort', kill);
  }
}

/** undefined: longer than allowed. */
async function readAll(
  stdout: AsyncIterable<Buffer>,
  maxBytes: number,
  kill: () => void,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdout) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else kill();
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // gone already
  }
}
