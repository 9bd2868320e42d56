/** One open repository: git commands in its mirror and towards its server, and the mending of a broken mirror. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failed, GitCode } from '../core/base/outcome.ts';
import type { Entrance } from './login/entrance.ts';
import type { GitContext } from './error.ts';
import { blamesMirror, failure, gitFailure } from './error.ts';
import { passingFolder, prepareMirror, rebuildMirror } from './mirror.ts';
import { findRedirect } from './login/redirect.ts';
import type { GitResult, GitRunner } from './process/run.ts';
import { storageProblem } from './storage.ts';
import type { RemoteUrl } from './login/url.ts';
import type { SendRequest } from './login/web-request.ts';

export interface SessionOptions {
  readonly folder: string;
  readonly url: RemoteUrl;
  readonly entrance: Entrance;
  readonly runner: GitRunner;
  readonly send: SendRequest;
  readonly credentialSource: string;
  readonly timeoutMs: number;
}

/** A command without the things that are the same for all of them. */
export interface SessionCommand {
  /** `fetch`, `push to` …: how messages start. */
  readonly doing: string;
  readonly args: readonly string[];
  readonly config?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
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
    throw blamesMirror(result) ? new BrokenMirror(failed) : failed;
  }

  /** What a command that did not succeed failed by; `cancelled`, `timeout` … too. */
  codeOf(doing: string, result: GitResult): GitCode {
    const { failure: cause } = gitFailure(this.#context(doing), result);
    return cause.kind === 'git' ? cause.code : 'git';
  }

  /** A failure that is not git's own. */
  failure(doing: string, code: GitCode, text: string, branch?: string): Failed {
    const context = this.#context(doing);
    return failure(context, code, `${doing} ${context.displayUrl}: ${text}`, branch);
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
    const { folder, url } = this.#options;
    await this.#stored('open', () => rebuildMirror(folder, url.url));
    try {
      await refill();
      return await work();
    } catch (error) {
      throw error instanceof BrokenMirror ? error.failed : error;
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
      await this.#stored('close', () => rm(folder, { recursive: true, force: true }));
    }
  }

  async close(): Promise<void> {
    await this.#options.entrance.close();
  }

  async #runRemote(command: SessionCommand): Promise<GitResult> {
    const { entrance } = this.#options;
    const login = await this.#stored(command.doing, () => entrance.environment(command.signal));
    const config = [...(command.config ?? []), `remote.origin.url=${this.#url}`, ...this.#localConfig()];
    return await this.#run({ ...command, config, environment: { ...login, ...command.environment } });
  }

  /**
   * The other side of a local repository is our own child, and would run that repository's hooks with our rights. Our
   * own `-c` does not reach it, and its configuration counts more than a global file.
   */
  #localConfig(): readonly string[] {
    if (this.#options.url.transport !== 'local') return [];
    return [`remote.origin.receivepack=git -c core.hooksPath=/dev/null receive-pack`];
  }

  async #run(command: SessionCommand): Promise<GitResult> {
    const { folder, runner, url } = this.#options;
    const { doing, input, ...rest } = command;
    return await this.#stored(doing, async () => {
      if (!existsSync(join(folder, 'tidewaiter'))) await prepareMirror(folder, url.url);
      return await runner.run({
        ...rest,
        directory: folder,
        ...(input === undefined ? {} : { input: Buffer.from(input) }),
      });
    });
  }

  /** Names failures of our own files, which git does not see. */
  async #stored<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const problem = storageProblem(error);
      throw problem === undefined ? error : this.failure(doing, problem.code, problem.text);
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
    const { url, credentialSource, timeoutMs } = this.#options;
    return { doing, displayUrl: url.displayUrl, secrets: this.secrets, credentialSource, timeoutMs };
  }
}
