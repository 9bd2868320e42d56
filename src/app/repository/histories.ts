/** Histories of one repository, asked for once by all keys that are judged in a cycle. */
import { OneAtATime } from '../../core/base/one-at-a-time.ts';
import { changeWord } from '../../core/policy/rollback/lines/change-line.ts';
import { type LineLog, readLines } from '../../core/policy/rollback/lines/commit-log.ts';
import type { FileHistory, GitPast } from '../../ports/git-past.ts';

export interface Log {
  readonly lines: LineLog;
  readonly isDeepest: boolean;
}

/** Of files that images share; each history holds the messages of all of its commits. */
const maxFiles = 2;
/** Branches whose commits are kept. */
const maxLogs = 8;

export class Histories {
  readonly #past: GitPast;
  readonly #turns = new OneAtATime();
  /** By head: the deepest that was read. */
  readonly #logs = new Map<string, Log>();
  /** By head and path. */
  readonly #files = new Map<string, FileHistory>();

  constructor(past: GitPast) {
    this.#past = past;
  }

  /** At least so many commits, or all that can be had. Throws `Failed`. */
  async log(head: string, minCommits: number, signal: AbortSignal): Promise<Log> {
    return await this.#turns.run(async () => {
      const known = this.#logs.get(head);
      if (known !== undefined && (known.isDeepest || known.lines.log.length >= minCommits)) return known;
      const wanted = { head, minCommits, containing: changeWord };
      const { commits, isDeepest } = await this.#past.commitLog(wanted, signal);
      const log = { lines: readLines(commits), isDeepest };
      keep(this.#logs, head, log, maxLogs);
      return log;
    });
  }

  /** The same of one file. */
  async file(head: string, minCommits: number, path: string, signal: AbortSignal): Promise<FileHistory> {
    return await this.#turns.run(async () => {
      const key = `${head} ${path}`;
      const known = this.#files.get(key);
      if (known !== undefined && (known.isDeepest || known.commits.length >= minCommits)) return known;
      const file = await this.#past.fileHistory({ head, minCommits, path }, signal);
      keep(this.#files, key, file, maxFiles);
      return file;
    });
  }
}

/** The one that was read first goes first. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
