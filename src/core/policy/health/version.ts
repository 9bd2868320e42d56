/** Versions as images of Pods and lines of memory have them. */
import { type ImageRef, parseImageRef, repositoryName } from '../../image/image.ts';

export interface Version {
  readonly tag?: string;
  readonly digest?: string;
}

/** `2.1.5`, `2.1.5@sha256:…`, `@sha256:…`: what `versionText` prints. */
export function readVersion(text: string): Version {
  const at = text.indexOf('@');
  const tag = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? '' : text.slice(at + 1);
  return { ...(tag === '' ? {} : { tag }), ...(digest === '' ? {} : { digest }) };
}

/** Texts are compared: `v2.1.5` is not `2.1.5`. Where a digest is needed, the digest alone decides. */
export function isVersion(running: Version, wanted: Version, needsDigest: boolean): boolean {
  if (needsDigest) return wanted.digest !== undefined && running.digest === wanted.digest;
  return wanted.tag !== undefined && running.tag === wanted.tag;
}

/** Images of a repository among those of an Application, as `status.summary.images` lists them. */
export function imagesOf(images: readonly string[], repository: string): readonly ImageRef[] {
  return images.flatMap((text) => {
    const read = parseImageRef(text);
    return read.ok && repositoryName(read.value.canonical) === repository ? [read.value] : [];
  });
}
