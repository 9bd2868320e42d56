/** Chooses the newest of the tags that passed the filters. */
import { concluded } from '../base/pieces.ts';
import { type Outcome, succeed } from '../base/outcome.ts';
import { selectNewestBuild } from './select-build.ts';
import {
  type Candidate,
  chooseLast,
  compareTags,
  type Running,
  type Selection,
  tagsOf,
} from './selection.ts';
import { selectNumber, selectText } from './select-spelling.ts';
import { selectVersion } from './select-version.ts';
import type { Strategy } from './strategy.ts';

/**
 * Chooses the newest of the candidates, be it older than what runs: only equality is ever tested (images.md 5.1).
 * Fails (config) where strategy semver or numeric finds candidates, but the running tag is none.
 */
export function selectTag(
  strategy: Strategy,
  candidates: readonly Candidate[],
  current: Running | undefined,
): Outcome<Selection> {
  return concluded(selecting(strategy, candidates, current));
}

/** The same in pieces: a repository may have a million tags. */
export function* selecting(
  strategy: Strategy,
  candidates: readonly Candidate[],
  current: Running | undefined,
): Generator<undefined, Outcome<Selection>> {
  switch (strategy.kind) {
    case 'semver':
      return yield* selectVersion(strategy, candidates, current);
    case 'numeric':
      return yield* selectNumber(strategy, candidates, current);
    case 'newest-build':
      return succeed(yield* selectNewestBuild(candidates, current?.tag));
    case 'alphabetical':
      return yield* selectText(strategy.reading, candidates, current?.tag);
    case 'digest': {
      const followed = candidates.filter((candidate) => candidate.tag === strategy.tag);
      const others = candidates.filter((candidate) => candidate.tag !== strategy.tag);
      return succeed(chooseLast(followed, compareTags, tagsOf(others)));
    }
  }
}
