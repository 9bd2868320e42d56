/** Which known tags are asked again in a cycle, because they may have moved. */
import { compareInstants, type Instant } from '../../core/version/instant.ts';
import type { Digest } from '../../core/image/image.ts';
import type { KnownTag, KnownTags } from '../image/facts.ts';

/** The winner, and the one before it, which is running more often than not until the winner is deployed. */
const newestChecked = 2;
const maxMutableChecked = 100;
/** Steady ones in one cycle: those whose time is all but over, and those whose time is over. */
const earlyChecked = 1;
const lateChecked = 8;
/** After so many checks in a row without a move a tag is asked half as often. */
const checksPerStep = 10;

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
 * The tags that one HEAD each is spent on: the two newest by date; up to a hundred of those that are known to move, or
 * not known to stay; and a few of the steady ones when their time has come, spread over the second half of it. Of each
 * kind those come first that were not asked for the longest. All others keep the digest that they had. `ttlMs`: the
 * longest that any tag goes unasked; 0: all are asked. `dateOf` undefined: the tag has no usable image.
 */
export function tagsToCheck(
  known: KnownTags,
  dateOf: (tag: KnownTag) => Instant | undefined,
  nowMs: number,
  ttlMs: number,
): ReadonlySet<string> {
  if (ttlMs === 0) return new Set(known.keys());
  const [mutable, early, late]: [string[], string[], string[]] = [[], [], []];
  for (const [tag, entry] of [...known].toSorted(([, a], [, b]) => a.checkedAtMs - b.checkedAtMs)) {
    const everyMs = restOf(tag, entry, ttlMs);
    const sinceMs = nowMs - entry.checkedAtMs;
    if (everyMs === 0) mutable.push(tag);
    else if (sinceMs >= everyMs || sinceMs < 0) late.push(tag);
    else if (sinceMs >= everyMs * (0.5 + 0.5 * spread(tag))) early.push(tag);
  }
  return new Set([
    ...newest(known, dateOf),
    ...mutable.slice(0, maxMutableChecked),
    ...(late.length === 0 ? early.slice(0, earlyChecked) : late.slice(0, lateChecked)),
  ]);
}

/** What is known of a tag that was asked for: one that stays where it is is asked more and more rarely. */
export function checkedTag(
  tag: string,
  before: KnownTag | undefined,
  digest: Digest,
  nowMs: number,
  ttlMs: number,
): KnownTag {
  if (before === undefined) return { digest, checkedAtMs: nowMs };
  if (before.digest !== digest) return { digest, checkedAtMs: nowMs, everyMs: 0, steady: 0 };
  const steady = (before.steady ?? 0) + 1;
  const everyMs = restOf(tag, before, ttlMs);
  const gapMs = Math.max(everyMs, nowMs - before.checkedAtMs, 0);
  const slower = steady % checksPerStep === 0 ? Math.min(gapMs * 2, ttlMs) : everyMs;
  return { digest, checkedAtMs: nowMs, everyMs: slower, steady };
}

/** How long a tag goes unasked; 0: it is asked in every cycle. */
function restOf(tag: string, { everyMs, isMissing }: KnownTag, ttlMs: number): number {
  if (isMissing === true) return 0;
  return Math.min(everyMs ?? (looksImmutable(tag) ? ttlMs : 0), ttlMs);
}

/** 0 <= x < 1, the same for the same tag, so that tags got at once do not fall due at once. */
function spread(tag: string): number {
  let hash = 2_166_136_261;
  for (const character of tag) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
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
