/** The tags that pass a filter, each with the build date of its image. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import { buildDates, type DatedImage } from '../../core/version/build-date.ts';
import { isLong, type TagList } from '../../core/version/tag-list.ts';
import { admittedTags } from './admitted-tags.ts';
import { dateAdmitted } from './date-admitted.ts';
import { lostTags } from './known-tags.ts';
import type { DatedQuery, DatedTags, DatedTagsSource } from './source.ts';

/**
 * Dates every tag of `listed` that the filter admits. What is certain about a tag without a date (no image, no wanted
 * platform) drops it; what could not be found out throws `Failed`: nothing is ever chosen from a part of the tags.
 * Source: decisions.md 2, images.md 8.
 */
export async function dateTags(
  source: DatedTagsSource,
  query: DatedQuery,
  listed: TagList,
  signal: AbortSignal,
): Promise<DatedTags> {
  const {
    admitted,
    dropped: unfit,
    rule,
  } = await admittedTags(source, query, listed, signal).finally(() => listed.release?.());
  const dropped = [...unfit];
  const { tagSort } = source.access.owner.endpoint;
  const answer = { kind: 'dated-tags', listed: listed.length, dropped } as const;
  if (tagSort !== 'unsorted') return { ...answer, tags: byPosition(admitted, tagSort), isPositional: true };
  const present = isLong(listed) ? { has: (tag: string) => listed.includes(tag) } : new Set(listed);
  const images: DatedImage[] = [];
  for (const { tag, dating, digest } of await dateAdmitted(source, query, admitted, present, signal)) {
    if (dating.kind === 'dropped') dropped.push({ tag, reason: dating.reason });
    else images.push({ tag, digest, ...dating });
  }
  const dates = buildDates(images, query.buildDate, source.clock.now() / 1000);
  const lost = lostTags(source, query, present, dates.tags).filter((tag) => rule(tag) === undefined);
  dropped.push(...dates.dropped);
  return {
    ...answer,
    tags: dates.tags,
    ...optionalProperty('doubt', dates.doubt),
    ...(lost.length === 0 ? {} : { lost }),
  };
}

/** Dates made from the order of the list, for registries whose list is sorted by time. */
function byPosition(tags: readonly string[], order: Exclude<RegistryEndpoint['tagSort'], 'unsorted'>) {
  return tags.map((tag, index) => ({
    tag,
    created: { seconds: order === 'latest-first' ? tags.length - index : index, nanos: 0 },
  }));
}
