/** An image with the version that was decided for it. */
import type { TrackedImage } from '../config/tracked-image.ts';
import { type ImageRef, withVersion } from '../image/image.ts';

export interface DecidedVersion {
  readonly image: TrackedImage;
  readonly to: ImageRef;
}

/** What of the version stands in the target: all that is known of it, or its digest alone. */
export function writtenVersion({ image, to }: DecidedVersion): ImageRef {
  return image.format === 'digest' && to.digest !== undefined ? withVersion(to, { digest: to.digest }) : to;
}

export function versionOf({ tag, digest }: ImageRef): { readonly tag?: string; readonly digest?: string } {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
