/** What the repositories of all cycles share when they are asked. */
import { LRUCache } from 'lru-cache';
import type { InFlight } from '../../net/in-flight/in-flight.ts';
import type { Backoff } from '../pace/backoff.ts';
import type { KnownSchemes } from './schemes.ts';
import type { Session } from './session.ts';
import type { TokenSource } from './token.ts';
import type { RegistryWarnings } from './warnings.ts';

export interface AccessOptions extends TokenSource {
  readonly schemes: KnownSchemes;
  readonly backoff: Backoff;
  readonly warnings: RegistryWarnings;
  readonly inFlight: InFlight;
  readonly sessions: LRUCache<string, Session>;
}

/** Sessions hold a token each; far more than a cluster has repositories. */
export function makeSessionCache(): LRUCache<string, Session> {
  return new LRUCache({ max: 10_000 });
}
