/** One long-lived `git cat-file` of a repository: sizes and contents of objects, without a process for each question. */
import type { GitCommandRun } from '../../ports/observation.ts';
import { spawn } from 'node:child_process';
import type { Clock } from '../../ports/clock.ts';

export interface ObjectReaderOptions {
  readonly directory: string;
  /** The repository as people know it. */
  readonly displayUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** For each question. */
  readonly timeoutMs: number;
  readonly onCommand?: (event: GitCommandRun) => void;
}

/** Questions wait for one another. A reader that has failed once is of no more use. */
export interface ObjectReader {
  /** Size in bytes of each object; null where the repository lacks it. Throws `ObjectReaderError`. */
  sizes(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number | null>>;
  /** Contents of objects that are there, whose sizes the caller has bounded. Throws `ObjectReaderError`. */
  contents(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Buffer>>;
  close(): void;
}

export class ObjectReaderError extends Error {
  readonly reason: 'cancelled' | 'timeout' | 'ended';

  constructor(reason: ObjectReaderError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const maxLineBytes = 1024;
const maxWordsBytes = 4096;

/** The process starts at once. It ends by itself when we do, for its input then ends. */
export function openObjectReader(options: ObjectReaderOptions): ObjectReader {
  const { directory: cwd, environment: env, clock, timeoutMs } = options;
  const child = spawn('git', ['cat-file', '--batch-command', '--buffer'], { cwd, env, stdio: 'pipe' });
  const input = new Input(child.stdout);
  let words = '';
  child.on('error', (error) => {
    words = error.message;
    input.end();
  });
  child.stdin.on('error', () => undefined); // its end is seen at its output
  child.stderr.on('data', (chunk: Buffer) => {
    if (words.length < maxWordsBytes) words += chunk.toString();
  });
  let turn: Promise<unknown> = Promise.resolve();

  const ask = async <T>(
    commands: readonly string[],
    signal: AbortSignal,
    read: () => Promise<T>,
  ): Promise<T> => {
    let reason: ObjectReaderError['reason'] = 'ended';
    const give = (why: ObjectReaderError['reason']) => (): void => {
      reason = why;
      child.kill('SIGKILL');
      input.end();
    };
    const cancel = give('cancelled');
    if (signal.aborted) throw new ObjectReaderError('cancelled', 'cancelled');
    signal.addEventListener('abort', cancel);
    const stop = clock.after(timeoutMs, give('timeout'));
    const startedMs = clock.monotonicMs();
    let ok = false;
    try {
      child.stdin.write(`${commands.join('\n')}\nflush\n`);
      const answer = await read();
      ok = true;
      return answer;
    } catch (error) {
      child.kill('SIGKILL');
      if (error instanceof EndOfInput)
        throw new ObjectReaderError(reason, words.trim() || 'git cat-file ended');
      throw error;
    } finally {
      stop();
      options.onCommand?.({
        command: 'cat-file',
        repository: options.displayUrl,
        durationMs: clock.monotonicMs() - startedMs,
        ok,
      });
      signal.removeEventListener('abort', cancel);
    }
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return await mine;
  };

  return {
    sizes: async (ids, signal) =>
      await inTurn(async () => {
        const sizes = new Map<string, number | null>();
        if (ids.length === 0) return sizes;
        return await ask(infoCommands(ids), signal, async () => {
          for (const id of ids) sizes.set(id, sizeOf(await input.line()));
          return sizes;
        });
      }),
    contents: async (ids, signal) =>
      await inTurn(async () => {
        const contents = new Map<string, Buffer>();
        if (ids.length === 0) return contents;
        return await ask(contentCommands(ids), signal, async () => {
          for (const id of ids) {
            const size = sizeOf(await input.line());
            if (size === null) throw new EndOfInput();
            contents.set(id, (await input.take(size + 1)).subarray(0, size)); // a line end follows
          }
          return contents;
        });
      }),
    close() {
      child.stdin.end();
      child.stdout.destroy();
      child.kill('SIGTERM');
    },
  };
}

function infoCommands(ids: readonly string[]): readonly string[] {
  return ids.map((id) => `info ${id}`);
}

function contentCommands(ids: readonly string[]): readonly string[] {
  return ids.map((id) => `contents ${id}`);
}

/** Reads `<id> <type> <size>`; anything else, such as `<id> missing`, is null. */
function sizeOf(line: string): number | null {
  const size = /^[0-9a-f]{40} \w+ (\d+)$/.exec(line)?.[1];
  return size === undefined ? null : Number(size);
}

class EndOfInput extends Error {}

/** A stream of bytes, taken by line or by length. */
class Input {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isEnded = false;
  #wake = (): void => undefined;

  constructor(stream: NodeJS.ReadableStream) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      this.#wake();
    });
    stream.on('close', () => this.end());
    stream.on('error', () => this.end());
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Throws `EndOfInput` if it ends before. */
  async take(length: number): Promise<Buffer> {
    while (this.#bytes < length) await this.#more();
    const all = this.#joined();
    this.#keep(all.subarray(length));
    return all.subarray(0, length);
  }

  async line(): Promise<string> {
    for (;;) {
      const all = this.#joined();
      const end = all.indexOf('\n');
      this.#keep(all);
      if (end >= 0) return (await this.take(end + 1)).toString('latin1', 0, end);
      if (all.length > maxLineBytes) throw new EndOfInput();
      await this.#more();
    }
  }

  #joined(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }

  async #more(): Promise<void> {
    if (this.#isEnded) throw new EndOfInput();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
