/** Which of the dates that an image gives is the one that it was built at. */
import { optionalProperty } from '../base/optional-property.ts';
import { compareInstants, type Instant } from './instant.ts';

/** `created`: the config's own date, whatever it is. `annotation`: what `org.opencontainers.image.created` says. */
export type BuildDateSource = 'created' | 'annotation';

/** A tag, the build date and the digest of its image. */
export interface DatedTag {
  readonly tag: string;
  readonly created: Instant;
  readonly digest?: string;
}

/** An image under a tag, with the dates that it gives. */
export interface DatedImage {
  readonly tag: string;
  readonly digest?: string;
  /** Of the config, of the newest wanted platform. */
  readonly created?: Instant;
  /** Of the annotation, else of the label. */
  readonly noted?: Instant;
}

export interface BuildDates {
  readonly tags: readonly DatedTag[];
  readonly dropped: readonly { readonly tag: string; readonly reason: string }[];
  /** Why an image is left out that may be the newest. */
  readonly doubt?: string;
}

const firstImagesSeconds = Date.UTC(2013, 0) / 1000; // no container image is older
const daySeconds = 86_400;
/** Reproducible builds give one date to everything; a few tags may well be built in the same second. */
const maxShared = 3;

/**
 * Of each image the config's date where that is plausible: from 2013 on, not in the future, and not shared by many
 * images of the repository. Else what is noted, else the config's date all the same, but for one in the future, which
 * would win for ever.
 */
export function buildDates(
  images: readonly DatedImage[],
  source: BuildDateSource | undefined,
  nowSeconds: number,
): BuildDates {
  const shared = source === undefined ? sharedDates(images) : new Set<string>();
  const tags: DatedTag[] = [];
  const dropped: { tag: string; reason: string }[] = [];
  let future: string | undefined;
  for (const image of images) {
    const { tag, digest } = image;
    const date = dateOf(image, source, shared, nowSeconds);
    if (typeof date === 'string') {
      dropped.push({ tag, reason: date });
      if (date.startsWith(inTheFuture)) future ??= `${tag} is left out: its ${date}`;
    } else tags.push({ tag, created: date, ...optionalProperty('digest', digest) });
  }
  return { tags, dropped, ...optionalProperty('doubt', future) };
}

const inTheFuture = 'build date is in the future';

/** A text: why there is none. */
function dateOf(
  { created, noted }: DatedImage,
  source: BuildDateSource | undefined,
  shared: ReadonlySet<string>,
  nowSeconds: number,
): Instant | string {
  if (source === 'annotation') return noted ?? 'no annotation org.opencontainers.image.created';
  if (source === 'created') return created ?? 'no creation date';
  const isPast = ({ seconds }: Instant) => seconds <= nowSeconds + daySeconds;
  const isPlausible = (date: Instant) => date.seconds >= firstImagesSeconds && isPast(date);
  if (created !== undefined && isPlausible(created) && !shared.has(keyOf(created))) return created;
  if (noted !== undefined && isPlausible(noted)) return noted;
  if (created === undefined) return 'no creation date';
  return isPast(created) ? created : `${inTheFuture} (year ${yearOf(created)})`;
}

/** The dates that more than three different images have. */
function sharedDates(images: readonly DatedImage[]): ReadonlySet<string> {
  const digests = new Map<string, Set<string>>();
  for (const { created, digest } of images) {
    if (created === undefined || digest === undefined) continue;
    const known = digests.get(keyOf(created)) ?? new Set<string>();
    digests.set(keyOf(created), known.add(digest));
  }
  return new Set([...digests].filter(([, { size }]) => size > maxShared).map(([key]) => key));
}

function keyOf({ seconds, nanos }: Instant): string {
  return `${seconds}.${nanos}`;
}

function yearOf({ seconds }: Instant): number {
  return new Date(seconds * 1000).getUTCFullYear();
}

/** The date that an image most likely has, without a look at others. */
export function likelyDate({ created, noted }: Omit<DatedImage, 'tag'>): Instant | undefined {
  if (created === undefined || created.seconds >= firstImagesSeconds) return created ?? noted;
  return noted ?? created;
}

/** The later of two dates; undefined only where both are. */
export function laterOf(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareInstants(one, other) > 0 ? one : other;
}
