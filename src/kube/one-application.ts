/** One Application by its name, from whichever API. */
import { type Application, readApplication } from '../core/config/application.ts';
import { type ApiCall, apiFailure, parsedObject } from './api/error.ts';
import { ownerOf } from './api/managed-fields.ts';
import { deployedSpecs } from '../core/policy/rollback/deployed-specs.ts';
import { parseInstant } from '../core/version/instant.ts';
import type { SpecPast } from '../ports/cluster.ts';
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
  one: OneApplication,
  signal: AbortSignal,
): Promise<Application | null> {
  const { call } = one;
  const object = await readOneObject(exchange, one, signal);
  if (object === null) return null;
  const read = readApplication(object);
  if (!read.ok) throw apiFailure(call, 'malformed', read.failure.message);
  return read.value;
}

/** The whole object. */
async function readOneObject(
  exchange: Exchange,
  { place, call, path, maxBodyBytes, absent }: OneApplication,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isObjectName(place.namespace) || !isObjectName(place.name)) return null;
  const answer = await exchange(call, { method: 'GET', path, maxBodyBytes }, signal);
  return absent.includes(answer.status) ? null : parsedObject(successBody(call, answer));
}

/** null: there is none. Throws `Failed` (kube). */
export async function readSpecPast(
  exchange: Exchange,
  one: OneApplication,
  pointer: string,
  signal: AbortSignal,
): Promise<SpecPast | null> {
  const object = await readOneObject(exchange, one, signal);
  if (object === null) return null;
  const deployed = deployedSpecs(object);
  const owner = ownerOf(object, pointer);
  if (owner === undefined) return { deployed };
  const written = parseInstant(owner.time);
  const at = written === undefined ? {} : { atMs: written.seconds * 1000 };
  return { owner: { manager: owner.manager, ...at }, deployed };
}
