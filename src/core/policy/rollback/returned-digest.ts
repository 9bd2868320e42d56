/** Digests have no order: whoever puts back one that stood there before goes back (spec/policies.md 2.5). */
import type { WrittenVersion } from './lines/commit-log.ts';
import { type ImageVersion, sameVersion } from './lines/image-version.ts';
import type { KeyPast, PastCommit } from './past-values.ts';

/** What our lines wrote since they wrote what is there now; all of it, if they never did. Newest first. */
export function writtenSince(
  written: readonly WrittenVersion[],
  held: ImageVersion,
): readonly WrittenVersion[] {
  const at = written.findIndex(({ to }) => to.digest !== undefined && to.digest === held.digest);
  return at === -1 ? written : written.slice(0, at);
}

export interface Return {
  /** What stood there in between, the last one first. */
  readonly passed: readonly ImageVersion[];
  readonly by: PastCommit;
}

/** Along first parents, down to our last commits: somebody else put back what stood there before. */
export function returnIn(
  past: KeyPast,
  settled: ReadonlySet<string>,
  isOurs: (commit: PastCommit, from: ImageVersion | undefined, to: ImageVersion) => boolean,
): Return | undefined {
  const commits = new Map(past.map((commit) => [commit.id, commit]));
  const held = past[0]?.version;
  if (held === undefined) return undefined;
  const passed: ImageVersion[] = [];
  let by: PastCommit | undefined;
  let last: ImageVersion | undefined = held;
  for (let at = past[0]; at !== undefined && !settled.has(at.id); ) {
    const before: PastCommit | undefined = commits.get(at.parents[0] ?? '');
    if (before !== undefined && !sameVersion(before.version, last)) {
      if (by === undefined && isOurs(at, before.version, held)) return undefined;
      by ??= at;
      if (sameVersion(before.version, held)) return passed.length === 0 ? undefined : { passed, by };
      if (before.version !== undefined) passed.push(before.version);
      last = before.version;
    }
    at = before;
  }
  return undefined;
}
