/** What we wrote last at each key, as the memory of policies keeps it: the lines `wrote` (spec/policies.md 1.7). */
import { createHash } from 'node:crypto';
import { isPrintable, type LineOf } from '../../memory/line.ts';
import { linesOf, type Memory } from '../../memory/memory.ts';
import { isOnBehalf, type KeyPlace, parseChanges } from './change-line.ts';
import { formatVersion, type ImageVersion } from './image-version.ts';

/** A `wrote` line of the memory. */
export interface Wrote {
  /** As in lines of commits. */
  readonly version: string;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly unix: number;
}

const keyDigits = 16;

/** `repository`: its identity, the same however it is spelled. */
function memoryKey(repository: string, { branch, path, key }: KeyPlace): string {
  const text = [repository, branch, path, key].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, keyDigits);
}

/**
 * What to remember of a commit that has landed on a branch. The message of a commit without lines gives nothing, and so
 * does one on a write branch: its base need never have it.
 */
export function wroteLines(
  repository: string,
  commit: { readonly id: string; readonly branch: string; readonly message: string; readonly atMs: number },
): readonly LineOf<'wrote'>[] {
  if (isOnBehalf(commit.message)) return [];
  return parseChanges(commit.message).flatMap(({ place, to }) =>
    to === undefined || place.branch !== commit.branch ? [] : wroteLine(repository, place, to, commit),
  );
}

/** `id` of a commit, or `-` for a patch of a live object. None where it cannot be kept. */
export function wroteLine(
  repository: string,
  place: KeyPlace,
  version: ImageVersion,
  { id: commit, atMs }: { readonly id: string; readonly atMs: number },
): readonly LineOf<'wrote'>[] {
  const key = memoryKey(repository, place);
  const line = { word: 'wrote', key, version: formatVersion(version), commit, atMs } as const;
  return isPrintable(line) ? [line] : [];
}

export function wroteAt(memory: Memory, repository: string, place: KeyPlace): Wrote | undefined {
  const [line] = linesOf(memory, 'wrote', [memoryKey(repository, place)]);
  if (line === undefined) return undefined;
  return { version: line.version, commit: line.commit, unix: Math.floor(line.atMs / 1000) };
}
