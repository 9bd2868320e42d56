/** Which known tags are asked again in a cycle, because they may have moved. */
import { compareInstants, type Instant } from '../../core/version/instant.ts';
import type { KnownTag, KnownTags } from './facts.ts';

/** A tag that moved matters most where it is among the newest. */
const newestChecked = 10;
const maxMutableChecked = 100;
/** Tags that look immutable are asked again after this time, a few in each cycle. */
const recheckAfterMs = 6 * 3_600_000;
const maxImmutableChecked = 10;

/**
 * True for a tag that by custom is written once: it holds three numbers (`v1.2.3-alpine`), six digits in a row (dates,
 * times, build numbers) or a commit hash.
 */
export function looksImmutable(tag: string): boolean {
  return (
    /\d+\.\d+\.\d+/.test(tag) ||
    /\d{6}/.test(tag) ||
    /(?:^|[-_.g])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?:$|[-_.])/.test(tag)
  );
}

/**
 * The tags that one HEAD each is spent on: the ten newest by date; up to a hundred that do not look immutable; and
 * up to ten others that nobody asked for within six hours. Of each kind those come first that were not asked for
 * the longest. All other tags keep the digest that they had. `dateOf` undefined: the tag has no usable image.
 */
export function tagsToCheck(
  known: KnownTags,
  dateOf: (tag: KnownTag) => Instant | undefined,
  nowMs: number,
): ReadonlySet<string> {
  const oldestCheckFirst = [...known].toSorted(([, a], [, b]) => a.checkedAtMs - b.checkedAtMs);
  const mutable: string[] = [];
  const overdue: string[] = [];
  for (const [tag, { checkedAtMs, isMissing }] of oldestCheckFirst) {
    if (isMissing === true || !looksImmutable(tag)) mutable.push(tag);
    else if (nowMs - checkedAtMs >= recheckAfterMs) overdue.push(tag);
  }
  return new Set([
    ...newest(known, dateOf),
    ...mutable.slice(0, maxMutableChecked),
    ...overdue.slice(0, maxImmutableChecked),
  ]);
}

function newest(known: KnownTags, dateOf: (tag: KnownTag) => Instant | undefined): readonly string[] {
  const dated: { readonly tag: string; readonly created: Instant }[] = [];
  for (const [tag, entry] of known) {
    const created = dateOf(entry);
    if (created !== undefined) dated.push({ tag, created });
  }
  dated.sort((a, b) => compareInstants(b.created, a.created));
  return dated.slice(0, newestChecked).map(({ tag }) => tag);
}
