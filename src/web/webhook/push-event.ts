/** Registry, repository, tag and digest as senders spell them -> one push event. */
import type { PushEvent } from '../../ports/push-event.ts';

/** Longer ones are no names of repositories, tags or digests. */
const maxNameLength = 512;

/** Undefined where the repository is no name that a reference could have. */
export function pushEvent(
  registry: string,
  repository: string,
  { tag = '', digest = '' }: { readonly tag?: string | undefined; readonly digest?: string | undefined } = {},
): PushEvent | undefined {
  const name = repository.toLowerCase().replace(/^\/+|\/+$/g, '');
  if (name === '' || name.length > maxNameLength || !/^[a-z0-9][a-z0-9._/-]*$/.test(name)) return undefined;
  return {
    registry: registry.toLowerCase(),
    repository: name,
    ...(isName(tag) && !tag.startsWith('sha256:') ? { tag } : {}),
    ...(isName(digest) ? { digest } : {}),
  };
}

function isName(text: string): boolean {
  return text.length <= maxNameLength && /^[\w][\w.:+-]*$/.test(text);
}

/** The full name where the sender gives it, else its parts. */
export function fullName(full: string, namespace: string, name: string): string {
  return full || [namespace, name].filter((part) => part !== '').join('/');
}

/** `host[:port]` of a URL, or of `host/path` without a scheme; "" where there is none. */
export function hostOf(url: string): string {
  return URL.parse(url.includes('://') ? url : `https://${url}`)?.host ?? '';
}
