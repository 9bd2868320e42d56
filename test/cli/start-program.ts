/** Starts the real program as a process of its own, in an environment of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  /** Resolves with all of stdout as soon as it has the text that often; rejects if the program ends before. */
  printed(text: string, times?: number): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<ProgramResult>;
}

/** A new, empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tidewaiter-test-'));
}

/** The program sees PATH, a new home folder and temporary folder, and `environment`. `script`: a bundle of it. */
export function startProgram(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  script = main,
): RunningProgram {
  const home = temporaryFolder();
  const child = spawn(process.execPath, [script, ...argv], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, ...environment },
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return {
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

export async function runToEnd(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  return startProgram(argv, environment).ended;
}

/** The same program in this process, for tests that are about what it prints. */
export async function runInProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
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
    imagePlatform: 'linux/amd64',
    onStop: () => () => undefined,
  });
  return { code, ...output };
}
