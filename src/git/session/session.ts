/** One open repository: git commands in its mirror and towards its server, and the mending of a broken mirror. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failed, GitCode } from '../../core/base/outcome.ts';
import type { Entrance } from '../login/entrance.ts';
import type { GitContext } from './error.ts';
import { blamesMirror, failure, gitFailure } from './error.ts';
import { isIntact, passingFolder, prepareMirror, rebuildMirror } from '../mirror/mirror.ts';
import { findRedirect } from '../login/redirect.ts';
import { folderBytes } from '../process/folder-bytes.ts';
import type { GitResult, StorageLimit } from '../process/group.ts';
import { type ObjectReader, ObjectReaderError } from '../process/objects.ts';
import type { GitRunner } from '../process/run.ts';
import { storageProblem } from '../mirror/storage.ts';
import type { RemoteUrl } from '../login/url.ts';
import type { SendRequest } from '../../net/side-request.ts';

export interface SessionOptions {
  readonly folder: string;
  readonly url: RemoteUrl;
  readonly entrance: Entrance;
  readonly runner: GitRunner;
  readonly send: SendRequest;
  readonly credentialSource: string;
  readonly timeoutMs: number;
  /** What the mirror may hold. */
  readonly maxMirrorBytes: number;
}

/** A command without the things that are the same for all of them. */
export interface SessionCommand {
  /** `fetch`, `push to` …: how messages start. */
  readonly doing: string;
  readonly args: readonly string[];
  readonly config?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** A local command that starts helper programs; those towards a server always do. */
  readonly startsOthers?: boolean;
  /** Takes the output of a command towards a server as it comes; false: it has had enough. */
  readonly onOutput?: (chunk: Buffer) => boolean;
  /** Bytes that it may add to the mirror, where that is less than what the mirror may hold. */
  readonly maxGrowthBytes?: number;
  readonly signal: AbortSignal;
}

/** Failures of local commands that a new mirror would not mend. */
const notTheMirror: ReadonlySet<GitCode> = new Set(['disk-full', 'signing', 'unsupported']);

/** The mirror is unusable: corrupt, half written, or deleted meanwhile. */
export class BrokenMirror extends Error {
  readonly failed: Failed;

  constructor(failed: Failed) {
    super(failed.message);
    this.failed = failed;
  }
}

