/** Dates one tag whose digest has to be asked for. */
import { mapConcurrently } from '../../net/concurrent.ts';
import { registryFailed } from '../requests/error.ts';
import type { KnownTag } from '../image/facts.ts';
import type { ImageReader, TaggedImage } from '../image/image-reader.ts';
import { type Dating, dateImage } from './image-date.ts';
import { checkedTag } from './revalidation.ts';
import type { DatedTagsSource } from './source.ts';

/** Tags that tell whether digests are known though it is not known which tag has which. */
const samples = 3;

/** True where HEAD is worth its while: manifests outlived the knowledge of tags, after a crash, say. */
export async function knowsSome(
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
export async function dateTag(
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
