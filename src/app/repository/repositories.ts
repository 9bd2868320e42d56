/** The Git repositories of one cycle: opened once, used by one at a time per repository. */
import type { GitCredentialSource } from '../../core/config/annotations.ts';
import type { GitCycle, GitHeads, GitRemote, GitRepository } from '../../ports/git.ts';
import { settle } from '../../core/base/settle.ts';
import { Turns } from './turns.ts';

export interface WantedRepository {
  readonly repoURL: string;
  readonly credentials: GitCredentialSource;
  readonly project: string;
}

/** An open repository and what its heads were when last asked. */
export class RepositorySession {
  readonly remote: GitRemote;
  readonly repository: GitRepository;
  #heads: GitHeads | undefined;

  constructor(remote: GitRemote, repository: GitRepository) {
    this.remote = remote;
    this.repository = repository;
  }

  /** Asked once per cycle, unless a lost race made the answer stale. */
  async heads(signal: AbortSignal): Promise<GitHeads> {
    this.#heads ??= await this.repository.heads(signal);
    return this.#heads;
  }

  forgetHeads(): void {
    this.#heads = undefined;
  }

  /** After a push of ours. */
  movedTo(branch: string, commit: string): void {
    if (this.#heads === undefined) return;
    this.#heads = { ...this.#heads, branches: new Map(this.#heads.branches).set(branch, commit) };
  }
}

export class Repositories {
  readonly #git: GitCycle;
  readonly #signal: AbortSignal;
  readonly #turns: Turns;
  readonly #remotes = new Map<string, Promise<GitRemote>>();
  readonly #sessions = new Map<string, Promise<RepositorySession>>();
  readonly #queues = new Map<string, Turns>();

  constructor(git: GitCycle, maxConcurrency: number, signal: AbortSignal) {
    this.#git = git;
    this.#signal = signal;
    this.#turns = new Turns(maxConcurrency);
  }

  /** The remote with its credentials; each distinct wish is resolved once. Throws `Failed`. */
  remote(wanted: WantedRepository): Promise<GitRemote> {
    const key = JSON.stringify([wanted.repoURL, wanted.credentials, wanted.project]);
    return memo(this.#remotes, key, () => this.#git.remote(wanted));
  }

  /** Runs work on a repository while nobody else of this cycle does. Throws `Failed`. */
  use<T>(remote: GitRemote, work: (session: RepositorySession) => Promise<T>): Promise<T> {
    const queue = this.#queues.get(remote.queueKey) ?? new Turns(1);
    this.#queues.set(remote.queueKey, queue);
    return queue.take(() => this.#turns.take(async () => work(await this.#open(remote))));
  }

  #open(remote: GitRemote): Promise<RepositorySession> {
    return memo(this.#sessions, remote.key, async () => {
      return new RepositorySession(remote, await this.#git.open(remote, this.#signal));
    });
  }

  /** Releases the mirrors; failures to do so are found by the next cycle. */
  async close(): Promise<void> {
    for (const session of this.#sessions.values()) {
      const opened = await settle(() => session);
      if (opened.ok) await opened.value.repository.close();
    }
  }
}

function memo<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