export class Session {
  readonly #options: SessionOptions;
  /** Where the server lives; another path of the same origin after a redirect. */
  #url: string;
  #objects: ObjectReader | undefined;
  /** The mirror was made anew once: what fails all the same is not its fault. */
  #wasMended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#url = options.url.url;
  }

  /** Runs in the mirror, without network. Throws `BrokenMirror` or `Failed` unless git succeeds. */
  async local(command: SessionCommand): Promise<GitResult> {
    const result = await this.#run(command);
    if (result.ended !== 'exit' || result.exitCode === 0) return this.require(command, result);
    const failed = gitFailure(this.#context(command.doing), result);
    const { failure: cause } = failed;
    // What we ask of the mirror it can always do, so whatever else fails there is the mirror's fault.
    throw cause.kind === 'git' && notTheMirror.has(cause.code) ? failed : new BrokenMirror(failed);
  }

  /** Runs towards the server `origin`. Throws `BrokenMirror` or `Failed` unless git succeeds. */
  async remote(command: SessionCommand): Promise<GitResult> {
    return this.require(command, await this.tryRemote(command));
  }

  /** As `remote`, but what git did is for the caller to judge. */
  async tryRemote(command: SessionCommand): Promise<GitResult> {
    const result = await this.#runRemote(command);
    return (await this.#followRedirect(result, command.signal)) ? await this.#runRemote(command) : result;
  }

  /** Turns every end but success into what is thrown. */
  require(command: SessionCommand, result: GitResult): GitResult {
    if (result.ended === 'exit' && result.exitCode === 0) return result;
    const failed = gitFailure(this.#context(command.doing), result);
    throw this.#mayBeMirror(result, failed) ? new BrokenMirror(failed) : failed;
  }

  /** Whether a new mirror may help: it is seen to be broken, has grown too much, or nothing else explains the failure. */
  #mayBeMirror(result: GitResult, { failure: cause }: Failed): boolean {
    if (result.ended === 'cancelled' || result.ended === 'timeout' || result.ended === 'too-large')
      return false;
    if (blamesMirror(result) || !this.#isIntact()) return true;
    const isUnexplained = result.ended === 'outgrown' || (cause.kind === 'git' && cause.code === 'git');
    return isUnexplained && !this.#wasMended;
  }

  #isIntact(): boolean {
    return isIntact(this.#options.folder, this.#options.url.url);
  }

  /** What a command that did not succeed failed by; `cancelled`, `timeout` … too. */
  codeOf(doing: string, result: GitResult): GitCode {
    const { failure: cause } = gitFailure(this.#context(doing), result);
    return cause.kind === 'git' ? cause.code : 'git';
  }

  /** A failure that is not git's own. */
  failure(doing: string, code: GitCode, text: string, advice?: string): Failed {
    const context = this.#context(doing);
    return failure(context, code, `${doing} ${context.displayUrl}: ${text}`, advice);
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
    await this.#stored('open', () => prepareMirror(folder, url.url));
  }

  /** Makes the mirror anew, empty. */
  async renew(): Promise<void> {
    const { folder, url } = this.#options;
    this.#closeObjects();
    await this.#stored('open', () => rebuildMirror(folder, url.url));
    this.#wasMended = true;
  }

  /**
   * Asks for objects of the mirror, of which one process tells as long as the session is open. Throws `BrokenMirror` or
   * `Failed`.
   */
  async objects<T>(doing: string, ask: (reader: ObjectReader) => Promise<T>): Promise<T> {
    await this.#requireMirror(doing);
    const { folder, runner, url } = this.#options;
    this.#objects ??= await this.#stored(doing, () => runner.openObjects(folder, url.displayUrl));
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
    const empty = new Session({ ...this.#options, folder });
    empty.#url = this.#url;
    await this.#stored('open', () => rebuildMirror(folder, url.url));
    try {
      return await empty.mended(
        () => work(empty),
        async () => undefined,
      );
    } finally {
      empty.#closeObjects();
      await this.#stored('close', () => rm(folder, { recursive: true, force: true }));
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

  /** The cache may be deleted at any time. */
  async #requireMirror(doing: string): Promise<void> {
    if (this.#isIntact()) return;
    this.#closeObjects();
    await this.#stored(doing, () => prepareMirror(this.#options.folder, this.#options.url.url));
  }

  async #runRemote(command: SessionCommand): Promise<GitResult> {
    const { entrance } = this.#options;
    const login = await this.#stored(command.doing, () => entrance.environment(command.signal));
    const config = [...(command.config ?? []), `remote.origin.url=${this.#url}`, ...this.#localConfig()];
    const environment = { ...login, ...command.environment };
    const storage = await this.#storage(command);
    const result = await this.#run({ ...command, config, environment, startsOthers: true }, storage);
    const isFull = result.ended === 'outgrown' && storage?.maxBytes === this.#options.maxMirrorBytes;
    return isFull ? this.require(command, result) : result;
  }

  /**
   * The other side of a local repository is our own child, and would run that repository's hooks with our rights. Our
   * own `-c` does not reach it, and its configuration counts more than a global file.
   */
  #localConfig(): readonly string[] {
    if (this.#options.url.transport !== 'local') return [];
    return [`remote.origin.receivepack=git -c core.hooksPath=/dev/null receive-pack`];
  }

  /** Only fetches bring something in. */
  async #storage({ args, maxGrowthBytes }: SessionCommand): Promise<StorageLimit | undefined> {
    const { folder, maxMirrorBytes } = this.#options;
    if (args[0] !== 'fetch') return undefined;
    if (maxGrowthBytes === undefined) return { folder, maxBytes: maxMirrorBytes };
    return { folder, maxBytes: Math.min(maxMirrorBytes, (await folderBytes(folder)) + maxGrowthBytes) };
  }

  async #run(command: SessionCommand, storage?: StorageLimit): Promise<GitResult> {
    const { folder, runner, url } = this.#options;
    const { doing, input, startsOthers = false, maxGrowthBytes: _, ...rest } = command;
    await this.#requireMirror(doing);
    const run = async (): Promise<GitResult> =>
      await runner.run({
        ...rest,
        directory: folder,
        displayUrl: url.displayUrl,
        startsOthers,
        ...(storage === undefined ? {} : { storage }),
        ...(input === undefined ? {} : { input: Buffer.from(input) }),
      });
    return await this.#stored(doing, run);
  }

  /** Names failures of our own files, which git does not see. */
  async #stored<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const problem = storageProblem(error);
      throw problem === undefined ? error : this.failure(doing, problem.code, problem.text, problem.advice);
    }
  }

  /** Forges send `…/name` on to `…/name.git`; git does not follow because of the login it carries. */
  async #followRedirect(result: GitResult, signal: AbortSignal): Promise<boolean> {
    if (result.ended !== 'exit' || !/returned error: 30[12378]/.test(result.stderr)) return false;
    const { entrance, send, url } = this.#options;
    const target = await findRedirect(this.#url, url.hostname, entrance, send, signal);
    if (target === undefined) return false;
    this.#url = target;
    return true;
  }

  #context(doing: string): GitContext {
    const { url, credentialSource, timeoutMs, maxMirrorBytes } = this.#options;
    const storageText = `it brings more than ${Math.round(maxMirrorBytes / 1024 / 1024)} MiB, which is what --git-max-mirror allows`;
    return {
      doing,
      displayUrl: url.displayUrl,
      secrets: this.secrets,
      credentialSource,
      timeoutMs,
      storageText,
    };
  }
}
