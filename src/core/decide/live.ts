/** Which running image an entry of image-list means. */
import type { TrackedImage } from '../config/annotations.ts';
import type { Application } from '../config/application.ts';
import { fullName, type ImageRef, parseImageRef, sameImage } from '../image/image.ts';
import type { Failure } from '../base/outcome.ts';

/** What is known of an image before registries are asked. */
export type KnownVersion =
  | {
      readonly kind: 'live';
      readonly ref: ImageRef;
      /** Further references of plain manifests, in path order: the image is current only if all of them are. */
      readonly others?: readonly ImageRef[];
    }
  /** To be written although nothing reports a version: force-update, or listed in a manifest file. */
  | { readonly kind: 'unversioned' }
  | { readonly kind: 'not-live'; readonly message: string }
  /** The target holds no version of this image that could be changed. */
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** Versions by position in image-list, where something else than the status tells them. */
export type KnownVersions = ReadonlyMap<number, KnownVersion>;

/** What tells several running images of one repository apart. */
export interface LiveHints {
  /** True for a version that the image's own rules admit. */
  readonly admits?: (ref: ImageRef) => boolean;
  /** What the image's own key in the target, or in the spec, holds. */
  readonly held?: ImageRef | undefined;
}

/**
 * The running image of the same repository; the kustomize name is searched before the image itself (images.md 3.2,
 * I-13). Where several run, two aliases may follow one repository on lines of their own: those that the image's own
 * rules admit come first, among them the one that its own key holds, else the first of `status.summary.images`.
 */
export function findLive(
  image: TrackedImage,
  running: readonly ImageRef[],
  { admits = () => true, held }: LiveHints = {},
): KnownVersion {
  for (const wanted of [image.kustomizeName, image.ref]) {
    if (wanted === undefined) continue;
    const same = running.filter((candidate) => sameImage(candidate, wanted));
    const admitted = same.filter(admits);
    const likely = admitted.length === 0 ? same : admitted;
    const ref = likely.find((candidate) => isVersion(candidate, held)) ?? likely[0];
    if (ref !== undefined) return { kind: 'live', ref };
  }
  return image.forceUpdate ? { kind: 'unversioned' } : { kind: 'not-live', message: notLive(running) };
}

function isVersion(ref: ImageRef, held: ImageRef | undefined): boolean {
  return (
    held !== undefined && ref.tag === held.tag && (held.digest === undefined || ref.digest === held.digest)
  );
}

/** True if two images of an application have one repository of which several versions run: their keys tell them apart. */
export function runsInSeveralVersions(images: readonly ImageRef[], running: readonly ImageRef[]): boolean {
  return images.some(
    (image, index) =>
      images.some((other, place) => place !== index && sameImage(image, other)) &&
      running.filter((candidate) => sameImage(candidate, image)).length > 1,
  );
}

/** Images that Argo CD reports; texts that are no references are left out. */
export function runningImages({ status }: Pick<Application, 'status'>): readonly ImageRef[] {
  return (status?.images ?? []).flatMap((text) => {
    const parsed = parseImageRef(text);
    return parsed.ok ? [parsed.value] : [];
  });
}

const shownImages = 5;

function notLive(running: readonly ImageRef[]): string {
  if (running.length === 0) return 'no image of the application is running';
  // Without versions, so that the problem stays the same one when another image is updated.
  const names = [...new Set(running.map(fullName))];
  const shown = names.slice(0, shownImages).join(', ');
  const more = names.length > shownImages ? ` and ${names.length - shownImages} more` : '';
  return `not among the running images: ${shown}${more}`;
}
