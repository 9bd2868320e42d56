/** One Application by its name, from whichever API. */
import { type Application, readApplication } from '../core/config/application.ts';
import { type ApiCall, apiFailure, parsedObject } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';
import { isObjectName } from './secrets.ts';

export interface OneApplication {
  readonly place: Pick<Application, 'namespace' | 'name'>;
  readonly call: ApiCall;
  readonly path: string;
  readonly maxBodyBytes: number;
  /** Statuses that say that there is none. */
  readonly absent: readonly number[];
}

/**
 * null: there is none. A name that no object can have is not asked for, since servers decode a path before they look at
 * its parts. Throws `Failed` (kube).
 */
export async function readOneApplication(
  exchange: Exchange,
  { place, call, path, maxBodyBytes, absent }: OneApplication,
  signal: AbortSignal,
): Promise<Application | null> {
  if (!isObjectName(place.namespace) || !isObjectName(place.name)) return null;
  const answer = await exchange(call, { method: 'GET', path, maxBodyBytes }, signal);
  if (absent.includes(answer.status)) return null;
  const read = readApplication(parsedObject(successBody(call, answer)));
  if (!read.ok) throw apiFailure(call, 'malformed', read.failure.message);
  return read.value;
}
