/** Histories of one repository, asked for once by all keys that are judged in a cycle. */
import { oncePerKey } from '../../../core/base/once.ts';
import { changeWord } from '../../../core/policy/rollback/lines/change-line.ts';
import { type LineLog, readLines } from '../../../core/policy/rollback/lines/commit-log.ts';
import type { FileHistory, GitPast } from '../../../ports/git-past.ts';

export interface Log {
  readonly lines: LineLog;
  readonly isDeepest: boolean;
}

export class Histories {
  readonly #past: GitPast;
  readonly #logs = oncePerKey<Log>();
  readonly #files = oncePerKey<FileHistory>();

  constructor(past: GitPast) {
    this.#past = past;
  }

  /** Throws `Failed`. */
  async log(head: string, minCommits: number, signal: AbortSignal): Promise<Log> {
    return await this.#logs(`${head} ${minCommits}`, async () => {
      const wanted = { head, minCommits, containing: changeWord };
      const { commits, isDeepest } = await this.#past.commitLog(wanted, signal);
      return { lines: readLines(commits), isDeepest };
    });
  }

  /** Throws `Failed`. */
  async file(head: string, minCommits: number, path: string, signal: AbortSignal): Promise<FileHistory> {
    return await this.#files(`${head} ${minCommits} ${path}`, () =>
      this.#past.fileHistory({ head, minCommits, path }, signal),
    );
  }
}
