/** The tags that pass a filter, each with the build date of its image. */
import type { Clock } from '../../ports/clock.ts';
import { tagRule } from '../../core/version/tag-rule.ts';
import { buildDates, type DatedImage, laterOf } from '../../core/version/build-date.ts';
import type { DatedTag } from '../../core/version/doubt.ts';
import { comparisons, maxComparisons } from '../../core/version/filter.ts';
import type { Digest } from '../../core/image/image.ts';
import { compareInstants, type Instant } from '../../core/version/instant.ts';
import type { Answer, DroppedTag, RegistryQuery } from '../../core/needs.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { inPieces, Pace } from '../../core/base/pieces.ts';
import { describeWait } from '../../core/base/duration.ts';
import { Failed } from '../../core/base/outcome.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import type { RepositoryAccess } from '../access/access.ts';
import { mapConcurrently } from '../../net/concurrent.ts';
import { registryFailed } from '../access/error.ts';
import type { ImageFacts, KnownTag, KnownTags } from './facts.ts';
import { type Dating, dateImage, knownDate } from './image-date.ts';
import type { ImageReader, TaggedImage } from './image-reader.ts';
import { checkedTag, tagsToCheck } from './revalidation.ts';

type DatedTags = Extract<Answer, { kind: 'dated-tags' }>;
type DatedQuery = Extract<RegistryQuery, { kind: 'dated-tags' }>;

export interface DatedTagsSource {
  readonly clock: Clock;
  readonly facts: ImageFacts;
  readonly access: RepositoryAccess;
  readonly reader: ImageReader;
  /** The longest that a tag goes unasked; 0: all are asked in every cycle. */
  readonly tagTtlMs: number;
}

/** Tags looked at side by side; the gate of the host bounds the requests. */
const width = 20;

/**
 * Dates every tag of `listed` that the filter admits. What is certain about a tag without a date (no image, no wanted
 * platform) drops it; what could not be found out throws `Failed`: nothing is ever chosen from a part of the tags.
 * Source: decisions.md 2, images.md 8.
 */
