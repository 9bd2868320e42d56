/** A file of settings that may be replaced while the program runs, as mounted ConfigMaps are. */
import { stat } from 'node:fs/promises';
import type { Outcome } from '../../../core/base/outcome.ts';
import type { Refusal } from '../../../web/status/settings-file.ts';
import type { Log } from '../../log/log.ts';
import { type Loaded, tellLoaded } from './settings-files.ts';

export interface ReloadedFileOptions<T> {
  /** "": there is no file, and nothing changes. */
  readonly path: string;
  /** Files beside it that it is of no use without: a change of any of them is a new version. */
  readonly besides?: readonly string[];
  /** Given the path and what is in force, which at the start is nothing: what the file says. */
  readonly load: (path: string, before?: T) => Promise<Outcome<Loaded<T>>>;
  readonly log: Pick<Log, 'info' | 'warning' | 'error'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class ReloadedFile<T> {
  readonly #options: ReloadedFileOptions<T>;
  #version: string;
  #value: T;
  #refusal: Refusal | undefined;

  private constructor(options: ReloadedFileOptions<T>, version: string, value: T) {
    this.#options = options;
    this.#version = version;
    this.#value = value;
  }

  /** Fails where the file is broken: at the start nothing else could be used in its place. */
  static async open<T>(options: ReloadedFileOptions<T>): Promise<Outcome<ReloadedFile<T>>> {
    const version = await versionOf(options);
    const loaded = await options.load(options.path);
    if (!loaded.ok) return loaded;
    tellLoaded(loaded.value, options.log);
    return { ok: true, value: new ReloadedFile(options, version, loaded.value.value) };
  }

  get path(): string {
    return this.#options.path;
  }

  /** There while a newer version of the file is broken, and the one before it is in force. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** What the file says now, or said before it was broken. */
  async current(): Promise<T> {
    const { path, load, log, now } = this.#options;
    // taken first: a change while the file is read is found the next time
    const version = await versionOf(this.#options);
    if (version === this.#version) return this.#value;
    this.#version = version;
    const loaded = await load(path, this.#value);
    if (loaded.ok) {
      this.#refusal = undefined;
      this.#value = loaded.value.value;
      log.info('Settings are read again', { file: path });
      tellLoaded(loaded.value, log);
    } else {
      const { message: reason } = loaded.failure;
      const message = `The new version of ${path} is not used, the one before stays in force: ${reason}`;
      this.#refusal = { message, sinceMs: this.#refusal?.sinceMs ?? now() };
      log.error(message);
    }
    return this.#value;
  }
}

async function versionOf({
  path,
  besides = [],
}: Pick<ReloadedFileOptions<unknown>, 'path' | 'besides'>): Promise<string> {
  const versions = await Promise.all([path, ...besides].map(versionOfOne));
  return versions.join('\n');
}

/** Follows links: those of a mounted ConfigMap come to point elsewhere. */
async function versionOfOne(path: string): Promise<string> {
  if (path === '') return '';
  try {
    const { dev, ino, mtimeMs, size } = await stat(path);
    return `${dev} ${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
