/** Answers about one tag: its digest for wanted platforms, and the labels of its image. */
import type { Digest } from '../../core/image/image.ts';
import type { Answer, RegistryQuery } from '../../core/decide/needs.ts';
import type { RepositoryAccess } from '../access/access.ts';
import { registryFailed } from '../requests/error.ts';
import type { ManifestFact } from './facts.ts';
import type { ImageReader, Missing } from './image-reader.ts';
import { maxIndexDepth } from './manifest.ts';
import { isWantedPlatform } from './platform.ts';

type DigestAnswer = Extract<Answer, { kind: 'digest' }>;
type DigestQuery = Extract<RegistryQuery, { kind: 'digest' }>;
type LabelsQuery = Extract<RegistryQuery, { kind: 'labels' }>;
type Labels = Readonly<Record<string, string>>;

/**
 * One HEAD while the tag stays where it is; the manifest is read only if its platforms are not known yet.
 * Source: images.md 6, 11-27, 11-28.
 */
export async function answerDigest(
  reader: ImageReader,
  { tag, platforms }: DigestQuery,
  signal: AbortSignal,
): Promise<DigestAnswer> {
  const digest = await reader.digest(tag, signal);
  if (digest === null) return { kind: 'digest', digest, reason: `tag ${tag} does not exist` };
  if (platforms.length === 0) return { kind: 'digest', digest };
  const reason = refusal(await reader.fact(digest, signal), platforms);
  if (reason === undefined) return { kind: 'digest', digest };
  return { kind: 'digest', digest: null, reason: `tag ${tag}: ${reason}` };
}

function refusal(found: ManifestFact | Missing, platforms: readonly string[]): string | undefined {
  const offered = platformsOf(found);
  if (typeof offered === 'string') return offered;
  return offered.some((platform) => isWantedPlatform(platform, platforms))
    ? undefined
    : `no image for ${platforms.join(', ')}`;
}

/** A text: why there are none. */
function platformsOf(found: ManifestFact | Missing): readonly string[] | string {
  switch (found.kind) {
    case 'missing':
      return `no ${found.what}`;
    case 'unusable':
      return found.reason;
    case 'image':
      return [found.platform];
    case 'index':
      return found.entries.map(({ platform }) => platform);
  }
}

/**
 * Labels of the image for the first wanted platform that there is; none where no platform fits.
 * Throws `Failed` "not-found" where the tag does not exist.
 */
export async function answerLabels(
  access: RepositoryAccess,
  reader: ImageReader,
  query: LabelsQuery,
  signal: AbortSignal,
): Promise<Extract<Answer, { kind: 'labels' }>> {
  const digest = query.digest ?? (await reader.digest(query.tag, signal));
  if (digest === null) {
    const purpose = access.purpose({ action: 'read labels of', subject: `:${query.tag}` });
    throw registryFailed(purpose, 'not-found', 'the tag does not exist');
  }
  return { kind: 'labels', labels: await labelsOf(reader, digest, query.platforms, signal) };
}

async function labelsOf(
  reader: ImageReader,
  digest: Digest,
  platforms: readonly string[],
  signal: AbortSignal,
  depth = 0,
): Promise<Labels> {
  const manifest = await reader.manifest(digest, signal);
  switch (manifest.kind) {
    case 'missing':
    case 'unusable':
      return {};
    case 'schema1':
      return manifest.config.labels;
    case 'image': {
      const config = await reader.config(manifest.config, signal);
      return 'labels' in config ? config.labels : {};
    }
    case 'index': {
      const child = firstWanted(manifest.entries, platforms);
      if (child === undefined || depth >= maxIndexDepth) return {};
      return await labelsOf(reader, child.digest, platforms, signal, depth + 1);
    }
  }
}

function firstWanted<Entry extends { readonly platform: string }>(
  entries: readonly Entry[],
  platforms: readonly string[],
): Entry | undefined {
  if (platforms.length === 0) return entries[0];
  for (const wanted of platforms) {
    const entry = entries.find(({ platform }) => isWantedPlatform(platform, [wanted]));
    if (entry !== undefined) return entry;
  }
  return undefined;
}
