/** The tags that pass a filter, each with the build date of its image. */
import type { Clock } from '../app/ports.ts';
import { tagRule } from '../core/decide.ts';
import type { Digest } from '../core/image.ts';
import { compareInstants, type Instant } from '../core/instant.ts';
import type { Answer, RegistryQuery } from '../core/needs.ts';
import { Failed } from '../core/outcome.ts';
import type { RegistryEndpoint } from '../core/registries.ts';
import { mapConcurrently } from './concurrent.ts';
import { registryFailed } from './error.ts';
import type { RepositoryAccess } from './access.ts';
import type { ImageFacts, KnownTag, KnownTags, ManifestFact } from './facts.ts';
import type { ImageReader, Missing } from './image-reader.ts';
import { isWantedPlatform } from './platform.ts';
import { tagsToCheck } from './revalidation.ts';

type DatedTags = Extract<Answer, { kind: 'dated-tags' }>;
type DatedQuery = Extract<RegistryQuery, { kind: 'dated-tags' }>;

/** A build date, or why there is none. */
type Dating =
  | { readonly kind: 'dated'; readonly created: Instant }
  | { readonly kind: 'dropped'; readonly reason: string };

export interface DatedTagsSource {
  readonly clock: Clock;
  readonly facts: ImageFacts;
  readonly access: RepositoryAccess;
  readonly reader: ImageReader;
}

/** Tags looked at side by side; the gate of the host bounds the requests. */
const width = 20;
/** Indexes inside indexes. */
const maxDepth = 4;

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
  const { admitted, dropped } = applyFilter(query, listed);
  const { tagSort } = source.access.owner.endpoint;
  if (tagSort !== 'unsorted')
    return { kind: 'dated-tags', listed: listed.length, tags: byPosition(admitted, tagSort), dropped };
  const datings = await dateAdmitted(source, query, admitted, new Set(listed), signal);
  const tags: { readonly tag: string; readonly created: Instant }[] = [];
  for (const [index, tag] of admitted.entries()) {
    const dating = datings[index];
    if (dating?.kind === 'dated') tags.push({ tag, created: dating.created });
    else dropped.push({ tag, reason: dating?.reason ?? 'not dated' });
  }
  return { kind: 'dated-tags', listed: listed.length, tags, dropped };
}

function applyFilter({ filter }: DatedQuery, listed: readonly string[]) {
  const rule = tagRule(filter);
  if (!rule.ok) throw new Failed(rule.failure);
  const admitted: string[] = [];
  const dropped: { readonly tag: string; readonly reason: string }[] = [];
  for (const tag of listed) {
    const reason = rule.value(tag);
    if (reason === undefined) admitted.push(tag);
    else dropped.push({ tag, reason });
  }
  return { admitted, dropped };
}

/** Dates made from the order of the list, for registries whose list is sorted by time. */
function byPosition(tags: readonly string[], order: Exclude<RegistryEndpoint['tagSort'], 'unsorted'>) {
  return tags.map((tag, index) => ({
    tag,
    created: { seconds: order === 'latest-first' ? tags.length - index : index, nanos: 0 },
  }));
}

