/** Dates the admitted tags side by side: by what is known of them, or by asking. */
import type { Digest } from '../../core/image/image.ts';
import type { Failed } from '../../core/base/outcome.ts';
import { mapConcurrently } from '../../net/concurrent.ts';
import type { KnownTag, KnownTags } from '../image/facts.ts';
import { dateTag, knowsSome } from './date-tag.ts';
import { type Dating, dateImage, knownDate } from './image-date.ts';
import { rememberTags } from './known-tags.ts';
import { isShortage, withOutlook } from './outlook.ts';
import { tagsToCheck } from './revalidation.ts';
import type { DatedQuery, DatedTagsSource } from './source.ts';

/** Tags looked at side by side; the gate of the host bounds the requests. */
const width = 20;

interface DatedRow {
  readonly tag: string;
  readonly digest: Digest;
  readonly dating: Dating;
}

export async function dateAdmitted(
  source: DatedTagsSource,
  { platforms }: DatedQuery,
  tags: readonly string[],
  listed: Pick<ReadonlySet<string>, 'has'>,
  signal: AbortSignal,
): Promise<readonly DatedRow[]> {
  const { access, clock, facts, reader } = source;
  const known = facts.tags(access.factsKey);
  const wanted = new Map(tags.flatMap((tag) => entryOf(known, tag)));
  const dateOf = ({ digest }: KnownTag) => knownDate(facts, digest, platforms);
  const checked = tagsToCheck(wanted, dateOf, clock.now(), source.tagTtlMs);
  const isHeadFirst = known.size === 0 && (await knowsSome(source, tags, signal));
  const found = new Map(known);
  let shortage: Failed | undefined;
  try {
    const dated = await mapConcurrently(tags, width, signal, async (tag, each) => {
      const before = wanted.get(tag);
      const fact = before === undefined || checked.has(tag) ? undefined : facts.get(before.digest);
      try {
        const dating =
          fact === undefined
            ? await dateTag(source, { tag, before, isHeadFirst }, platforms, found, each)
            : await dateImage(reader, fact, platforms, each);
        return [{ tag, dating, digest: found.get(tag)?.digest ?? '' }];
      } catch (error) {
        if (!isShortage(error)) throw error;
        shortage ??= error; // what is under way was counted already: it goes on
        return [];
      }
    });
    if (shortage !== undefined) throw shortage;
    return dated.flat();
  } catch (error) {
    throw withOutlook(error, source, platforms, tags, found);
  } finally {
    // What was found out stays known, even where another tag failed.
    rememberTags(source, platforms, known, found, listed);
  }
}

function entryOf(known: KnownTags, tag: string): readonly (readonly [string, KnownTag])[] {
  const entry = known.get(tag);
  return entry === undefined ? [] : [[tag, entry]];
}
