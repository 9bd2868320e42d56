/** Versions that a person let go on again: the rollback that was blamed then, not the next one (spec/policies.md 2.3). */
import type { Resumed } from '../settings.ts';
import { ancestorsOf, type CommitLog } from './lines/commit-log.ts';
import { formatVersion } from './lines/image-version.ts';
import { resumableVersion, type TakenBack } from './taken-back.ts';

const minDigits = 7; // of a commit, as people copy it

/**
 * `settled`: our last commits at the key. Where nobody could be blamed, a named commit counts unless it lies behind
 * them: we have written since.
 */
export function isResumed(
  taken: TakenBack,
  resumed: readonly Resumed[],
  log: CommitLog,
  settled: ReadonlySet<string>,
): boolean {
  const versions = new Set([resumableVersion(taken), ...taken.versions.map(formatVersion)]);
  return resumed.some(({ version, commit, quarantine }) => {
    if (quarantine === true || !versions.has(version)) return false;
    if (commit === undefined) return true;
    if (taken.by?.commit !== undefined) return isSameCommit(taken.by.commit, commit);
    const behind = ancestorsOf(log, settled);
    return ![...settled, ...behind].some((id) => isSameCommit(id, commit));
  });
}

function isSameCommit(id: string, named: string): boolean {
  return named.length >= minDigits && id.startsWith(named);
}
