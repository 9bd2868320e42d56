/** Commits that we know of and the branch has no more: its history was rewritten (spec/policies.md 2.4). */
import { order } from '../order.ts';
import type { CommitLog } from './lines/commit-log.ts';
import { parseVersionText } from './lines/image-version.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import type { TakenBack } from './taken-back.ts';

export type RewriteJudgement =
  | { readonly kind: 'free' }
  /** The history is cut before the time of the commit. */
  | { readonly kind: 'deeper' }
  | { readonly kind: 'taken-back'; readonly taken: TakenBack };

/** To be asked where nothing else says that a version was taken back. */
export function judgeRewrite(facts: KeyFacts, log: CommitLog): RewriteJudgement {
  const { wrote, deployed = [] } = facts;
  const known = new Set(log.map(({ id }) => id));
  const ours = wrote === undefined || known.has(wrote.commit) ? undefined : wrote;
  if (ours !== undefined) {
    if (!reaches(log, ours.unix * 1000)) return { kind: 'deeper' };
    const taken = takenWith(facts, ours);
    if (taken !== undefined) return { kind: 'taken-back', taken };
  }
  if (wrote !== undefined) return { kind: 'free' }; // it tells more than what was deployed
  const gone = deployed.find(({ revision, atMs }) => !known.has(revision) && reaches(log, atMs));
  if (gone === undefined) return { kind: 'free' };
  const why = `commit ${gone.revision.slice(0, 7)}, which was deployed, is no longer in ${facts.place.branch}`;
  const by = { commit: gone.revision };
  return {
    kind: 'taken-back',
    taken: { code: 'rollback-unsure', held: facts.held, versions: [], by, sinceMs: gone.atMs, why },
  };
}

/** Whether a commit of that time would be seen, if it were there. */
function reaches(log: CommitLog, timeMs: number): boolean {
  return log.every(({ isCut, committedAtMs }) => !isCut || committedAtMs < timeMs);
}

function takenWith(facts: KeyFacts, wrote: NonNullable<KeyFacts['wrote']>): TakenBack | undefined {
  const { held, strategy, place, admits } = facts;
  const read = parseVersionText(wrote.version);
  if (read === undefined || !admits(read)) return undefined;
  const version = dated(facts, read, wrote.unix * 1000);
  const position = order(strategy, dated(facts, held), version);
  if (position === 'newer' || position === 'equal') return undefined;
  const why = `commit ${wrote.commit.slice(0, 7)} of ours is no longer in ${place.branch}`;
  const by = { commit: wrote.commit };
  return { code: 'rollback', held, versions: [version], by, sinceMs: wrote.unix * 1000, why };
}
