/** What policies ask of the history of a branch. */
import type { CommitLog, LoggedCommit } from '../core/policy/rollback/lines/commit-log.ts';

export interface GitPast {
  /**
   * The commits behind a head, without files; messages only of those that contain the text. At least so many commits
   * of each line of descent, if there are so many; more, where more is at hand. Asks the server for what is not.
   */
  commitLog(
    wanted: { readonly head: string; readonly minCommits: number; readonly containing: string },
    signal: AbortSignal,
  ): Promise<LoggedHistory>;
  /** What one file held in the last commits of a head, with all messages. Asks the server for what is not at hand. */
  fileHistory(
    wanted: { readonly head: string; readonly minCommits: number; readonly path: string },
    signal: AbortSignal,
  ): Promise<FileHistory>;
}

export interface LoggedHistory {
  readonly commits: CommitLog;
  /** Asking for more commits gives no more: all are there, or the server sends more with them than we take. */
  readonly isDeepest: boolean;
}

export interface FileCommit extends LoggedCommit {
  /** `Name <email>`. */
  readonly author: string;
  /** That is our own identity. */
  readonly isByUs: boolean;
  /** Names one of `contents`; absent: there is no such file. */
  readonly content?: string;
  /** Where the file appears: paths of files that the commit takes away, at most 100. */
  readonly deleted?: readonly string[];
}

export interface FileHistory {
  /** No commit stands before one of its children; the first is the head. */
  readonly commits: readonly FileCommit[];
  /** At most the newest 40; null: larger than a target may be, or no regular file. */
  readonly contents: ReadonlyMap<string, Buffer | null>;
  readonly isDeepest: boolean;
}
