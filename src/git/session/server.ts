/** The server of one session: where it lives, and how git is let in. */
import type { GitResult } from '../process/group.ts';
import { findRedirect } from '../login/redirect.ts';
import type { SessionOptions } from './command.ts';

export class Server {
  readonly #options: SessionOptions;
  /** Another path of the same origin after a redirect. */
  #url: string;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#url = options.url.url;
  }

  /** What git is told of it, in the form of `-c`. */
  get config(): readonly string[] {
    return [`remote.origin.url=${this.#url}`, ...this.#localConfig()];
  }

  /** Forges send `…/name` on to `…/name.git`; git does not follow because of the login it carries. True: ask again. */
  async followRedirect(result: GitResult, signal: AbortSignal): Promise<boolean> {
    if (result.ended !== 'exit' || !/returned error: 30[12378]/.test(result.stderr)) return false;
    const { entrance, send, url } = this.#options;
    const target = await findRedirect(this.#url, url.hostname, entrance, send, signal);
    if (target === undefined) return false;
    this.#url = target;
    return true;
  }

  /**
   * The other side of a local repository is our own child, and would run that repository's hooks with our rights. Our
   * own `-c` does not reach it, and its configuration counts more than a global file.
   */
  #localConfig(): readonly string[] {
    if (this.#options.url.transport !== 'local') return [];
    return [`remote.origin.receivepack=git -c core.hooksPath=/dev/null receive-pack`];
  }
}
