/** One running daemon, which is killed and started again, and what it says and holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

export interface Footprint {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly children: number;
  /** Below its cache and its folder for temporary files. */
  readonly files: number;
}

export class Instance {
  readonly #program: string;
  readonly #argv: readonly string[];
  readonly #cache: string;
  readonly #temporary: string;
  #child: ChildProcess | undefined;
  /** All that it has ever said. */
  output = '';
  readonly killedAtMs: number[] = [];

  /** `folder`: what it alone writes to. */
  constructor(program: string, argv: readonly string[], folder: string) {
    this.#program = program;
    this.#cache = join(folder, 'cache');
    this.#temporary = join(folder, 'tmp');
    this.#argv = [...argv, `--cache-dir=${this.#cache}`];
    mkdirSync(this.#temporary, { recursive: true });
  }

  start(): void {
    const child = spawn(process.execPath, [this.#program, ...this.#argv], {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', TMPDIR: this.#temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        this.output += text.toString();
      });
    this.#child = child;
  }

  /** kill -9, whatever it is doing. */
  async kill(): Promise<void> {
    this.killedAtMs.push(Date.now());
    await this.stop('SIGKILL');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** Ended by itself, which it never may. */
  get hasEnded(): boolean {
    return this.#child !== undefined && this.#child.exitCode !== null;
  }

  /** Removes the cache, or writes nonsense over some file of it, while it is in use. */
  spoilCache(random: Random): void {
    if (random.next() < 0.3) {
      rmSync(this.#cache, { recursive: true, force: true });
      return;
    }
    const files = listFiles(this.#cache);
    if (files.length > 0) writeFileSync(random.pick(files), 'nonsense');
  }

  footprint(): Footprint {
    const proc = `/proc/${this.#child?.pid}`;
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1] ?? '0';
    return {
      residentMiB: Math.round(Number(resident) / 1024),
      descriptors: readdirSync(`${proc}/fd`).length,
      children: readFileSync(`${proc}/task/${this.#child?.pid}/children`, 'utf8').split(' ').filter(Boolean)
        .length,
      files: listFiles(this.#cache).length + listFiles(this.#temporary).length,
    };
  }
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // it is being made or removed
  }
}
