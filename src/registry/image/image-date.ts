/** The build date of one image, for the platforms that are wanted. */
import { compareInstants, type Instant } from '../../core/version/instant.ts';
import type { Digest } from '../../core/image/image.ts';
import type { ImageFacts, ManifestFact } from './facts.ts';
import type { ImageReader, Missing } from './image-reader.ts';
import { maxIndexDepth } from './manifest.ts';
import { isWantedPlatform } from './platform.ts';

/** A build date, or why there is none. */
export type Dating =
  | { readonly kind: 'dated'; readonly created: Instant }
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

/** The same from facts alone; undefined where there is no date, or not all of it is known. */
export function knownDate(
  facts: ImageFacts,
  digest: Digest,
  platforms: readonly string[],
): Instant | undefined {
  const fact = facts.get(digest);
  if (fact?.kind === 'image') return fact.created ?? undefined;
  if (fact?.kind !== 'index') return undefined;
  const dates: Instant[] = [];
  for (const entry of wantedEntries(fact, platforms)) {
    const child = facts.get(entry.digest);
    if (child?.kind === 'image' && child.created !== null) dates.push(child.created);
  }
  return dates.toSorted(compareInstants).at(-1);
}

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
  let newest = dropped('no wanted platform');
  for (const { digest } of entries) {
    const fact = await reader.fact(digest, signal);
    // The index has the say about a child's platform: configs often lack the variant (images.md 11-32).
    const child =
      fact.kind === 'image' ? dateSingle(fact) : await dateImage(reader, fact, platforms, signal, depth + 1);
    if (child.kind === 'dropped') return child;
    if (newest.kind === 'dropped' || compareInstants(child.created, newest.created) > 0) newest = child;
  }
  return newest;
}

function dateSingle({ created }: Extract<ManifestFact, { kind: 'image' }>): Dating {
  return created === null ? dropped('no creation date') : { kind: 'dated', created };
}

function dropped(reason: string): Dating {
  return { kind: 'dropped', reason };
}

function wantedEntries({ entries }: IndexFact, platforms: readonly string[]): IndexFact['entries'] {
  return entries.filter(({ platform }) => isWantedPlatform(platform, platforms));
}
