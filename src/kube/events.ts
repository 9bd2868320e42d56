/** The Event of an update, byte for byte as argocd-image-updater 0.18 writes it. */
import type { Application } from '../core/config/application.ts';
import type { ImageChange } from '../core/plan.ts';
import type { ApiCall } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';

const maxNameLength = 253;
const maxAnswerBytes = 1 << 20;

/**
 * Events v1 object for the changes of one application. `nanos`: nanoseconds since 1970; they make its name.
 * Source: daemon.md 6. kind and apiVersion of the Application are given although 0.18 leaves them empty.
 */
export function renderEvent(app: Application, changes: readonly ImageChange[], nanos: bigint): object {
  const seconds = `${new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19)}Z`;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: eventName(app.name, nanos),
      namespace: app.namespace,
      annotations: Object.fromEntries(changes.flatMap((change, index) => changeAnnotations(change, index))),
    },
    involvedObject: {
      kind: 'Application',
      namespace: app.namespace,
      name: app.name,
      uid: app.uid,
      apiVersion: 'argoproj.io/v1alpha1',
      resourceVersion: app.resourceVersion,
    },
    reason: 'ImagesUpdated',
    message: `Successfully updated application '${app.name}'`,
    source: { component: 'ArgocdImageUpdater' },
    firstTimestamp: seconds,
    lastTimestamp: seconds,
    count: 1,
    type: 'Normal',
  };
}

/** Throws `Failed` (kube). Not repeated: an Event that came through twice would tell of two updates. */
export async function writeEvent(
  exchange: Exchange,
  app: Application,
  event: object,
  signal: AbortSignal,
): Promise<void> {
  const call: ApiCall = {
    doing: `create an Event in namespace ${app.namespace}`,
    resource: `events ${app.namespace}`,
    advice: {
      forbidden: `allow verb "create" on "events" in namespace "${app.namespace}", or switch events off with --disable-kube-events`,
    },
  };
  const answer = await exchange(
    call,
    {
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(app.namespace)}/events`,
      contentType: 'application/json',
      body: JSON.stringify(event),
      maxBodyBytes: maxAnswerBytes,
    },
    signal,
  );
  successBody(call, answer);
}

function eventName(application: string, nanos: bigint): string {
  const suffix = `.${nanos.toString(16)}`;
  return `${application.slice(0, maxNameLength - suffix.length)}${suffix}`;
}

function changeAnnotations(change: ImageChange, index: number): readonly [string, string][] {
  const prefix = `argocd-image-updater.image-${index}/`;
  return [
    [`${prefix}full-image-name`, change.fullName],
    [`${prefix}image-name`, change.name],
    [`${prefix}old-tag`, change.oldTag],
    [`${prefix}new-tag`, change.newTag],
  ];
}
