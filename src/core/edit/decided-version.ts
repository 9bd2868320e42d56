/** An image with the version that was decided for it. */
import type { TrackedImage } from '../config/tracked-image.ts';
import type { ImageRef } from '../image/image.ts';

export interface DecidedVersion {
  readonly image: TrackedImage;
  readonly to: ImageRef;
}

export function versionOf({ tag, digest }: ImageRef): { readonly tag?: string; readonly digest?: string } {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
