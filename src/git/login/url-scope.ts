/** Whether the `url` of a Secret covers a repository: Argo CD's comparison, on parsed URLs (writeback.md 7.2). */
import { Failed } from '../../core/base/outcome.ts';
import type { RemoteUrl } from './url.ts';
import { parseRemoteUrl } from './url.ts';

/**
 * In the form in which two of them are compared: lower case, one `.git` cut, ssh and scp forms alike, no user for
 * http(s). A trailing slash, a default port and the scheme stay different.
 */
export interface UrlScope {
  /** Scheme, host and port, and the user for ssh: the place that a login belongs to. */
  readonly origin: string;
  readonly path: string;
  /** `user:password` of an http(s) URL that has a password; else "". */
  readonly login: string;
}

/** undefined: no URL that a repository can have. */
export function readUrlScope(written: string): UrlScope | undefined {
  const text = written.trim();
  const isScpHost = /^[^/:@\s]+@[^/:@\s]+:?$/.test(text); // a template for all of `git@h.example`
  return parsed(isScpHost ? `ssh://${text.replace(/:$/, '')}` : text);
}

function parsed(text: string): UrlScope | undefined {
  try {
    return scopeOf(parseRemoteUrl(text));
  } catch (error) {
    if (error instanceof Failed) return undefined;
    throw error;
  }
}

function scopeOf({ reach, userinfo }: RemoteUrl): UrlScope {
  const { username = '', password = '' } = userinfo ?? {};
  return {
    origin: reach.origin.toLowerCase(),
    path: reach.path.toLowerCase().replace(/\.git$/, ''),
    login: password === '' ? '' : `${username}:${password}`,
  };
}

/** The same repository. A URL with a password of its own is served only by a Secret that has it too. */
export function isSameUrl(secret: UrlScope, wanted: UrlScope): boolean {
  return isSamePlace(secret, wanted) && secret.path === wanted.path;
}

/** The template's path is a plain prefix, not aware of segments; its host never is. */
export function coversUrl(template: UrlScope, wanted: UrlScope): boolean {
  return isSamePlace(template, wanted) && wanted.path.startsWith(template.path);
}

function isSamePlace(secret: UrlScope, wanted: UrlScope): boolean {
  return secret.origin === wanted.origin && (wanted.login === '' || wanted.login === secret.login);
}

/** Whether a login that was written down for one URL may be used at another: the host is the same. */
export function isSameHost(secret: UrlScope, wanted: UrlScope): boolean {
  const [one, other] = [URL.parse(secret.origin), URL.parse(wanted.origin)];
  if (one === null || other === null || one.hostname !== other.hostname) return false;
  return one.protocol !== other.protocol || one.port === other.port;
}
