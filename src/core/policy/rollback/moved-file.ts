/** A file, or a key in it, that was moved: the lines of its old place still tell what we wrote (spec/policies.md 2.4). */
import { order, type OrderedVersion } from '../order.ts';
import { applicationsIn, type KeyPlace } from './lines/change-line.ts';
import { lastWritten, type LineLog, newestOf, writtenAt } from './lines/commit-log.ts';
import { formatVersion } from './lines/image-version.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import type { PastCommit } from './past-values.ts';
import { blamed, type TakenBack } from './taken-back.ts';

/** Other keys of the same file are asked about up to here. */
const maxKeys = 50;

/** `deleted`: paths of files that the commit with the appearance takes away. `application`: `namespace/name`. */
export function judgeMove(
  facts: KeyFacts,
  lines: LineLog,
  appearance: PastCommit,
  deleted: readonly string[],
  application: string,
): TakenBack | undefined {
  const { place } = facts;
  const files = deleted.map((path) => ({
    from: { ...place, path },
    words: [path, `was moved to ${place.path}`],
  }));
  const keys = formerKeys(facts, lines).map((from) => ({ from, words: [from.key, `is ${place.key} now`] }));
  for (const { from, words } of [...files, ...keys]) {
    const to = writtenBefore(from, facts, lines, application);
    if (to === undefined) continue;
    const why = words.join(`, in which we had written ${formatVersion(to)}, `);
    const { committedAtMs: sinceMs } = appearance;
    const { held } = facts;
    return { code: 'rollback-unsure', held, versions: [to], by: blamed(appearance), sinceMs, why };
  }
  return undefined;
}

/** Keys of the file at which we have written, and at which no image is written now. */
function formerKeys({ place, keysNow }: KeyFacts, { places }: LineLog): readonly KeyPlace[] {
  if (keysNow === undefined) return [];
  return places
    .filter(({ branch, path, key }) => branch === place.branch && path === place.path && key !== place.key)
    .filter(({ key }) => !keysNow.has(key))
    .slice(0, maxKeys);
}

/** What we wrote there last for the Application, if it is newer than what is there now. */
function writtenBefore(
  from: KeyPlace,
  facts: KeyFacts,
  lines: LineLog,
  application: string,
): OrderedVersion | undefined {
  const { held, strategy, admits } = facts;
  const newest = newestOf(strategy, lastWritten(lines, writtenAt(lines, from)));
  if (newest === undefined || !applicationsIn(newest.commit.message).includes(application)) return undefined;
  const to = dated(facts, newest.to, newest.commit.committedAtMs);
  return admits(to) && order(strategy, to, dated(facts, held)) === 'newer' ? to : undefined;
}
