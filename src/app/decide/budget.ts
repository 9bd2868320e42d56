/** What the images of one Application may still cost in this cycle: comparisons of tags with patterns. */
import type { TrackedImage } from '../../core/config/annotations.ts';
import type { Answer } from '../../core/decide/needs.ts';
import { readingOf } from '../../core/strategy/strategy.ts';
import { comparisons, maxComparisons } from '../../core/version/filter.ts';
import { captureCost } from '../../core/version/version-group.ts';

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
  const capturing = readingOf(strategy)?.group === undefined ? 0 : captureCost;
  budget.left -= comparisons(tags, filter) + tags * capturing;
  if (budget.left >= 0) return undefined;
  const patterns = filter.ignore.length + (filter.allow === undefined ? 0 : 1);
  return `${tags} tags with ${patterns} patterns are more than one Application may ask for in a cycle (${maxComparisons} comparisons): use fewer patterns in ignore-tags, or track fewer images of this repository in one Application`;
}
