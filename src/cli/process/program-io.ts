/** What the program has of its process: arguments, environment, streams, signals. */
import { arch, platform, tmpdir } from 'node:os';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import type { Environment } from '../flags/flag-values.ts';
import type { LineSink } from '../log/log.ts';
import { sourceStack } from '../log/source-stack.ts';
import type { RuntimeInfo } from './build-info.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT';

export interface ProgramIo {
  /** Without the paths of runtime and program. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly stdout: LineSink;
  readonly stderr: LineSink;
  readonly temporaryFolder: string;
  readonly runtime: RuntimeInfo;
  /** The script of the thread for large target files. */
  readonly fileWorker: URL;
  /** `os/arch` of the images that run here: the machine's architecture, linux unless this is Windows. */
  readonly imagePlatform: string;
  /** All of stdin as text. Throws `Failed` (config) for more than a stream of manifests has. */
  readonly readStdin: () => Promise<string>;
  /** Calls back for every signal that asks the program to stop, until the returned function is called. */
  readonly onStop: (listener: (signal: StopSignal) => void) => () => void;
  /** Calls back for every SIGUSR1, until the returned function is called. Without a listener Node opens its debugger. */
  readonly onRefresh: (listener: () => void) => () => void;
}

export function processIo(fileWorker: URL): ProgramIo {
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    temporaryFolder: tmpdir(),
    runtime: {
      nodeVersion: process.version,
      v8Version: process.versions.v8,
      platform: `${goOs(platform())}/${goArch(arch())}`,
    },
    fileWorker,
    imagePlatform: `${platform() === 'win32' ? 'windows' : 'linux'}/${goArch(arch())}`,
    readStdin: () => readBounded(process.stdin, maxStdinBytes),
    onStop: (listener) => {
      const signals: readonly StopSignal[] = ['SIGTERM', 'SIGINT'];
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    onRefresh: (listener) => {
      if (platform() === 'win32') return () => undefined;
      process.on('SIGUSR1', listener);
      return () => process.off('SIGUSR1', listener);
    },
  };
}

const maxStdinBytes = 64 << 20;

async function readBounded(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Failed(configFailure(`stdin: more than ${maxBytes} bytes are not read`));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Ends the process with 1 where nobody listens any more, or after an error that nobody caught. Of that only the
 * stack is printed: errors of HTTP clients carry the request with its credentials, and Node would print them.
 */
export function guardProcess(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => process.exit(1)); // such as EPIPE
  }
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${sourceStack(error.stack ?? String(error))}\n`);
    process.exit(1);
  });
}

/** Resolves once everything written to the stream has left the process: a socket or a slow reader may lag behind. */
export function written(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

const goOsNames: Readonly<Record<string, string>> = { win32: 'windows' };
const goArchNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** Registries name systems as Go does. */
function goOs(name: string): string {
  return goOsNames[name] ?? name;
}

function goArch(name: string): string {
  return goArchNames[name] ?? name;
}
