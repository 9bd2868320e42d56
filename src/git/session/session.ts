/** One open repository: git commands in its mirror and towards its server, and the mending of a broken mirror. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failed, GitCode } from '../../core/base/outcome.ts';
import { passingFolder, prepareMirror, rebuildMirror } from '../mirror/mirror.ts';
import type { GitResult } from '../process/group.ts';
import { type ObjectReader, ObjectReaderError } from '../process/objects.ts';
import type { SessionCommand, SessionOptions } from './command.ts';
import { BrokenMirror, SessionFaults } from './faults.ts';
import { Runs } from './runs.ts';
import type { Server } from './server.ts';

export class Session {
  readonly #options: SessionOptions;
  readonly #faults: SessionFaults;
  readonly #runs: Runs;
  #objects: ObjectReader | undefined;

  /** `server`: of another session, with what that one has learned of it. */
  constructor(options: SessionOptions, server?: Server) {
    this.#options = options;
    this.#faults = new SessionFaults(options);
    this.#runs = new Runs(options, this.#faults, (doing) => this.#requireMirror(doing), server);
  }

  /** Runs in the mirror, without network. Throws `BrokenMirror` or `Failed` unless git succeeds. */
  async local(command: SessionCommand): Promise<GitResult> {
    const result = await this.#runs.local(command);
    if (result.ended !== 'exit' || result.exitCode === 0) return this.require(command, result);
    throw this.#faults.local(command.doing, result);
  }

  /** Runs towards the server `origin`. Throws `BrokenMirror` or `Failed` unless git succeeds. */
  async remote(command: SessionCommand): Promise<GitResult> {
    return this.require(command, await this.tryRemote(command));
  }

  /** As `remote`, but what git did is for the caller to judge. */
  async tryRemote(command: SessionCommand): Promise<GitResult> {
    return await this.#runs.remote(command);
  }

  /** Turns every end but success into what is thrown. */
  require({ doing }: SessionCommand, result: GitResult): GitResult {
    if (result.ended === 'exit' && result.exitCode === 0) return result;
    throw this.#faults.any(doing, result);
  }

  /** What a command that did not succeed failed by; `cancelled`, `timeout` … too. */
  codeOf(doing: string, result: GitResult): GitCode {
    const { failure: cause } = this.#faults.of(doing, result);
    return cause.kind === 'git' ? cause.code : 'git';
  }

  /** A failure that is not git's own. */
  failure(doing: string, code: GitCode, text: string, advice?: string): Failed {
    return this.#faults.failure(doing, code, text, advice);
  }

  /** Texts that must stay out of messages. */
  get secrets(): readonly string[] {
    return this.#options.entrance.secrets();
  }

  /** Does the work; if the mirror turns out to be broken, makes it anew, calls `refill`, and does the work again. */
  async mended<T>(work: () => Promise<T>, refill: () => Promise<unknown>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BrokenMirror)) throw error;
    }
    await this.renew();
    try {
      await refill();
      return await work();
    } catch (error) {
      throw error instanceof BrokenMirror ? error.failed : error;
    }
  }

  /** Removes what a command that was ended has left behind. */
  async sweep(): Promise<void> {
    const { folder, url } = this.#options;
    await this.#faults.stored('open', () => prepareMirror(folder, url.url));
  }

  /** Makes the mirror anew, empty. */
  async renew(): Promise<void> {
    const { folder, url } = this.#options;
    this.#closeObjects();
    await this.#faults.stored('open', () => rebuildMirror(folder, url.url));
    this.#faults.mended();
  }

  /**
   * Asks for objects of the mirror, of which one process tells as long as the session is open. Throws `BrokenMirror` or
   * `Failed`.
   */
  async objects<T>(doing: string, ask: (reader: ObjectReader) => Promise<T>): Promise<T> {
    await this.#requireMirror(doing);
    const { folder, runner, url } = this.#options;
    this.#objects ??= await this.#faults.stored(doing, () => runner.openObjects(folder, url.displayUrl));
    try {
      return await ask(this.#objects);
    } catch (error) {
      this.#closeObjects();
      if (!(error instanceof ObjectReaderError)) throw error;
      if (error.reason === 'ended') throw new BrokenMirror(this.failure(doing, 'git', error.message));
      throw this.failure(doing, error.reason, error.reason === 'timeout' ? 'no answer in time' : 'cancelled');
    }
  }

  /** Does the work in an empty repository of the same server that is removed afterwards; the mirror stays as it is. */
  async apart<T>(work: (empty: Session) => Promise<T>): Promise<T> {
    const { folder: mirror, url } = this.#options;
    const folder = join(mirror, passingFolder);
    const empty = new Session({ ...this.#options, folder }, this.#runs.server);
    await this.#faults.stored('open', () => rebuildMirror(folder, url.url));
    try {
      return await empty.mended(
        () => work(empty),
        async () => undefined,
      );
    } finally {
      empty.#closeObjects();
      await this.#faults.stored('close', () => rm(folder, { recursive: true, force: true }));
    }
  }

  /** Does the work in another repository of the same server, which lies in the mirror and is kept with it. */
  async beside<T>(name: string, work: (kept: Session) => Promise<T>): Promise<T> {
    const { folder: mirror, url } = this.#options;
    const folder = join(mirror, name);
    const kept = new Session({ ...this.#options, folder }, this.#runs.server);
    await this.#faults.stored('open', () => prepareMirror(folder, url.url));
    try {
      return await kept.mended(
        () => work(kept),
        async () => undefined,
      );
    } finally {
      kept.#closeObjects();
    }
  }

  async close(): Promise<void> {
    this.#closeObjects();
    await this.#options.entrance.close();
  }

  #closeObjects(): void {
    this.#objects?.close();
    this.#objects = undefined;
  }

  /** The cache may be deleted at any time: whatever read its objects has nothing to read any more. */
  async #requireMirror(doing: string): Promise<void> {
    if (this.#faults.isIntact) return;
    this.#closeObjects();
    await this.#faults.stored(doing, () => prepareMirror(this.#options.folder, this.#options.url.url));
  }
}
