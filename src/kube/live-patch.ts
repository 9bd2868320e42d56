/** The guarded patch of one live Application: read, compute, send; on a conflict all of it again. */
import type { Clock } from '../ports/clock.ts';
import type { JsonPatchOperation } from '../core/live-patch.ts';
import type { LivePatch, Reverted } from '../ports/cluster.ts';
import type { Application } from '../core/config/application.ts';
import type { Failed } from '../core/base/outcome.ts';
import { isRecord } from '../core/base/json.ts';
import { type ApiCall, apiFailure } from './api/error.ts';
import { backOffMs, pause } from './api/exchange.ts';
import { writerOf } from './api/managed-fields.ts';
import type { PatchMemory } from './patch-memory.ts';

export type PatchAnswer =
  /** `object`: what the server says that it holds now. */
  | { readonly kind: 'taken'; readonly object: unknown }
  /** The object changed meanwhile. */
  | { readonly kind: 'conflict' }
  /** A `test` did not hold, or an operation did not apply: `words` of the server. */
  | { readonly kind: 'refused'; readonly words: string }
  /** The server took nothing yet. */
  | { readonly kind: 'busy' }
  /** No answer, or none that tells: the patch may have been taken. */
  | { readonly kind: 'unclear'; readonly failure: Failed };

/** What an API has to offer for it. Both throw `Failed` (kube). */
export interface LiveApplications {
  /** The object as it is now. */
  read(app: Application, signal: AbortSignal): Promise<unknown>;
  patch(
    app: Application,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<PatchAnswer>;
}

export interface LivePatching {
  readonly live: LiveApplications;
  readonly clock: Clock;
  readonly memory: PatchMemory;
}

const maxRetries = 5;
const maxUnclear = 2; // each may have taken the whole time of a request

/**
 * Throws `Failed` (kube): `conflict` when others were faster six times, `server-error` when it was refused as often,
 * `invalid` when the server refuses, or drops, what nobody else has changed.
 */
export async function patchLive(
  { live, clock, memory }: LivePatching,
  app: Application,
  compute: LivePatch,
  signal: AbortSignal,
): Promise<'patched' | 'unchanged' | Reverted> {
  if (compute(listedObject(app)).length === 0) return held(memory, app);
  const call = patchCall(app);
  let unclear = 0;
  let refused: { readonly version: string; readonly words: string } | null = null;
  for (let attempt = 0; ; attempt += 1) {
    const object = await live.read(app, signal);
    const operations = compute(object);
    if (operations.length === 0) return held(memory, app);
    if (memory.isUndone(app, operations)) return reverted(memory, app, object, operations);
    if (refused !== null && refused.version === versionOf(object))
      throw refusedUnchanged(call, refused.words);
    const answer = await live.patch(app, operations, signal);
    if (answer.kind === 'taken') {
      checkStored(call, compute(answer.object));
      memory.taken(app, operations);
      return 'patched';
    }
    if (answer.kind === 'unclear') {
      memory.unclear(app);
      unclear += 1;
      if (unclear > maxUnclear) throw answer.failure;
    }
    refused = answer.kind === 'refused' ? { version: versionOf(object), words: answer.words } : null;
    if (attempt === maxRetries) throw givenUp(call, answer);
    await pause(clock, call, backOffMs(attempt, clock), signal);
  }
}

/** A value that is there because of a patch whose answer was lost is ours. */
function held(memory: PatchMemory, app: Application): 'patched' | 'unchanged' {
  if (!memory.isUnclear(app)) return 'unchanged';
  memory.taken(app, []);
  return 'patched';
}

/** As much of the object as the list of this cycle told: enough to see that there is nothing to do. */
function listedObject({ sourceKind, sources }: Application): unknown {
  switch (sourceKind) {
    case 'single':
      return { spec: { source: sources[0] } };
    case 'multi':
      return { spec: { sources } };
    case 'hydrator':
      return { spec: { sourceHydrator: { drySource: sources[0] } } };
  }
}

function reverted(
  memory: PatchMemory,
  app: Application,
  object: unknown,
  operations: readonly JsonPatchOperation[],
): Reverted {
  const path = writtenPath(operations);
  return { kind: 'reverted', path, by: writerOf(object, path), isNews: memory.isNews(app) };
}

/** A server of another version of the CRD takes a patch, and drops what its schema does not have. */
function checkStored(call: ApiCall, remaining: readonly JsonPatchOperation[]): void {
  if (remaining.length === 0) return;
  const path = writtenPath(remaining);
  const detail = `the server took the patch and dropped ${path}: the CRD in the cluster does not have this field`;
  const remedy = "update Argo CD's CRDs, or use write-back-method: git";
  throw apiFailure(call, 'invalid', detail, { remedy });
}

/** Pointer to what is changed; the operations before it only test. */
function writtenPath(operations: readonly JsonPatchOperation[]): string {
  return operations.find(({ op }) => op !== 'test')?.path ?? '';
}

function versionOf(object: unknown): string {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' ? version : '';
}

function refusedUnchanged(call: ApiCall, words: string): Failed {
  return apiFailure(call, 'invalid', `refused, though nobody changed the Application: ${words}`);
}

function givenUp(call: ApiCall, answer: Exclude<PatchAnswer, { readonly kind: 'taken' }>): Failed {
  const attempts = `in ${maxRetries + 1} attempts`;
  switch (answer.kind) {
    case 'busy':
      return apiFailure(call, 'server-error', `the server was too busy ${attempts}`);
    case 'conflict':
      return apiFailure(call, 'conflict', `others changed it meanwhile, ${attempts}`);
    case 'refused':
      return apiFailure(call, 'conflict', `others changed it meanwhile, ${attempts} (${answer.words})`);
    case 'unclear':
      return answer.failure;
  }
}

export function patchCall(app: Application): ApiCall {
  return {
    doing: `patch Application ${app.namespace}/${app.name}`,
    resource: `applications.argoproj.io ${app.namespace}/${app.name}`,
    advice: { forbidden: patchAdvice(app.namespace) },
  };
}

export function patchAdvice(namespace: string): string {
  return `allow verb "patch" on "applications" of API group "argoproj.io" in namespace "${namespace}"`;
}
