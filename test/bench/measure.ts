/** Runs the bundled program as a process, and measures it from outside. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Measured {
  readonly wallMs: number;
  /** User and system time of the program and its children. */
  readonly cpuMs: number;
  /** VmHWM of the program. */
  readonly peakMiB: number;
  readonly output: string;
}

/** Bash's `time` sees the children too; the peak is read while the program runs, as it only grows. */
const timed = 'TIMEFORMAT="@cpu %U %S"; time "$@"';
const peakPollMs = 5;

/** `program`: path of the bundle. `under`: a program that runs it, such as a tracer; the peak is then that one's. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  under: readonly string[] = [],
): Promise<Measured> {
  const startedMs = performance.now();
  const child = spawn('bash', ['-c', timed, 'bash', ...under, process.execPath, program, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let peakKiB = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const poll = setInterval(() => {
    peakKiB = Math.max(peakKiB, peakOf(childOf(child.pid ?? 0)));
  }, peakPollMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(poll);
  const wallMs = performance.now() - startedMs;
  if (code !== 0) throw new Error(`the program ended with ${code}:\n${output.slice(-4000)}`);
  return { wallMs, cpuMs: cpuMsIn(output), peakMiB: peakKiB / 1024, output };
}

/** Runs commands of a shell one after the other, and ends at the first that fails. */
export async function runScript(
  commands: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Pick<Measured, 'wallMs' | 'cpuMs'>> {
  const script = `set -e; TIMEFORMAT="@cpu %U %S"; time {\n${commands.join('\n')}\n}`;
  const startedMs = performance.now();
  const child = spawn('bash', ['-c', script], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the script ended with ${code}:\n${errors.slice(-4000)}`);
  return { wallMs: performance.now() - startedMs, cpuMs: cpuMsIn(errors) };
}

/** What bash's `time` has printed. */
function cpuMsIn(output: string): number {
  const [, user = '0', system = '0'] = /@cpu ([\d.]+) ([\d.]+)/.exec(output) ?? [];
  return (Number(user) + Number(system)) * 1000;
}

/** The program under bash: its first child. */
function childOf(pid: number): number {
  return Number(readOr(`/proc/${pid}/task/${pid}/children`, '0').trim().split(' ')[0]);
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readOr(`/proc/${pid}/status`, ''))?.[1] ?? 0);
}

const tickMs = 10; // USER_HZ

/** Of all its threads so far. */
function cpuOf(pid: number): number {
  const fields = readOr(`/proc/${pid}/stat`, '')
    .replace(/^.*\) /, '')
    .split(' ');
  const [user = '0', system = '0'] = fields.slice(11, 13); // fields 14 and 15, counted from 1
  return (Number(user) + Number(system)) * tickMs;
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback; // the process has ended
  }
}

export interface DaemonCycles {
  readonly cyclesMs: readonly number[];
  /** User and system time of the program at the end of each. */
  readonly cpuMs: readonly number[];
  readonly peakMiB: number;
}

/** Starts the daemon, reads from each cycle's summary how long the cycle took, and ends it after `cycles`. */
export async function runDaemonCycles(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  { cycles, beforeCycle }: { readonly cycles: number; readonly beforeCycle: () => void },
): Promise<DaemonCycles> {
  const child = spawn(process.execPath, [program, ...args, '--logformat', 'json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const cyclesMs: number[] = [];
  const cpuMs: number[] = [];
  let peakKiB = 0;
  beforeCycle();
  for await (const line of createInterface({ input: child.stdout })) {
    const durationMs = durationOf(line);
    if (durationMs === undefined) continue;
    cyclesMs.push(durationMs);
    cpuMs.push(cpuOf(child.pid ?? 0));
    peakKiB = peakOf(child.pid ?? 0);
    if (cyclesMs.length === cycles) child.kill('SIGTERM');
    else beforeCycle();
  }
  return { cyclesMs, cpuMs, peakMiB: peakKiB / 1024 };
}

function durationOf(line: string): number | undefined {
  const { msg, duration_ms: durationMs } = JSON.parse(line) as { msg: string; duration_ms?: number };
  return msg.startsWith('Processing results') ? durationMs : undefined;
}
