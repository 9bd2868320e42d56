/** The Git repositories of one cycle: opened once, used by one at a time per repository. */
import type { GitCredentialSource } from '../../core/config/annotations.ts';
import type { GitCycle, GitHeads, GitRemote, GitRepository } from '../../ports/git.ts';
import { oncePerKey } from '../../core/base/once.ts';
import { settle } from '../../core/base/settle.ts';
import { Failed, type Failure } from '../../core/base/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Budget } from './budget.ts';
import { Histories } from './histories.ts';
import type { Permits } from './permits.ts';
import { Turns } from './turns.ts';
import type { Unfinished } from './unfinished.ts';

export interface WantedRepository {
  readonly repoURL: string;
  readonly credentials: GitCredentialSource;
  readonly project: string;
  /** Of the Application. */
  readonly namespace: string;
}

/** An open repository and what its heads were when last asked. */
export class RepositorySession {
  readonly remote: GitRemote;
  readonly repository: GitRepository;
  /** Of its heads, for policies that ask what was there before. */
  readonly histories: Histories;
  #heads: GitHeads | undefined;

  constructor(remote: GitRemote, repository: GitRepository) {
    this.remote = remote;
    this.repository = repository;
    this.histories = new Histories(repository);
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

export interface RepositoriesOptions {
  readonly git: GitCycle;
  readonly permits: Permits;
  readonly clock: Clock;
  readonly budget: Budget;
  /** By `queueKey`: repositories that an earlier cycle still works on. */
  readonly busy: Unfinished<void>;
  /** Repositories used at once. */
  readonly maxConcurrency: number;
  readonly signal: AbortSignal;
}

/** Who uses a repository for longer than this does not count among those who take turns. */
const lendAfterMs = 30_000;

export class Repositories {
  readonly #options: RepositoriesOptions;
  readonly #turns: Turns;
  readonly #remoteOf = oncePerKey<GitRemote>();
  readonly #sessions = new Map<
    string,
    { readonly queueKey: string; readonly opened: Promise<RepositorySession> }
  >();
  readonly #queues = new Map<string, Turns>();

  constructor(options: RepositoriesOptions) {
    this.#options = options;
    const { maxConcurrency, clock } = options;
    this.#turns = new Turns(maxConcurrency, { afterMs: lendAfterMs, most: 3 * maxConcurrency, clock });
  }

  /** The remote with its credentials, which are found once for all who want the same. Throws `Failed`. */
  async remote(wanted: WantedRepository): Promise<GitRemote> {
    const { git, permits } = this.#options;
    await permits(wanted);
    const key = JSON.stringify([wanted.repoURL, wanted.credentials, wanted.project]);
    return this.#remoteOf(key, () => git.remote(wanted));
  }

  /**
   * Runs work on a repository while nobody else does, of this cycle or of an earlier one. Nothing is begun once the
   * cycle's time is over. Throws `Failed`.
   */
  use<T>(remote: GitRemote, work: (session: RepositorySession) => Promise<T>): Promise<T> {
    return this.#queueOf(remote.queueKey).take(() =>
      this.#turns.take(async () => {
        this.#requireFree(remote);
        return work(await this.#open(remote));
      }),
    );
  }

  #queueOf(queueKey: string): Turns {
    const queue = this.#queues.get(queueKey) ?? new Turns(1);
    this.#queues.set(queueKey, queue);
    return queue;
  }

  #requireFree({ queueKey, displayUrl: repo }: GitRemote): void {
    const { budget, busy } = this.#options;
    if (busy.isRunning(queueKey)) throw new Failed(repositoryBusy(repo));
    if (budget.isOver) throw new Failed(notBegun(repo, budget));
  }

  #open(remote: GitRemote): Promise<RepositorySession> {
    const { git, signal } = this.#options;
    const { key, queueKey } = remote;
    const open = async () => new RepositorySession(remote, await git.open(remote, signal));
    const session = this.#sessions.get(key) ?? { queueKey, opened: open() };
    this.#sessions.set(key, session);
    return session.opened;
  }

  /** Releases the mirrors. A repository that is still used is busy until its user has ended and its mirrors are free. */
  async close(): Promise<void> {
    const closings: Promise<void>[] = [];
    for (const [queueKey, queue] of this.#queues) {
      const isUsed = queue.isTaken;
      const closing = queue.take(() => this.#closeAll(queueKey));
      if (isUsed) this.#options.busy.keep(queueKey, closing);
      else closings.push(closing);
    }
    await Promise.all(closings);
  }

  /** Failures to do so are found by the next cycle. */
  async #closeAll(queueKey: string): Promise<void> {
    for (const session of this.#sessions.values()) {
      if (session.queueKey !== queueKey) continue;
      const opened = await settle(() => session.opened);
      if (opened.ok) await settle(() => opened.value.repository.close());
    }
  }
}

function repositoryBusy(repo: string): Failure {
  const message = `${repo}: an earlier cycle still works on it; this one goes on without it`;
  return { kind: 'git', code: 'timeout', repo, message };
}

/** What runs is not stopped: a server that needs longer than a cycle would never be written to. */
export function notDone(repo: string, budget: Budget): Failure {
  const message = `${repo}: not done within ${budget.text}; it goes on, and the next cycles begin without this repository until it is done`;
  return { kind: 'git', code: 'timeout', repo, message };
}

function notBegun(repo: string, budget: Budget): Failure {
  const message = `${repo}: not begun within ${budget.text}; the next cycle tries again`;
  return { kind: 'git', code: 'timeout', repo, message };
}
