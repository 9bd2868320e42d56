/**
 * Histories are kept in repositories of their own beside the mirror: a fetch of one commit's depth, as the mirror's
 * are, cuts everything that a repository has.
 */
import { trackedRefs } from '../mirror/mirror.ts';
import { fetchCut } from '../session/fetch.ts';
import type { Session } from '../session/session.ts';

export interface WantedHistory {
  readonly head: string;
  /** A branch that is at the head; absent where none is known to be. */
  readonly branch?: string | undefined;
  readonly minCommits: number;
  /** What is left out: files and folders, or files alone. */
  readonly filter: 'tree:0' | 'blob:none';
}

const folders: Readonly<Record<WantedHistory['filter'], string>> = { 'tree:0': 'log', 'blob:none': 'past' };

/** Commits that are looked at, whatever is at hand. */
const maxCommits = 20_000;

/** Of a server that leaves nothing out, and sends all files of each commit. */
const maxWholeCommits = 256;

export interface KeptHistory {
  /** With the history, as far as it is there. */
  readonly kept: Session;
  /** Arguments that name the commits for `git log`. */
  readonly range: readonly string[];
  readonly isDeepest: boolean;
}

/** Brings the history as deep as is wanted, and does the work in it. */
export async function inHistory<T>(
  session: Session,
  wanted: WantedHistory,
  signal: AbortSignal,
  work: (history: KeptHistory) => Promise<T>,
): Promise<T> {
  return await session.beside(folders[wanted.filter], async (kept) => {
    const history = new History(kept, wanted, signal);
    await history.bring();
    const range = [`--max-count=${maxCommits}`, '--topo-order', wanted.head, '--'];
    return await work({ kept, range, isDeepest: await history.isDeepest() });
  });
}

class History {
  readonly #kept: Session;
  readonly #wanted: WantedHistory;
  readonly #signal: AbortSignal;

  constructor(kept: Session, wanted: WantedHistory, signal: AbortSignal) {
    this.#kept = kept;
    this.#wanted = wanted;
    this.#signal = signal;
  }

  async bring(): Promise<void> {
    const { minCommits } = this.#wanted;
    // What is new since the last fetch; where there was none, so much as any server may send.
    if (!(await this.#isThere()))
      await this.#fetch((await this.#isEmpty()) ? firstDepth(minCommits) : undefined);
    if (!(await this.isDeepest()) && (await this.#count()) < minCommits) await this.#fetch(minCommits);
  }

  async isDeepest(): Promise<boolean> {
    if (!(await this.#isShallow())) return true;
    const count = await this.#count();
    return count >= maxCommits || (count >= maxWholeCommits && (await this.#isWhole()));
  }

  async #fetch(depth: number | undefined): Promise<void> {
    const { head: commit, branch, filter } = this.#wanted;
    const isFiltered = await fetchCut(this.#kept, { commit, branch, filter, depth }, this.#signal);
    if (!isFiltered) await this.#local(['update-ref', wholeRef, commit]);
  }

  async #isThere(): Promise<boolean> {
    const { head } = this.#wanted;
    const sizes = await this.#kept.objects('read', (reader) => reader.sizes([head], this.#signal));
    return sizes.get(head) !== null;
  }

  async #isEmpty(): Promise<boolean> {
    return (await this.#local(['for-each-ref', '--count=1', trackedRefs])) === '';
  }

  /** The server has been seen to leave nothing out. */
  async #isWhole(): Promise<boolean> {
    return (await this.#local(['for-each-ref', '--count=1', wholeRef])) !== '';
  }

  async #count(): Promise<number> {
    const args = ['rev-list', '--count', `--max-count=${maxCommits}`, this.#wanted.head, '--'];
    return Number(await this.#local(args));
  }

  async #isShallow(): Promise<boolean> {
    return (await this.#local(['rev-parse', '--is-shallow-repository'])) === 'true';
  }

  async #local(args: readonly string[]): Promise<string> {
    const { stdout } = await this.#kept.local({ doing: 'read history of', args, signal: this.#signal });
    return stdout.toString().trim();
  }
}

const wholeRef = 'refs/whole/seen';

function firstDepth(minCommits: number): number {
  return Math.min(minCommits, maxWholeCommits);
}
