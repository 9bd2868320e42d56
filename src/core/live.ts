/** Which running image an entry of image-list means. */
import type { TrackedImage } from './config/annotations.ts';
import { fullName, type ImageRef, sameImage } from './image/image.ts';
import type { Failure } from './base/outcome.ts';

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

/**
 * The first running image of the same repository, in the order of `status.summary.images`; the
 * kustomize name is searched before the image itself (images.md 3.2, I-13).
 */
export function findLive(image: TrackedImage, running: readonly ImageRef[]): KnownVersion {
  for (const wanted of [image.kustomizeName, image.ref]) {
    if (wanted === undefined) continue;
    const ref = running.find((candidate) => sameImage(candidate, wanted));
    if (ref !== undefined) return { kind: 'live', ref };
  }
  return image.forceUpdate ? { kind: 'unversioned' } : { kind: 'not-live', message: notLive(running) };
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
