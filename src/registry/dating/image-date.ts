/** The build date of one image, for the platforms that are wanted. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import { laterOf, likelyDate } from '../../core/version/build-date.ts';
import type { Instant } from '../../core/version/instant.ts';
import type { Digest } from '../../core/image/image.ts';
import type { ImageFacts, ManifestFact } from '../image/facts.ts';
import type { ImageReader, Missing } from '../image/image-reader.ts';
import { maxIndexDepth } from '../image/manifest.ts';
import { isWantedPlatform } from '../image/platform.ts';

/** What an image says about when it was built, as in build-date.ts, or why there is nothing. */
export type Dating =
  | { readonly kind: 'dated'; readonly created?: Instant; readonly noted?: Instant }
  | { readonly kind: 'dropped'; readonly reason: string };

/** Children of one index that are read; each costs two requests. */
const maxChildren = 64;

/** Reads what the date depends on. Throws `Failed` where that cannot be had. Source: images.md 8.1. */
export async function dateImage(
  reader: ImageReader,
  found: ManifestFact | Missing,
  platforms: readonly string[],
  signal: AbortSignal,
  depth = 0,
): Promise<Dating> {
  switch (found.kind) {
    case 'missing':
      return dropped(`no ${found.what}`);
    case 'unusable':
      return dropped(found.reason);
    case 'image':
      return isWantedPlatform(found.platform, platforms) ? dateSingle(found) : dropped('no wanted platform');
    case 'index':
      return await dateIndex(reader, found, platforms, signal, depth);
  }
}

/** The likely date from facts alone; undefined where there is none, or nothing of it is known. */
export function knownDate(
  facts: ImageFacts,
  digest: Digest,
  platforms: readonly string[],
): Instant | undefined {
  const fact = facts.get(digest);
  if (fact?.kind === 'image') return likelyDate(datesOf(fact));
  if (fact?.kind !== 'index') return undefined;
  let dates: Dates = optionalProperty('noted', fact.noted);
  for (const entry of wantedEntries(fact, platforms)) {
    const child = facts.get(entry.digest);
    if (child?.kind === 'image') dates = newer(dates, datesOf(child));
  }
  return likelyDate(dates);
}

interface Dates {
  readonly created?: Instant;
  readonly noted?: Instant;
}

function datesOf({ created, noted }: ImageFact): Dates {
  return { ...optionalProperty('created', created ?? undefined), ...optionalProperty('noted', noted) };
}

function newer(one: Dates, other: Dates): Dates {
  return {
    ...optionalProperty('created', laterOf(one.created, other.created)),
    ...optionalProperty('noted', laterOf(one.noted, other.noted)),
  };
}

type ImageFact = Extract<ManifestFact, { kind: 'image' }>;
type IndexFact = Extract<ManifestFact, { kind: 'index' }>;

/** The newest of the wanted children; one without a date leaves the whole tag without. */
async function dateIndex(
  reader: ImageReader,
  index: IndexFact,
  platforms: readonly string[],
  signal: AbortSignal,
  depth: number,
): Promise<Dating> {
  const entries = wantedEntries(index, platforms);
  if (depth >= maxIndexDepth) return dropped('indexes nested too deeply');
  if (entries.length > maxChildren) return dropped('too many images in one index');
  if (entries.length === 0) return dropped('no wanted platform');
  let dates: Dates = {};
  for (const { digest } of entries) {
    const fact = await reader.fact(digest, signal);
    // The index has the say about a child's platform: configs often lack the variant (images.md 11-32).
    const child =
      fact.kind === 'image' ? dateSingle(fact) : await dateImage(reader, fact, platforms, signal, depth + 1);
    if (child.kind === 'dropped') return child;
    dates = newer(dates, child);
  }
  return { kind: 'dated', ...dates, ...optionalProperty('noted', index.noted ?? dates.noted) };
}

function dateSingle(fact: ImageFact): Dating {
  const dates = datesOf(fact);
  return likelyDate(dates) === undefined ? dropped('no creation date') : { kind: 'dated', ...dates };
}

function dropped(reason: string): Dating {
  return { kind: 'dropped', reason };
}

function wantedEntries({ entries }: IndexFact, platforms: readonly string[]): IndexFact['entries'] {
  return entries.filter(({ platform }) => isWantedPlatform(platform, platforms));
}