async function dateAdmitted(
  source: DatedTagsSource,
  { platforms }: DatedQuery,
  tags: readonly string[],
  listed: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Dating[]> {
  const { access, clock, facts } = source;
  const known = facts.tags(access.key);
  const wanted = new Map(tags.flatMap((tag) => entryOf(known, tag)));
  const checked = tagsToCheck(wanted, (tag) => knownDate(facts, wanted.get(tag), platforms), clock.now());
  const found = new Map(known);
  try {
    return await mapConcurrently(tags, width, signal, async (tag, each) => {
      const before = wanted.get(tag);
      const fact = before === undefined || checked.has(tag) ? undefined : facts.get(before.digest);
      if (fact !== undefined) return await dateFound(source, fact, platforms, each);
      return await dateTag(source, tag, before, platforms, found, each);
    });
  } finally {
    // What was found out stays known, even where another tag failed.
    rememberTags(source, known, found, listed);
  }
}

/**
 * Another question about the same repository may have ended meanwhile, so only what this one changed is written.
 * Tags that are listed no more are forgotten.
 */
function rememberTags(
  { access, facts }: DatedTagsSource,
  before: KnownTags,
  found: KnownTags,
  listed: ReadonlySet<string>,
): void {
  const changed = [...found].filter(([tag, entry]) => before.get(tag) !== entry);
  if (changed.length === 0) return;
  const kept = [...facts.tags(access.key)].filter(([tag]) => listed.has(tag));
  facts.setTags(access.key, new Map([...kept, ...changed]));
}

function entryOf(known: KnownTags, tag: string): readonly (readonly [string, KnownTag])[] {
  const entry = known.get(tag);
  return entry === undefined ? [] : [[tag, entry]];
}

/** Dates a tag whose digest has to be asked for: with HEAD where it is known, since its image is then known too. */
async function dateTag(
  source: DatedTagsSource,
  tag: string,
  before: KnownTag | undefined,
  platforms: readonly string[],
  found: Map<string, KnownTag>,
  signal: AbortSignal,
): Promise<Dating> {
  const { reader, clock } = source;
  const image = before === undefined ? await reader.image(tag, signal) : undefined;
  const digest = before === undefined ? image?.digest : await reader.digest(tag, signal);
  if (digest === undefined || digest === null) return dateVanished(source, tag, before, found);
  found.set(tag, { digest, checkedAtMs: clock.now() });
  return image
    ? await dateFound(source, image.found, platforms, signal)
    : await dateDigest(source, digest, platforms, signal);
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

async function dateDigest(
  source: DatedTagsSource,
  digest: Digest,
  platforms: readonly string[],
  signal: AbortSignal,
  depth = 0,
): Promise<Dating> {
  return await dateFound(source, await source.reader.fact(digest, signal), platforms, signal, depth);
}

async function dateFound(
  source: DatedTagsSource,
  found: ManifestFact | Missing,
  platforms: readonly string[],
  signal: AbortSignal,
  depth = 0,
): Promise<Dating> {
  switch (found.kind) {
    case 'missing':
      return { kind: 'dropped', reason: `no ${found.what}` };
    case 'unusable':
      return { kind: 'dropped', reason: found.reason };
    case 'image':
      if (!isWantedPlatform(found.platform, platforms))
        return { kind: 'dropped', reason: 'no wanted platform' };
      return dateOfImage(found);
    case 'index':
      return await dateIndex(source, found, platforms, signal, depth);
  }
}

function dateOfImage({ created }: Extract<ManifestFact, { kind: 'image' }>): Dating {
  return created === null ? { kind: 'dropped', reason: 'no creation date' } : { kind: 'dated', created };
}

/** The newest of the wanted children; one without a date leaves the whole tag without. */
async function dateIndex(
  source: DatedTagsSource,
  { entries }: Extract<ManifestFact, { kind: 'index' }>,
  platforms: readonly string[],
  signal: AbortSignal,
  depth: number,
): Promise<Dating> {
  if (depth >= maxDepth) return { kind: 'dropped', reason: 'indexes nested too deeply' };
  const wanted = entries.filter(({ platform }) => isWantedPlatform(platform, platforms));
  let newest: Dating = { kind: 'dropped', reason: 'no wanted platform' };
  for (const { digest } of wanted) {
    const fact = await source.reader.fact(digest, signal);
    // The index has the say about a child's platform: configs often lack the variant (images.md 11-32).
    const child =
      fact.kind === 'image' ? dateOfImage(fact) : await dateFound(source, fact, platforms, signal, depth + 1);
    if (child.kind === 'dropped') return child;
    if (newest.kind === 'dropped' || compareInstants(child.created, newest.created) > 0) newest = child;
  }
  return newest;
}

/** The same from facts alone; undefined where one of them is missing. */
function knownDate(
  facts: ImageFacts,
  known: KnownTag | undefined,
  platforms: readonly string[],
): Instant | undefined {
  const fact = known === undefined ? undefined : facts.get(known.digest);
  if (fact?.kind === 'image') return fact.created ?? undefined;
  if (fact?.kind !== 'index') return undefined;
  const dates = fact.entries
    .filter(({ platform }) => isWantedPlatform(platform, platforms))
    .map(({ digest }) => facts.get(digest))
    .flatMap((child) => (child?.kind === 'image' && child.created !== null ? [child.created] : []));
  return dates.toSorted(compareInstants).at(-1);
}
