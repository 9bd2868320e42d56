/** What is known of a running tag beside the registry's answer: what it named before. */
import type { TrackedImage } from '../../core/config/tracked-image.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import type { Digest } from '../../core/image/image.ts';

export type RecordedOf = (image: TrackedImage, tag: string) => Promise<Digest | undefined>;

/** A digest that is written tells by itself; the digest strategy follows its tag wherever it moves. */
export async function recordedFor(
  image: TrackedImage,
  live: KnownVersion,
  recordedOf: RecordedOf | undefined,
): Promise<Digest | undefined> {
  if (image.onMovedTag === undefined || image.strategy.kind === 'digest') return undefined;
  if (live.kind !== 'live' || live.ref.digest !== undefined || live.ref.tag === undefined) return undefined;
  return recordedOf?.(image, live.ref.tag);
}
