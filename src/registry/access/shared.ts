/** What the repositories of all cycles share when they are asked. */
import { LRUCache } from 'lru-cache';
import type { Backoff } from './backoff.ts';
import type { KnownSchemes } from './schemes.ts';
import type { Session } from './session.ts';
import type { TokenSource } from './token.ts';

export interface AccessOptions extends TokenSource {
  readonly schemes: KnownSchemes;
  readonly backoff: Backoff;
  readonly sessions: LRUCache<string, Session>;
}

/** Sessions hold a token each; far more than a cluster has repositories. */
export function makeSessionCache(): LRUCache<string, Session> {
  return new LRUCache({ max: 10_000 });
}
