/** What the cycle needs of Git servers. */
import type { GitCode } from '../core/base/outcome.ts';
import type { GitCredentialSource } from '../core/config/annotations.ts';
import type { SecretReader } from './cluster.ts';
import type { GitPast } from './git-past.ts';

/** A Git repository together with the credentials for it. */
export interface GitRemote {
  /** Equal keys share one mirror and one push: URL and identity of the credentials (no secret inside). */
  readonly key: string;
  /** Host and path without scheme and `.git`: writers of one queue take turns. */
  readonly queueKey: string;
  /** For people: without user, password or query. */
  readonly displayUrl: string;
}

export interface GitCycle {
  /** Finds the credentials. Throws `Failed` (git `credentials`, or kube). */
  remote(wanted: {
    readonly repoURL: string;
    readonly credentials: GitCredentialSource;
    readonly project: string;
  }): Promise<GitRemote>;
  /** Locks the mirror (made or mended where needed) until `close`. No network is used yet. */
  open(remote: GitRemote, signal: AbortSignal): Promise<GitRepository>;
}

export interface Git {
  openCycle(secrets: SecretReader, argocdNamespace: string): GitCycle;
  close(): Promise<void>;
}

export interface GitHeads {
  /** Branch that HEAD points to, if the server says so. */
  readonly defaultBranch?: string;
  /** Branch name -> commit. */
  readonly branches: ReadonlyMap<string, string>;
  readonly tags: ReadonlySet<string>;
}

/** What lies at a path. `null` in results means: nothing there. */
export type TargetContent =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly executable: boolean }
  | { readonly kind: 'folder' }
  | { readonly kind: 'refused'; readonly reason: string }; // symlink on the way, submodule, above 1 MiB

export interface CommitRequest {
  /** Commit to build on, or the index of an earlier request of the same call. */
  readonly parent: string | number;
  readonly files: readonly { readonly path: string; readonly bytes: Buffer; readonly executable: boolean }[];
  /** Final text: cleaned, with trailers. */
  readonly message: string;
}

export interface PushRequest {
  readonly branch: string;
  readonly commit: string;
  /** What the branch must be at the server: a commit, or null for "must not exist". */
  readonly expected: string | null;
  /** True only for write branches of ours that start anew: replaced under the lease. */
  readonly force: boolean;
}

export type PushResult =
  | { readonly branch: string; readonly ok: true }
  | {
      readonly branch: string;
      readonly ok: false;
      /** `race`: the branch moved, try again. Others are final for this cycle. */
      readonly code: GitCode;
      readonly message: string;
      /** What a person can do about it; absent: what its code says. */
      readonly advice?: string;
      /** The commits were sent and no verdict came, which may be the fault of one of them. */
      readonly unanswered?: true;
    };

/** What a write branch has beyond its base. */
export interface BranchStanding {
  /**
   * Every commit that base has not was committed by our own identity. False also where that cannot be told from the
   * last 200 commits of both.
   */
  readonly own: boolean;
  /** Paths that differ from where the branch left its base, sorted; unknown where the histories are cut, or too many. */
  readonly changedPaths: readonly string[] | 'unknown';
  /** Base holds the branch's content (and mode) at each of these paths, so nothing is pending. False where unknown. */
  readonly merged: boolean;
}

/** A commit of our own identity. */
export interface OwnCommit {
  readonly id: string;
  readonly committedAtMs: number;
  readonly message: string;
}

export interface OwnHistory {
  /** Newest first. */
  readonly commits: readonly OwnCommit[];
  /** There may be older ones: only the last commits of the branch were looked at. */
  readonly isCut: boolean;
}

export interface GitRepository extends GitPast {
  /** Nothing is pushed: what `push` says is what would be. */
  readonly rehearses?: true;
  /** One `ls-remote --symref`. */
  heads(signal: AbortSignal): Promise<GitHeads>;
  /** Makes these commits available; asks the server only for those that the mirror lacks. */
  fetch(commits: readonly string[], signal: AbortSignal): Promise<void>;
  /** Contents at a commit, blobs that the mirror lacks fetched in one go. Keys are the given paths. */
  read(
    commit: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TargetContent | null>>;
  /** Paths of all regular files below a folder ("" is the root), sorted; at most 10 000. */
  list(commit: string, folder: string, recurse: boolean, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * From the history of both alone, whoever wrote it. Asks the server each time, so what is at hand is to be looked at
   * first. Throws `Failed` (git `race`) if the commits are not there any more.
   */
  branchStanding(branchHead: string, baseHead: string, signal: AbortSignal): Promise<BranchStanding>;
  /** What our own identity has committed behind a head, merges of others included. Asks the server each time. */
  ownHistory(head: string, signal: AbortSignal): Promise<OwnHistory>;
  /** Builds the commits in order; commit i is result i. Author, committer, sign-off and signature are the adapter's. */
  commit(requests: readonly CommitRequest[], signal: AbortSignal): Promise<readonly string[]>;
  /**
   * One push for all branches; one result each, in order. A server that refuses a push as a whole refuses each branch.
   * Throws only if no result could be had.
   */
  push(requests: readonly PushRequest[], signal: AbortSignal): Promise<readonly PushResult[]>;
  close(): Promise<void>;
}
