/** Reads the output of `ls-remote` piece by piece, and keeps branches and tags of it. */
import type { GitHeads } from '../ports/git.ts';

/** Branches and tags that are kept. */
export const maxHeads = 200_000;

/** Refs that are read at all: pull requests, notes and whatever a server has besides. */
export const maxRefs = 2_000_000;

const maxLineBytes = 16 * 1024;

/** `ref: refs/heads/main<TAB>HEAD`, then `<id><TAB><ref>` lines. Peeled tags do not count. */
export class HeadsReader {
  readonly #branches = new Map<string, string>();
  readonly #tags = new Set<string>();
  #defaultBranch: string | undefined;
  #otherRefs = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** Why no more is read. */
  problem: 'heads' | 'refs' | 'object-format' | undefined;

  /** False once there is a problem. */
  readonly take = (chunk: Buffer): boolean => {
    if (this.problem !== undefined) return false;
    const all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = all.subarray(end);
    if (this.#rest.length > maxLineBytes) this.problem = 'refs';
    for (const line of all.toString('utf8', 0, end).split('\n')) this.#takeLine(line);
    return this.problem === undefined;
  };

  end(): { readonly heads: GitHeads; readonly otherRefs: number } {
    this.#takeLine(this.#rest.toString());
    const found = { branches: this.#branches, tags: this.#tags };
    const heads =
      this.#defaultBranch === undefined ? found : { defaultBranch: this.#defaultBranch, ...found };
    return { heads, otherRefs: this.#otherRefs };
  }

  #takeLine(line: string): void {
    const tab = line.indexOf('\t');
    const [left, ref] = [line.slice(0, Math.max(0, tab)), line.slice(tab + 1)];
    if (ref.startsWith('refs/heads/')) this.#takeBranch(ref.slice('refs/heads/'.length), left);
    else if (ref.startsWith('refs/tags/')) {
      if (!ref.endsWith('^{}')) this.#tags.add(ref.slice('refs/tags/'.length));
    } else if (ref.startsWith('refs/')) this.#otherRefs += 1;
    else if (ref === 'HEAD' && left.startsWith('ref: refs/heads/'))
      this.#defaultBranch = left.slice('ref: refs/heads/'.length);
    if (this.#branches.size + this.#tags.size > maxHeads) this.problem ??= 'heads';
    if (this.#otherRefs > maxRefs) this.problem ??= 'refs';
  }

  #takeBranch(name: string, commit: string): void {
    if (!/^[0-9a-f]{40}$/.test(commit)) this.problem ??= 'object-format';
    this.#branches.set(name, commit);
  }
}
