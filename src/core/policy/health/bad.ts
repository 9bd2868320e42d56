/** Versions that made an Application unhealthy: the lines `bad`. */
import type { LineOf } from '../memory/line.ts';
import { linesOf, type Memory } from '../memory/memory.ts';
import { readVersion, type Version } from './version.ts';

/** The first that speaks against a version. Another image behind the same tag is another version. */
export function badLineOf(repository: string, version: Version, memory: Memory): LineOf<'bad'> | undefined {
  const lines = linesOf(memory, 'bad', [repository]).filter((line) =>
    isSame(readVersion(line.version), version),
  );
  return lines.toSorted((a, b) => a.atMs - b.atMs || (a.app < b.app ? -1 : 1))[0];
}

function isSame(bad: Version, version: Version): boolean {
  if (bad.tag === undefined || version.tag === undefined) return bad.digest === version.digest;
  const areKnown = bad.digest !== undefined && version.digest !== undefined;
  return bad.tag === version.tag && (!areKnown || bad.digest === version.digest);
}
