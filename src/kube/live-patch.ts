/** The guarded patch of one live Application: read, compute, send; on a conflict all of it again. */
import type { Clock } from '../ports/clock.ts';
import type { JsonPatchOperation } from '../core/live-patch.ts';
import type { LivePatch } from '../ports/cluster.ts';
import type { Application } from '../core/config/application.ts';
import type { Failed } from '../core/base/outcome.ts';
import { type ApiCall, apiFailure } from './api/error.ts';
import { backOffMs, pause } from './api/exchange.ts';

/** What an API has to offer for it. Both throw `Failed` (kube). */
export interface LiveApplications {
  /** The object as it is now. */
  read(app: Application, signal: AbortSignal): Promise<unknown>;
  /** `conflict`: the object changed meanwhile, or a `test` did not hold; `busy`: the server took nothing yet. */
  patch(
    app: Application,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<'patched' | 'conflict' | 'busy'>;
}

const maxRetries = 5;

/** Throws `Failed` (kube): `conflict` when others were faster six times, `server-error` when it was refused as often. */
export async function patchLive(
  live: LiveApplications,
  clock: Clock,
  app: Application,
  compute: LivePatch,
  signal: AbortSignal,
): Promise<'patched' | 'unchanged'> {
  const call = patchCall(app);
  for (let attempt = 0; ; attempt += 1) {
    const operations = compute(await live.read(app, signal));
    if (operations.length === 0) return 'unchanged';
    const result = await live.patch(app, operations, signal);
    if (result === 'patched') return 'patched';
    if (attempt === maxRetries) throw givenUp(call, result);
    await pause(clock, call, backOffMs(attempt, clock), signal);
  }
}

function givenUp(call: ApiCall, result: 'conflict' | 'busy'): Failed {
  const attempts = `in ${maxRetries + 1} attempts`;
  return result === 'busy'
    ? apiFailure(call, 'server-error', `the server was too busy ${attempts}`)
    : apiFailure(call, 'conflict', `others changed it meanwhile, ${attempts}`);
}

export function patchCall(app: Application): ApiCall {
  return {
    doing: `patch Application ${app.namespace}/${app.name}`,
    resource: `applications.argoproj.io ${app.namespace}/${app.name}`,
    advice: {
      forbidden: `allow verb "patch" on "applications" of API group "argoproj.io" in namespace "${app.namespace}"`,
    },
  };
}
