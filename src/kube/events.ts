/** Events about Applications: an update, its undoing by somebody else, and what fails. */
import type { Application } from '../core/config/application.ts';
import type { EventReason, EventType } from '../core/report/event-reasons.ts';
import { revertedRemedy, revertedWords } from '../core/report/reverted.ts';
import type { ImageChange } from '../core/plan.ts';
import type { Failing, Reverted, Withheld } from '../ports/cluster.ts';
import type { ApiCall } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';

const maxNameLength = 253;
/** As many as nanoseconds have in hexadecimal. */
const nameDigits = 16;
const maxAnswerBytes = 1 << 20;

/** What one kind of Event says beside the object that it is about. */
export interface EventContent {
  readonly reason: EventReason;
  readonly type: EventType<EventReason>;
  readonly message: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** How often it happened, and when for the first time; absent: just now. */
  readonly count?: number;
  readonly firstAtMs?: number;
}

/** Byte for byte that of 0.18. Source: daemon.md 6. */
export function updateEvent(app: Application, changes: readonly ImageChange[]): EventContent {
  return {
    reason: 'ImagesUpdated',
    type: 'Normal',
    message: `Successfully updated application '${app.name}'`,
    annotations: Object.fromEntries(changes.flatMap((change, index) => changeAnnotations(change, index))),
  };
}

export function revertedEvent(app: Application, reverted: Reverted): EventContent {
  const message = `${revertedWords(app, reverted)}; ${revertedRemedy(app, reverted)}`;
  return { reason: 'UpdateReverted', type: 'Warning', message, annotations: {} };
}

export function failingEvent({ reason, message, count, firstAtMs }: Failing): EventContent {
  return { reason, type: 'Warning', message, annotations: {}, count, firstAtMs };
}

export function withheldEvent(withheld: Withheld): EventContent {
  return { ...withheld, annotations: {} };
}

/**
 * Events v1 object. `nanos`: nanoseconds since 1970; they make its name, as in 0.18, unless there
 * is a `commit` that makes it. kind and apiVersion of the Application are given although 0.18 leaves them empty.
 */
export function renderEvent(
  about: EventSubject,
  content: EventContent,
  nanos: bigint,
  commit?: string,
): object {
  const { reason, type, message, annotations, count = 1, firstAtMs } = content;
  const seconds = secondsText(Number(nanos / 1_000_000n));
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: eventName(about.name, commit?.slice(0, nameDigits) ?? nanos.toString(16)),
      namespace: about.namespace,
      annotations,
    },
    involvedObject: about,
    reason,
    message,
    source: { component: 'ArgocdImageUpdater' },
    firstTimestamp: firstAtMs === undefined ? seconds : secondsText(firstAtMs),
    lastTimestamp: seconds,
    count,
    type,
  };
}

/** As what an Event is about is named in it. */
export interface EventSubject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly apiVersion: string;
  readonly resourceVersion?: string;
}

export function aboutApplication({ namespace, name, uid, resourceVersion }: Application): EventSubject {
  const [kind, apiVersion] = ['Application', 'argoproj.io/v1alpha1'];
  return { kind, namespace, name, uid, apiVersion, resourceVersion };
}

export function aboutConfigMap(namespace: string, name: string): EventSubject {
  return { kind: 'ConfigMap', namespace, name, apiVersion: 'v1' };
}

/** Throws `Failed` (kube). The Event has its name before it is sent: one that came through twice is still one. */
export async function writeEvent(
  exchange: Exchange,
  { namespace }: Pick<EventSubject, 'namespace'>,
  event: object,
  signal: AbortSignal,
): Promise<void> {
  const call: ApiCall = {
    doing: `create an Event in namespace ${namespace}`,
    resource: `events ${namespace}`,
    advice: {
      forbidden: `allow verb "create" on "events" in namespace "${namespace}", or switch events off with --disable-kube-events`,
    },
  };
  const answer = await exchange(
    call,
    {
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
      contentType: 'application/json',
      body: JSON.stringify(event),
      maxBodyBytes: maxAnswerBytes,
      isRepeatable: true,
    },
    signal,
  );
  const isThere = answer.status === 409; // an earlier attempt came through, and its answer was lost
  if (!isThere) successBody(call, answer);
}

function secondsText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function eventName(application: string, digits: string): string {
  const suffix = `.${digits}`;
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
