/** What the images of one Application may still cost in this cycle: comparisons of tags with patterns. */
import type { TrackedImage } from '../../core/config/annotations.ts';
import type { Answer } from '../../core/decide/needs.ts';
import { readingOf } from '../../core/strategy/strategy.ts';
import { comparisons, maxComparisons } from '../../core/version/filter.ts';

export function aBudget(): Budget {
  return { left: maxComparisons };
}

export interface Budget {
  left: number;
}

/** Takes what an answer costs from the budget; a text: it is more than was left. */
export function spend(
  budget: Budget,
  { filter, strategy }: TrackedImage,
  answer: Answer,
): string | undefined {
  const tags = answer.kind === 'tags' ? answer.tags.length : answer.kind === 'dated-tags' ? answer.listed : 0;
  const capture = readingOf(strategy)?.group?.cost ?? 0;
  budget.left -= comparisons(tags, filter) + tags * capture;
  if (budget.left >= 0) return undefined;
  const patterns = filter.ignore.length + (filter.allow === undefined ? 0 : 1);
  const grouped = capture === 0 ? '' : ` and a version-group that counts as ${capture}`;
  return `${tags} tags with ${patterns} patterns${grouped} are more than one Application may ask for in a cycle (${maxComparisons} comparisons): use fewer or simpler patterns, or track fewer images of this repository in one Application`;
}
