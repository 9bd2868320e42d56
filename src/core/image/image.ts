/** Images: compared, moved to another version, printed. */
import type { CanonicalImage, ImageRef } from './reference.ts';

export { type CanonicalImage, type Digest, type ImageRef, parseImageRef } from './reference.ts';

/** True if both name the same repository, however they spell it (`nginx`, `docker.io/library/nginx`). */
export function sameImage(a: ImageRef, b: ImageRef): boolean {
  return a.canonical.registry === b.canonical.registry && a.canonical.repository === b.canonical.repository;
}

/** `docker.io/library/nginx`: one name for a repository, however it is spelled. */
export function repositoryName({ registry, repository }: CanonicalImage): string {
  return `${registry}/${repository}`;
}

/** The same image in the same spelling at another version; tag and digest are both replaced, or dropped. */
export function withVersion(
  ref: ImageRef,
  version: { readonly tag?: string | undefined; readonly digest?: string | undefined },
): ImageRef {
  const { registry, name, canonical } = ref;
  const moved = {
    registry,
    name,
    ...(version.tag === undefined ? {} : { tag: version.tag }),
    ...(version.digest === undefined ? {} : { digest: version.digest }),
    canonical,
  };
  return { ...moved, written: imageText(moved) };
}

/** `docker.io/nginx`, `nginx`: as written, without tag and digest. */
export function fullName(ref: Pick<ImageRef, 'registry' | 'name'>): string {
  return ref.registry === '' ? ref.name : `${ref.registry}/${ref.name}`;
}

/** `docker.io/nginx:1.0@sha256:...`, with what there is of tag and digest. */
export function imageText(ref: Omit<ImageRef, 'written' | 'canonical'>): string {
  return `${fullName(ref)}${hasText(ref.tag) ? `:${ref.tag}` : ''}${digestSuffix(ref)}`;
}

/** What stands behind the name, for messages: `1.0`, `1.0@sha256:...`, `@sha256:...` or "". */
export function versionText(ref: Pick<ImageRef, 'tag' | 'digest'>): string {
  return `${ref.tag ?? ''}${digestSuffix(ref)}`;
}

/**
 * The value of a tag parameter: `1.0`, `1.0@sha256:...`; "" if there is no tag, for a digest alone is no value that
 * can stand behind `name:`, and no tag is made up for it.
 */
export function tagWithDigest(ref: Pick<ImageRef, 'tag' | 'digest'>): string {
  return hasText(ref.tag) ? versionText(ref) : '';
}

/** The digest if there is one, else the tag, else "": the form of events and commit messages. */
export function shortVersion(ref: Pick<ImageRef, 'tag' | 'digest'>): string {
  return hasText(ref.digest) ? ref.digest : (ref.tag ?? '');
}

function digestSuffix({ digest }: Pick<ImageRef, 'digest'>): string {
  return hasText(digest) ? `@${digest}` : '';
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
