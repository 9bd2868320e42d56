/** One Application in Argo CD's REST API: read, patched, refreshed, annotated. */
import type { Application } from '../../core/config/application.ts';
import type { Clock } from '../../ports/clock.ts';
import { within } from '../../net/deadline.ts';
import { isRecord } from '../../core/base/json.ts';
import { type ApiAnswer, type ApiCall, apiFailure, parsedObject, serverWords } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { goJson } from '../go-json.ts';
import { type LiveApplications, type PatchAnswer, patchCall } from '../live-patch.ts';
import { sendPatch } from '../send-patch.ts';

const maxObjectBytes = 8 << 20;

export const tokenAdvice = { unauthorized: 'give a valid token with ARGOCD_TOKEN or --argocd-auth-token' };

const updateAdvice = {
  ...tokenAdvice,
  forbidden: 'allow action "update" on it to the account of the token',
};

/** How one is asked for; there is none, and none that the account may see, are one answer of Argo CD. */
export function oneArgocdApplication(place: Pick<Application, 'namespace' | 'name'>) {
  const [call, path] = [readCall(place), pathOf(place)];
  return { place, call, path, maxBodyBytes: maxObjectBytes, absent: [404, 403] } as const;
}

export function makeArgocdLiveApplications(exchange: Exchange): LiveApplications {
  return {
    async read(app, signal) {
      const call = readCall(app);
      const request = { method: 'GET', path: pathOf(app), maxBodyBytes: maxObjectBytes } as const;
      const object = parsedObject(successBody(call, await exchange(call, request, signal)));
      if (!isRecord(object['metadata'])) throw apiFailure(call, 'malformed', 'the answer is no Application');
      return object;
    },
    async patch(app, operations, signal) {
      const call: ApiCall = { ...patchCall(app), advice: updateAdvice };
      const request = patchRequest(app, 'json', goJson(operations));
      return sendPatch(exchange, call, request, patchAnswer, signal);
    },
  };
}

/** The server answers once Argo CD has looked, which nobody needs to wait for. */
const refreshMs = 5000;

/** Throws `Failed` (kube), but not for an answer that takes its time: by then the server has asked. */
export async function refreshArgocdApplication(
  exchange: Exchange,
  app: Application,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const call: ApiCall = { ...readCall(app), doing: 'ask Argo CD to refresh Applications by its API' };
  const request = {
    method: 'GET',
    path: `${pathOf(app)}&refresh=normal`,
    maxBodyBytes: maxObjectBytes,
  } as const;
  let isLate = false;
  try {
    await within(clock, refreshMs, [signal], async (limited) => {
      limited.addEventListener('abort', () => {
        isLate = !signal.aborted;
      });
      successBody(call, await exchange(call, request, limited));
    });
  } catch (fault) {
    if (!isLate) throw fault;
  }
}

/** Throws `Failed` (kube). */
export async function annotateArgocdApplication(
  exchange: Exchange,
  app: Application,
  annotations: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<void> {
  const call: ApiCall = {
    doing: 'annotate Applications by the Argo CD API',
    resource: 'applications',
    advice: updateAdvice,
  };
  const request = patchRequest(app, 'merge', JSON.stringify({ metadata: { annotations } }));
  successBody(call, await exchange(call, request, signal));
}

/** The patch is a text within the text of the body. */
function patchRequest(app: Application, patchType: 'json' | 'merge', patch: string) {
  return {
    method: 'PATCH',
    path: pathOf(app),
    contentType: 'application/json',
    body: JSON.stringify({ name: app.name, appNamespace: app.namespace, patchType, patch }),
    maxBodyBytes: maxObjectBytes,
  } as const;
}

/** A failed `test` and a lost race come as errors without a code of their own; Argo CD's words tell them. */
function patchAnswer(answer: ApiAnswer): PatchAnswer | undefined {
  if (answer.status === 409) return { kind: 'conflict' };
  if (answer.status < 500) return undefined;
  const words = serverWords(answer);
  if (/error applying patch/i.test(words)) return { kind: 'refused', words: `${answer.status} ${words}` };
  const isRace = /concurrent modification|object has been modified|too many conflicts/i.test(words);
  return isRace ? { kind: 'conflict' } : undefined;
}

function pathOf({ namespace, name }: Pick<Application, 'namespace' | 'name'>): string {
  return `/api/v1/applications/${encodeURIComponent(name)}?appNamespace=${encodeURIComponent(namespace)}`;
}

function readCall(app: Pick<Application, 'namespace' | 'name'>): ApiCall {
  // Argo CD does not tell an Application that is not there from one that the account may not see
  const forbidden = 'it was deleted meanwhile, or the account of the token lacks action "get" on it';
  return {
    doing: `read Application ${app.namespace}/${app.name} of the Argo CD API`,
    resource: `applications ${app.namespace}/${app.name}`,
    advice: { ...tokenAdvice, forbidden },
  };
}
