/** What is kept in mind of the tags of a repository, also of those that are listed no more. */
import { laterOf } from '../../core/version/build-date.ts';
import type { DatedTag } from '../../core/version/build-date.ts';
import { compareInstants, type Instant } from '../../core/version/instant.ts';
import type { KnownTags } from '../image/facts.ts';
import { knownDate } from './image-date.ts';
import type { DatedQuery, DatedTagsSource } from './source.ts';

/** Tags kept in mind although they are listed no more: one of them may run. */
const maxLost = 50;

/** Tags that are listed no more and were newer than all that are: whoever runs one would go back. */
export function lostTags(
  { access, facts }: DatedTagsSource,
  { platforms }: DatedQuery,
  listed: Pick<ReadonlySet<string>, 'has'>,
  tags: readonly DatedTag[],
): readonly string[] {
  let newest: Instant | undefined;
  for (const { created } of tags) newest = laterOf(newest, created);
  return [...facts.tags(access.factsKey)]
    .filter(([tag, { digest }]) => {
      const date = listed.has(tag) ? undefined : knownDate(facts, digest, platforms);
      return date !== undefined && (newest === undefined || compareInstants(date, newest) > 0);
    })
    .map(([tag]) => tag);
}

/**
 * Another question about the same repository may have ended meanwhile, so only what this one changed is written.
 * Of the tags that are listed no more only the newest are kept in mind.
 */
export function rememberTags(
  { access, facts }: DatedTagsSource,
  platforms: readonly string[],
  before: KnownTags,
  found: KnownTags,
  listed: Pick<ReadonlySet<string>, 'has'>,
): void {
  const changed = [...found].filter(([tag, entry]) => before.get(tag) !== entry);
  if (changed.length === 0) return;
  const known = [...facts.tags(access.factsKey)];
  const kept = known.filter(([tag]) => listed.has(tag));
  const lost = known
    .filter(([tag]) => !listed.has(tag))
    .map((entry) => ({ entry, date: knownDate(facts, entry[1].digest, platforms) }))
    .toSorted((a, b) => (b.date?.seconds ?? 0) - (a.date?.seconds ?? 0))
    .slice(0, maxLost)
    .map(({ entry }) => entry);
  facts.setTags(access.factsKey, new Map([...lost, ...kept, ...changed]));
}
