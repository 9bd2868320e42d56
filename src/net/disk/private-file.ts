/** A file that only we have written, in a folder that only we write to; whatever else lies there is refused. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';

const writableByAll = 0o002;
const sticky = 0o1000;

export class PrivateFile {
  readonly #directory: string;
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #uid: number | undefined;

  /** `uid`: absent where the system knows no users. */
  constructor(directory: string, name: string, maxBytes: number, uid = process.getuid?.()) {
    this.#uid = uid;
    this.#directory = directory;
    this.#path = join(directory, name);
    this.#maxBytes = maxBytes;
  }

  /** undefined: there is none. Throws an Error where there is one that cannot be trusted or read. */
  read(): string | undefined {
    if (lstatSync(this.#path, { throwIfNoEntry: false }) === undefined) return undefined;
    this.#checkFolder();
    const descriptor = openSync(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { uid, size, isFile } = statOf(descriptor);
      if (!isFile) throw new Error(`${this.#path} is no file`);
      if (!this.#isOwn(uid)) throw new Error(`${this.#path} belongs to another user`);
      if (size > this.#maxBytes) throw new Error(`${this.#path} is larger than ${this.#maxBytes} bytes`);
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * The whole text or nothing; others get their turn between two chunks. `isWanted` is asked last: an older text must
   * not take the place of a newer one that was written meanwhile.
   */
  async write(chunks: Iterable<string>, isWanted: () => boolean = () => true): Promise<void> {
    this.#makeFolder();
    const draft = this.#draft();
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await writeChunks(file, chunks);
        await file.datasync();
      } finally {
        await file.close();
      }
      if (isWanted()) renameSync(draft, this.#path);
      else await rm(draft, { force: true });
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** The same at the end of the process. */
  writeNow(chunks: Iterable<string>): void {
    this.#makeFolder();
    const draft = this.#draft();
    try {
      const descriptor = openSync(draft, 'wx', 0o600);
      try {
        for (const chunk of chunks) writeFileSync(descriptor, chunk);
      } finally {
        closeSync(descriptor);
      }
      renameSync(draft, this.#path); // replaces a symlink, never follows it
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  #isOwn(uid: number): boolean {
    return this.#uid === undefined || this.#uid === uid;
  }

  #draft(): string {
    return `${this.#path}.${randomUUID()}`;
  }

  #makeFolder(): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#checkFolder();
  }

  /** Ours, and in a folder that is ours or the machine's: elsewhere somebody else could put his in its place. */
  #checkFolder(): void {
    const folder = lstatSync(this.#directory);
    if (!folder.isDirectory()) throw new Error(`${this.#directory} is no folder`);
    if (!this.#isOwn(folder.uid)) throw new Error(`${this.#directory} belongs to another user`);
    if ((folder.mode & writableByAll) !== 0 && (folder.mode & sticky) === 0)
      throw new Error(`${this.#directory} may be written to by everybody`);
    const parent = dirname(this.#directory);
    const { uid } = lstatSync(parent);
    if (!this.#isOwn(uid) && uid !== 0) throw new Error(`${parent} belongs to another user`);
  }
}

async function writeChunks(file: FileHandle, chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) {
    await file.appendFile(chunk);
    await yieldToOthers();
  }
}

function statOf(descriptor: number) {
  const stat = fstatSync(descriptor);
  return { uid: stat.uid, size: stat.size, isFile: stat.isFile() };
}
