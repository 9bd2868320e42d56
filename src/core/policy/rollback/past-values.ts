/** What stood at a key, commit by commit, and where it was lowered (spec/policies.md 2.4). */
import { order, type OrderedVersion } from '../order.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import { ancestorsOf, type LoggedCommit } from './lines/commit-log.ts';
import { type ImageVersion, sameVersion } from './lines/image-version.ts';

export interface PastCommit extends LoggedCommit {
  /** `Name <email>`. */
  readonly author: string;
  /** That is the identity which our commits have. */
  readonly isByUs: boolean;
  /** After this commit; absent: no file, no key, or nothing there that can be read. */
  readonly version?: ImageVersion | undefined;
  /** Where the file appears: paths of files that the commit takes away. */
  readonly deleted?: readonly string[];
}

/** No commit stands before one of its children; the first is the head. */
export type KeyPast = readonly PastCommit[];

/** Somebody else put an older version in the place of this one. */
export interface Lowering {
  readonly newer: OrderedVersion;
  readonly by: PastCommit;
}

export interface WalkRules {
  readonly strategy: Strategy;
  /** What counts as being there at the head. */
  readonly held: ImageVersion;
  /** What the rules of the image would take. */
  readonly admits: (version: ImageVersion) => boolean;
  /** With the date that newest-build orders by, where it is known. */
  readonly dated: (version: ImageVersion) => OrderedVersion;
  /** A commit that put `to` in the place of `from` is proved ours. */
  readonly isOurs: (commit: PastCommit, from: ImageVersion | undefined, to: ImageVersion) => boolean;
  /** The same for a commit of another branch, which may have been about another Application. */
  readonly isOursElsewhere: (commit: PastCommit, from: ImageVersion | undefined, to: ImageVersion) => boolean;
  /** Commits that are known to be ours: neither they nor what lies behind them is looked at. */
  readonly settled: ReadonlySet<string>;
}

export interface Walk {
  /** The last one, where there is any. */
  readonly lowering?: Lowering;
  /** Commits in which the file or the key appears. */
  readonly appearances: readonly PastCommit[];
  /** The walk ended where the history is cut, before it had found anything. */
  readonly isCut: boolean;
}

/** Walks from the head along the values, until commits that are proved ours, or the root. */
export function walkPast(past: KeyPast, rules: WalkRules): Walk {
  return new Walker(past, rules).walk();
}

class Walker {
  readonly #past: KeyPast;
  readonly #rules: WalkRules;
  readonly #commits: ReadonlyMap<string, PastCommit>;
  readonly #ours: Set<string>;
  readonly #lowerings: Lowering[] = [];
  readonly #appearances: PastCommit[] = [];
  readonly #cut: PastCommit[] = [];

  constructor(past: KeyPast, rules: WalkRules) {
    this.#past = past;
    this.#rules = rules;
    this.#commits = new Map(past.map((commit) => [commit.id, commit]));
    this.#ours = new Set(rules.settled);
  }

  walk(): Walk {
    const [head] = this.#past;
    const waiting = head === undefined ? [] : [head];
    const seen = new Set<string>();
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      if (seen.has(commit.id) || this.#ours.has(commit.id)) continue;
      seen.add(commit.id);
      if (commit.isCut && commit.version !== undefined) this.#cut.push(commit);
      waiting.push(...this.#step(commit));
    }
    return this.#result();
  }

  /** Where to go on. */
  #step(commit: PastCommit): readonly PastCommit[] {
    const [first, ...others] = commit.parents.flatMap((id) => this.#commits.get(id) ?? []);
    if (first === undefined) return [];
    for (const other of others) this.#lookAside(commit, other);
    if (sameVersion(first.version, commit.version)) return [first];
    const side = others.find((other) => sameVersion(other.version, commit.version));
    const isOurs =
      side === undefined
        ? this.#isOurs(commit, first)
        : this.#isSetByUs(side, (...change) => this.#rules.isOurs(...change));
    if (isOurs) {
      this.#ours.add(commit.id);
      return [];
    }
    this.#compare(commit, first.version);
    if (first.version === undefined) this.#appearances.push(commit);
    return side === undefined ? [first] : [first, side];
  }

  #isOurs(commit: PastCommit, parent: PastCommit): boolean {
    return commit.version !== undefined && this.#rules.isOurs(commit, parent.version, commit.version);
  }

  /** The value that a merge did not take counts only if we wrote it, and for this Application. */
  #lookAside(merge: PastCommit, other: PastCommit): void {
    if (other.version === undefined || sameVersion(other.version, merge.version)) return;
    if (!this.#isNewer(other.version)) return;
    if (this.#isSetByUs(other, (...change) => this.#rules.isOursElsewhere(...change)))
      this.#lowerings.push({ newer: this.#rules.dated(other.version), by: merge });
  }

  /** Whether the commit that put the value of `from` there is proved ours. */
  #isSetByUs(from: PastCommit, isOurs: WalkRules['isOurs']): boolean {
    let commit: PastCommit | undefined = from;
    const seen = new Set<string>();
    while (commit !== undefined && !seen.has(commit.id)) {
      seen.add(commit.id);
      if (this.#rules.settled.has(commit.id)) return true;
      const parents: readonly PastCommit[] = commit.parents.flatMap((id) => this.#commits.get(id) ?? []);
      const same = parents.find(({ version }) => sameVersion(version, from.version));
      if (same === undefined) {
        const [first] = parents;
        return (
          first !== undefined && from.version !== undefined && isOurs(commit, first.version, from.version)
        );
      }
      commit = same;
    }
    return false;
  }

  #compare(commit: PastCommit, before: ImageVersion | undefined): void {
    if (before !== undefined && this.#isNewer(before))
      this.#lowerings.push({ newer: this.#rules.dated(before), by: commit });
  }

  /** Than what is there now. */
  #isNewer(version: ImageVersion): boolean {
    const { strategy, held, dated, admits } = this.#rules;
    return admits(version) && order(strategy, dated(version), dated(held)) === 'newer';
  }

  #result(): Walk {
    const before = ancestorsOf(this.#past, this.#ours);
    const counts = ({ id }: PastCommit): boolean => !before.has(id) && !this.#ours.has(id);
    const lowerings = this.#lowerings.filter(({ by }) => counts(by));
    const position = new Map(this.#past.map(({ id }, index) => [id, index]));
    const [last] = lowerings.toSorted((a, b) => (position.get(a.by.id) ?? 0) - (position.get(b.by.id) ?? 0));
    return {
      ...(last === undefined ? {} : { lowering: this.#top(last) }),
      appearances: this.#appearances.filter(counts),
      isCut: last === undefined && this.#cut.some(counts),
    };
  }

  /** Whoever goes down in two steps takes back what stood before the first one. */
  #top({ newer, by }: Lowering): Lowering {
    const { strategy, dated, admits } = this.#rules;
    let top = newer;
    let at = this.#commits.get(by.parents[0] ?? '');
    if (!sameVersion(at?.version, newer)) return { newer, by }; // it came from another branch
    while (at !== undefined && !this.#ours.has(at.id)) {
      const before: PastCommit | undefined = this.#commits.get(at.parents[0] ?? '');
      if (before === undefined) break;
      if (!sameVersion(before.version, at.version)) {
        if (before.version === undefined || this.#isOurs(at, before) || !admits(before.version)) break;
        if (order(strategy, dated(before.version), top) !== 'newer') break;
        top = dated(before.version);
      }
      at = before;
    }
    return { newer: top, by };
  }
}
