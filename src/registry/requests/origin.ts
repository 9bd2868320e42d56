/** Which URLs a registry may send us to: rules for token realms and redirects. How far they may lead: `net/reach`. */
import { type Purpose, registryFailed } from './error.ts';
import type { Guard } from './wire.ts';
import type { Reach } from '../../net/reach.ts';

/** A URL to ask, and the guard to ask it under. */
export interface GuardedUrl {
  readonly url: URL;
  readonly guard: Guard;
}

/**
 * The realm of a Bearer challenge as a URL that credentials may be sent to: https, or http for a registry that is http
 * itself. Throws `Failed` "refused" otherwise.
 */
export function checkRealm(realm: string, registry: URL, reach: Reach, purpose: Purpose): GuardedUrl {
  const url = URL.parse(realm);
  if (url === null) throw registryFailed(purpose, 'malformed', 'the token realm is not a URL');
  const refuse = refusal('the token realm', url, purpose);
  checkScheme(url, refuse);
  if (url.protocol === 'http:' && registry.protocol === 'https:')
    throw refuse('the registry itself is https');
  return { url, guard: { reach, refuse } };
}

/** Where a redirect leads: never from https to http. Throws `Failed` "refused" otherwise. */
export function checkRedirect(from: URL, location: string, reach: Reach, purpose: Purpose): GuardedUrl {
  const url = URL.parse(location, from.href);
  if (url === null) throw registryFailed(purpose, 'malformed', 'the redirect leads to no URL');
  const refuse = refusal('the redirect to', url, purpose);
  checkScheme(url, refuse);
  if (from.protocol === 'https:' && url.protocol === 'http:') throw refuse('it leaves https');
  return { url, guard: { reach, refuse } };
}

function refusal(what: string, url: URL, purpose: Purpose): Guard['refuse'] {
  return (reason) =>
    registryFailed(purpose, 'refused', `${what} ${url.protocol}//${url.host} is refused: ${reason}`);
}

function checkScheme(url: URL, refuse: Guard['refuse']): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('only https is allowed');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a user name');
}
