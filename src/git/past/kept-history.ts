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

export interface KeptHistory<Commit> {
  /** With the history, as far as it is there. */
  readonly kept: Session;
  /** Arguments that name the commits for `git log`. */
  readonly range: readonly string[];
  readonly commits: readonly Commit[];
  readonly isDeepest: boolean;
}

export interface CutCommit {
  /** It has parents that are not there. */
  readonly isCut: boolean;
}

/** Reads the commits of the range, the head first. */
export type ReadCommits<Commit> = (kept: Session, range: readonly string[]) => Promise<readonly Commit[]>;

/** Brings the history as deep as is wanted, reads it, and does the work where it lies. */
export async function inHistory<Commit extends CutCommit, T>(
  session: Session,
  wanted: WantedHistory,
  signal: AbortSignal,
  read: ReadCommits<Commit>,
  work: (history: KeptHistory<Commit>) => Promise<T>,
): Promise<T> {
  return await session.beside(folders[wanted.filter], async (kept) => {
    const { head, minCommits } = wanted;
    const history = new History(kept, wanted, signal);
    const range = [`--max-count=${maxCommits}`, '--topo-order', head, '--'];
    await history.bringHead();
    let commits = await read(kept, range);
    if (goesOn(commits) && commits.length < minCommits && !(await history.isWhole())) {
      await history.fetch(minCommits);
      commits = await read(kept, range);
    }
    const isEnd = !goesOn(commits) || commits.length >= maxCommits;
    const isDeepest = isEnd || (commits.length >= maxWholeCommits && (await history.isWhole()));
    return await work({ kept, range, commits, isDeepest });
  });
}

function goesOn(commits: readonly CutCommit[]): boolean {
  return commits.some(({ isCut }) => isCut);
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

  /** What is new since the last fetch; where there was none, so much as any server may send. */
  async bringHead(): Promise<void> {
    const { head, minCommits } = this.#wanted;
    const sizes = await this.#kept.objects('read', (reader) => reader.sizes([head], this.#signal));
    if (sizes.get(head) !== null) return;
    const isFirst = (await this.#local(['for-each-ref', '--count=1', trackedRefs])) === '';
    await this.fetch(isFirst ? Math.min(minCommits, maxWholeCommits) : undefined);
  }

  async fetch(depth: number | undefined): Promise<void> {
    const { head: commit, branch, filter } = this.#wanted;
    const isFiltered = await fetchCut(this.#kept, { commit, branch, filter, depth }, this.#signal);
    if (!isFiltered) await this.#local(['update-ref', wholeRef, commit]);
  }

  /** The server has been seen to leave nothing out. */
  async isWhole(): Promise<boolean> {
    return (await this.#local(['for-each-ref', '--count=1', wholeRef])) !== '';
  }

  async #local(args: readonly string[]): Promise<string> {
    const { stdout } = await this.#kept.local({ doing: 'read history of', args, signal: this.#signal });
    return stdout.toString().trim();
  }
}

const wholeRef = 'refs/whole/seen';
