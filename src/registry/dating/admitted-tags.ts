/** Which of the listed tags are worth a date: those that the filter admits. */
import { Failed } from '../../core/base/outcome.ts';
import { inPieces, Pace } from '../../core/base/pieces.ts';
import type { DroppedTag } from '../../core/decide/needs.ts';
import { comparisons, maxComparisons } from '../../core/version/filter.ts';
import { type TagRule, tagRule } from '../../core/version/tag-rule.ts';
import type { TagList } from '../../core/version/tag-list.ts';
import { registryFailed } from '../requests/error.ts';
import type { DatedQuery, DatedTagsSource } from './source.ts';

export interface AdmittedTags {
  readonly admitted: readonly string[];
  readonly dropped: readonly DroppedTag[];
  readonly rule: TagRule;
}

export async function admittedTags(
  { access, clock }: DatedTagsSource,
  query: DatedQuery,
  listed: TagList,
  signal: AbortSignal,
): Promise<AdmittedTags> {
  if (comparisons(listed.length, query.filter) > maxComparisons) {
    const purpose = access.purpose({ action: 'filter tags of' });
    const detail = `${listed.length} tags with ${query.filter.ignore.length} patterns are more than ${maxComparisons} comparisons: use fewer patterns in ignore-tags`;
    throw registryFailed(purpose, 'too-large', detail);
  }
  return await new Pace(clock, signal).run(applyFilter(query, listed));
}

function* applyFilter({ filter }: DatedQuery, listed: TagList) {
  const rule = tagRule(filter);
  if (!rule.ok) throw new Failed(rule.failure);
  const admitted: string[] = [];
  const dropped: DroppedTag[] = [];
  yield* inPieces(listed, (tag) => {
    const reason = rule.value(tag);
    if (reason === undefined) admitted.push(tag);
    else dropped.push({ tag, reason });
  });
  return { admitted, dropped, rule: rule.value };
}
