/**
 * Starts the real program as a process of its own, in an environment of its own. TIDEWAITER_PROGRAM names what is
 * started: the launcher of a build, as it ships; without it the sources.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';

const shipped = process.env['TIDEWAITER_PROGRAM'] ?? '';

/** The launcher of a build, or the entry of the sources. */
export const programPath = shipped === '' ? join(import.meta.dirname, '../../src/main.ts') : resolve(shipped);

/** True where a build is tested, not the sources. */
export const isShipped = shipped !== '';

/** What ships compiles itself, as it will. */
const compiledOnce = isShipped ? {} : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' };

export interface ProgramOptions {
  /** Another program than `programPath`. */
  readonly script?: string | undefined;
  /** Warnings and errors that the test is about, or that its scene brings along; any other fails it. */
  readonly expects?: readonly RegExp[];
  readonly stdin?: string;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly pid: number;
  /** Resolves with all of stdout as soon as it has the text that often; rejects if the program ends before. */
  printed(text: string, times?: number): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<ProgramResult>;
}

/** A new, empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tidewaiter-test-'));
}

/**
 * The program sees PATH, a new home folder and temporary folder, and `environment`. `ended` rejects where it said
 * something at level warning or above that the test does not expect: nobody would read it otherwise.
 */
export function startProgram(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  { script = programPath, expects = [], stdin = '' }: ProgramOptions = {},
): RunningProgram {
  const home = temporaryFolder();
  const child = spawn(process.execPath, [script, ...argv], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, ...compiledOnce, ...environment },
    cwd: home,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(stdin); // who reads none of it may have ended
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    refuseUnexpected(output, expects);
    return { code: code as number | null, ...output };
  });
  return {
    pid: child.pid ?? 0,
    ended,
    signal: (name) => child.kill(name),
    printed: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.stdout.split(text).length > times) resolve(output.stdout);
        };
        child.stdout.on('data', look);
        child.once('close', () =>
          reject(new Error(`ended without "${text}":\n${output.stdout}${output.stderr}`)),
        );
        look();
      }),
  };
}

/** Lines of the log in either form, and what Node itself warns of. */
const alarming = /level="?(?:warning|error|fatal)"?|"level":"(?:warning|error|fatal)"|^\(node:\d+\)/;

function refuseUnexpected(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  expects: readonly RegExp[],
): void {
  const unexpected = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => alarming.test(line) && !expects.some((pattern) => pattern.test(line)));
  if (unexpected.length > 0) throw new Error(`the program said unexpectedly:\n${unexpected.join('\n')}`);
}

export async function runToEnd(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return startProgram(argv, environment, options).ended;
}

/**
 * The same program in this process, for tests that are about what it prints; as a process where a build is tested.
 * What it may say is held by the test itself, as it sees all of it.
 */
export async function runInProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<ProgramResult> {
  if (isShipped) return runToEnd(argv, environment, { expects: [/^/], stdin });
  const output = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof output) => ({
    write: (text: string) => {
      output[name] += text;
    },
  });
  const code = await runProgram({
    argv,
    environment,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    temporaryFolder: temporaryFolder(),
    runtime: { nodeVersion: process.version, v8Version: '', platform: 'linux/amd64' },
    fileWorker: new URL('../../src/file-worker.ts', import.meta.url),
    imagePlatform: 'linux/amd64',
    readStdin: async () => stdin,
    onStop: () => () => undefined,
    onRefresh: () => () => undefined,
  });
  return { code, ...output };
}
