/** What the failures of one session are called, and which of them a new mirror may mend. */
import type { Failed, GitCode } from '../../core/base/outcome.ts';
import { isIntact } from '../mirror/mirror.ts';
import { storageProblem } from '../mirror/storage.ts';
import type { GitResult } from '../process/group.ts';
import type { SessionOptions } from './command.ts';
import { blamesMirror, failure, type GitContext, gitFailure } from './error.ts';

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

export class SessionFaults {
  readonly #options: SessionOptions;
  #wasMended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The mirror was made anew: what fails all the same is not its fault. */
  mended(): void {
    this.#wasMended = true;
  }

  get isIntact(): boolean {
    return isIntact(this.#options.folder, this.#options.url.url);
  }

  /** Of a local command. What we ask of the mirror it can always do, so whatever else fails there is the mirror's fault. */
  local(doing: string, result: GitResult): Failed | BrokenMirror {
    const failed = this.of(doing, result);
    const { failure: cause } = failed;
    return cause.kind === 'git' && notTheMirror.has(cause.code) ? failed : new BrokenMirror(failed);
  }

  /** Of any command. */
  any(doing: string, result: GitResult): Failed | BrokenMirror {
    const failed = this.of(doing, result);
    return this.#mayBeMirror(result, failed) ? new BrokenMirror(failed) : failed;
  }

  of(doing: string, result: GitResult): Failed {
    return gitFailure(this.#context(doing), result);
  }

  /** A failure that is not git's own. */
  failure(doing: string, code: GitCode, text: string, advice?: string): Failed {
    const context = this.#context(doing);
    return failure(context, code, `${doing} ${context.displayUrl}: ${text}`, advice);
  }

  /** Names failures of our own files, which git does not see. */
  async stored<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const problem = storageProblem(error);
      throw problem === undefined ? error : this.failure(doing, problem.code, problem.text, problem.advice);
    }
  }

  /** Whether a new mirror may help: it is seen to be broken, has grown too much, or nothing else explains the failure. */
  #mayBeMirror(result: GitResult, { failure: cause }: Failed): boolean {
    if (result.ended === 'cancelled' || result.ended === 'timeout' || result.ended === 'too-large')
      return false;
    if (blamesMirror(result) || !this.isIntact) return true;
    const isUnexplained = result.ended === 'outgrown' || (cause.kind === 'git' && cause.code === 'git');
    return isUnexplained && !this.#wasMended;
  }

  #context(doing: string): GitContext {
    const { url, entrance, credentialSource, timeoutMs, maxMirrorBytes } = this.#options;
    const storageText = `it brings more than ${Math.round(maxMirrorBytes / 1024 / 1024)} MiB, which is what --git-max-mirror allows`;
    return {
      doing,
      displayUrl: url.displayUrl,
      secrets: entrance.secrets(),
      credentialSource,
      timeoutMs,
      storageText,
    };
  }
}
