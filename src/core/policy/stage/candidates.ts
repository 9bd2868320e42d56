/** Candidates that are newer than what is there: what a policy may fall back to (spec/policies.md 1.1). */
import { inPieces } from '../../base/pieces.ts';
import type { TrackedImage } from '../../config/tracked-image.ts';
import type { Candidate } from '../../strategy/selection.ts';
import { follower } from '../../strategy/tag-order.ts';
import { ordering } from '../order.ts';

/** More than anybody falls back to, and few enough to be kept for each image. */
const maxCandidates = 50;

/**
 * Tags strictly newer than the given one, best first, at most 50; none where nothing orders the two. `candidates` have
 * passed the filters; the constraint is asked here. Of a million tags only those 50 are kept.
 */
export function* newerThan(
  tag: string,
  { strategy }: Pick<TrackedImage, 'strategy'>,
  candidates: readonly Candidate[],
): Generator<undefined, readonly Candidate[]> {
  const floor = candidates.find((candidate) => candidate.tag === tag) ?? { tag };
  const order = ordering(strategy);
  const mayFollow = follower(strategy);
  const best: Candidate[] = [];
  const isBetter = (a: Candidate, b: Candidate): boolean => {
    const verdict = order(a, b);
    return verdict === 'newer' || (verdict !== 'older' && a.tag > b.tag);
  };
  yield* inPieces(candidates, (candidate) => {
    if (order(candidate, floor) === 'newer' && mayFollow(candidate.tag)) insert(best, candidate, isBetter);
  });
  return best;
}

/** Keeps the list sorted, best first, and short. */
function insert(
  best: Candidate[],
  candidate: Candidate,
  isBetter: (a: Candidate, b: Candidate) => boolean,
): void {
  let at = best.length;
  while (at > 0 && isBetter(candidate, best[at - 1] as Candidate)) at -= 1;
  if (at === maxCandidates) return;
  best.splice(at, 0, candidate);
  if (best.length > maxCandidates) best.pop();
}
