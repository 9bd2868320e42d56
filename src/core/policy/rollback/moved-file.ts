/** A file that was moved: the lines of its old path still tell what we wrote (spec/policies.md 2.4). */
import { order } from '../order.ts';
import { applicationsIn } from './lines/change-line.ts';
import { lastWritten, type LineLog, newestOf, writtenAt } from './lines/commit-log.ts';
import { formatVersion } from './lines/image-version.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import type { PastCommit } from './past-values.ts';
import { blamed, type TakenBack } from './taken-back.ts';

/** `deleted`: paths of files that the commit with the appearance takes away. `application`: `namespace/name`. */
export function judgeMove(
  facts: KeyFacts,
  lines: LineLog,
  appearance: PastCommit,
  deleted: readonly string[],
  application: string,
): TakenBack | undefined {
  const { held, place, strategy, admits } = facts;
  for (const path of deleted) {
    const newest = newestOf(strategy, lastWritten(lines, writtenAt(lines, { ...place, path })));
    if (newest === undefined || !applicationsIn(newest.commit.message).includes(application)) continue;
    const to = dated(facts, newest.to, newest.commit.committedAtMs);
    if (!admits(to) || order(strategy, to, dated(facts, held)) !== 'newer') continue;
    const why = `${path}, in which we had written ${formatVersion(to)}, was moved to ${place.path}`;
    const { committedAtMs: sinceMs } = appearance;
    return { code: 'rollback-unsure', held, versions: [to], by: blamed(appearance), sinceMs, why };
  }
  return undefined;
}