export async function dateTags(
  source: DatedTagsSource,
  query: DatedQuery,
  listed: readonly string[],
  signal: AbortSignal,
): Promise<DatedTags> {
  if (comparisons(listed.length, query.filter) > maxComparisons) {
    const purpose = source.access.purpose({ action: 'filter tags of' });
    const detail = `${listed.length} tags with ${query.filter.ignore.length} patterns are more than ${maxComparisons} comparisons: use fewer patterns in ignore-tags`;
    throw registryFailed(purpose, 'too-large', detail);
  }
  const pace = new Pace(source.clock, signal);
  const { admitted, dropped, rule } = await pace.run(applyFilter(query, listed));
  const { tagSort } = source.access.owner.endpoint;
  const answer = { kind: 'dated-tags', listed: listed.length, dropped } as const;
  if (tagSort !== 'unsorted') return { ...answer, tags: byPosition(admitted, tagSort), isPositional: true };
  const present = new Set(listed);
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

function* applyFilter({ filter }: DatedQuery, listed: readonly string[]) {
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

/** Tags kept in mind although they are listed no more: one of them may run. */
const maxLost = 50;

/** Tags that are listed no more and were newer than all that are: whoever runs one would go back. */
function lostTags(
  { access, facts }: DatedTagsSource,
  { platforms }: DatedQuery,
  listed: ReadonlySet<string>,
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

/** Dates made from the order of the list, for registries whose list is sorted by time. */
function byPosition(tags: readonly string[], order: Exclude<RegistryEndpoint['tagSort'], 'unsorted'>) {
  return tags.map((tag, index) => ({
    tag,
    created: { seconds: order === 'latest-first' ? tags.length - index : index, nanos: 0 },
  }));
}

interface DatedRow {
  readonly tag: string;
  readonly digest: Digest;
  readonly dating: Dating;
}

async function dateAdmitted(
  source: DatedTagsSource,
  { platforms }: DatedQuery,
  tags: readonly string[],
  listed: ReadonlySet<string>,
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

function isShortage(error: unknown): error is Failed {
  return (
    error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'rate-limited'
  );
}

/** Requests that a tag costs at most times: its index, and the one image that is wanted. */
const requestsPerTag = 2;

/** Where a quota ran out: how far this came, and how long the rest will take. */
function withOutlook(
  error: unknown,
  { access, facts }: DatedTagsSource,
  platforms: readonly string[],
  tags: readonly string[],
  found: KnownTags,
): unknown {
  if (!isShortage(error) || error.failure.kind !== 'registry') return error;
  const grant = access.grant();
  if (grant === undefined) return error;
  let [dated, requests] = [0, 0];
  for (const tag of tags) {
    const digest = found.get(tag)?.digest;
    if (digest === undefined) requests += requestsPerTag;
    else if (knownDate(facts, digest, platforms) === undefined) requests += requestsPerTag - 1;
    else dated += 1;
  }
  const windows = requests / grant.limit;
  const outlook = `${dated} of ${tags.length} tags are dated; at this quota the others take about ${describeWait(windows * grant.windowMs)}`;
  const remedy = error.failure.message.includes(grant.remedy) ? '' : grant.remedy;
  return new Failed({ ...error.failure, message: `${error.failure.message}${remedy}; ${outlook}` });
}

/**
 * Another question about the same repository may have ended meanwhile, so only what this one changed is written.
 * Of the tags that are listed no more only the newest are kept in mind.
 */
function rememberTags(
  { access, facts }: DatedTagsSource,
  platforms: readonly string[],
  before: KnownTags,
  found: KnownTags,
  listed: ReadonlySet<string>,
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

function entryOf(known: KnownTags, tag: string): readonly (readonly [string, KnownTag])[] {
  const entry = known.get(tag);
  return entry === undefined ? [] : [[tag, entry]];
}

/** Tags that tell whether digests are known though it is not known which tag has which. */
const samples = 3;

/** True where HEAD is worth its while: manifests outlived the knowledge of tags, after a crash, say. */
async function knowsSome(
  { facts, reader }: DatedTagsSource,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (facts.isEmpty) return false;
  const digests = await mapConcurrently(tags.slice(0, samples), samples, signal, (tag, each) =>
    reader.digest(tag, each),
  );
  return digests.some((digest) => digest !== null && facts.get(digest) !== undefined);
}

interface AskedTag {
  readonly tag: string;
  readonly before: KnownTag | undefined;
  /** Its digest is likely to be known. */
  readonly isHeadFirst: boolean;
}

/** Dates a tag whose digest has to be asked for, and notes the digest in `found`. */
async function dateTag(
  source: DatedTagsSource,
  { tag, before, isHeadFirst }: AskedTag,
  platforms: readonly string[],
  found: Map<string, KnownTag>,
  signal: AbortSignal,
): Promise<Dating> {
  const { reader, clock, tagTtlMs } = source;
  const isByHead = before !== undefined || isHeadFirst;
  const image = isByHead ? await checkTag(reader, tag, signal) : await reader.image(tag, signal);
  if (image === null) return dateVanished(source, tag, before, found);
  found.set(tag, checkedTag(tag, before, image.digest, clock.now(), tagTtlMs));
  return await dateImage(reader, image.found, platforms, signal);
}

/** By HEAD: what the digest of a known tag stands for is most likely known too. */
async function checkTag(reader: ImageReader, tag: string, signal: AbortSignal): Promise<TaggedImage | null> {
  const digest = await reader.digest(tag, signal);
  return digest === null ? null : { digest, found: await reader.fact(digest, signal) };
}

/**
 * A listed tag without manifest was deleted meanwhile. If it had an image before, it may be the running one: then the
 * registry has to say so in two cycles. Source: registry.md 4.
 */
function dateVanished(
  { access, clock }: DatedTagsSource,
  tag: string,
  before: KnownTag | undefined,
  found: Map<string, KnownTag>,
): Dating {
  if (before !== undefined && before.isMissing !== true) {
    found.set(tag, { digest: before.digest, checkedAtMs: clock.now(), isMissing: true });
    const purpose = access.purpose({ action: 'read manifest of', subject: `:${tag}` });
    throw registryFailed(
      purpose,
      'not-found',
      'the tag is listed but its manifest is gone; waiting for the next cycle',
    );
  }
  return { kind: 'dropped', reason: 'no manifest' };
}
