/** What is asked about a candidate before it is written: whether it is there, for the wanted platforms, and its digest. */
import type { TrackedImage } from '../config/annotations.ts';
import { type Digest, type ImageRef, withVersion } from '../image/image.ts';
import { type Case, type Finding, renames, type Steps } from './case.ts';
import { type MovedTag, movedTag } from './moved-tag.ts';

/** What was found, as far as it was asked for. */
export interface Found {
  /** The rule that refuses the candidate. */
  readonly refusal?: string;
  /** Set where a digest is written. */
  readonly digest?: Digest;
  /** The running tag names another image than the one that was recorded. */
  readonly moved?: MovedTag;
}

/** True where what is written has a digest that the strategy does not give. */
export function writesDigest({ strategy, format }: TrackedImage): boolean {
  return strategy.kind !== 'digest' && format !== 'tag';
}

/** What runs already is asked about only where it may have moved, or has no digest yet. */
export function* look(about: Case, tag: string): Steps<Found> {
  const { image, from } = about;
  const isRunning = from?.tag === tag && !renames(image, from);
  const checksPlatform = image.verifyPlatform && !isRunning;
  const watches = isRunning && image.onMovedTag !== undefined && recordedOf(about) !== undefined;
  if (!checksPlatform && !writesDigest(image) && !watches) return yield* lookAtRunning(about, tag);
  const finding = yield { candidate: withVersion(image.ref, { tag }), checksPlatform };
  const refusal = refusalOf(finding, checksPlatform);
  if (refusal !== undefined) return { refusal };
  const digest = finding?.digest ?? undefined;
  if (digest === undefined && writesDigest(image)) throw new Error('nobody asked for the digest');
  const moved = isRunning ? movedTag(tag, recordedOf(about), digest) : undefined;
  const found: Found = {
    ...(digest === undefined || !writesDigest(image) ? {} : { digest }),
    ...(moved === undefined ? {} : { moved }),
  };
  return isRunning ? found : { ...found, ...(yield* lookAtRunning(about, tag)) };
}

function refusalOf(finding: Finding | undefined, checksPlatform: boolean): string | undefined {
  if (finding === undefined || finding.digest !== null) return undefined;
  return checksPlatform
    ? `verify-platform (${finding.reason ?? 'no wanted platform'})`
    : 'listed, but not there';
}

/** Who holds moved tags wants no newer version either, so the running tag is looked at beside another choice. */
function* lookAtRunning(about: Case, chosen: string): Steps<Found> {
  const { image, from } = about;
  const recorded = recordedOf(about);
  if (image.onMovedTag !== 'hold' || recorded === undefined) return {};
  if (from?.tag === undefined || from.tag === chosen || renames(image, from)) return {};
  const candidate: ImageRef = withVersion(image.ref, { tag: from.tag });
  const finding = yield { candidate, checksPlatform: false };
  const moved = movedTag(from.tag, recorded, finding?.digest);
  return moved === undefined ? {} : { moved };
}

function recordedOf({ from, recorded }: Case): Digest | undefined {
  return from?.digest ?? recorded;
}
