/** Updaters of another make that work in the same namespace: who runs beside them writes the same files. */
import { isRecord } from '../../core/base/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UpdaterSign } from '../../ports/cluster.ts';
import { within } from '../../net/deadline.ts';
import { type ApiCall, parsedObject } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { managersOf } from '../api/managed-fields.ts';
import { leaseOver } from './lease.ts';

export interface Surroundings {
  /** Argo CD's. */
  readonly namespace: string;
  /** `namespace/name` of the Lease that this program takes part in the election of. */
  readonly ownLease?: string;
  /** Its first part is the name under which the API server knows what this program has created. */
  readonly userAgent: string;
  readonly clock: Clock;
}

/** Of releases 1.x. Source: daemon.md 8. */
const leaseName = 'c21b75f2.argoproj.io';
/** How long after its end a Lease still tells of somebody: clocks differ, and a renewal may be late. */
const graceMs = 5_000;
/** Somebody who updates writes an Event each time; the API server keeps them for an hour. */
const recentMs = 600_000;
const maxEvents = 200;
const maxAnswerBytes = 1 << 20;
const deadlineMs = 10_000;

/** Throws `Failed` (kube) where neither is allowed to be read; one that may be read is told of without the other. */
export async function findOtherUpdaters(
  exchange: Exchange,
  around: Surroundings,
  signal: AbortSignal,
): Promise<readonly UpdaterSign[]> {
  return await within(around.clock, deadlineMs, [signal], async (limited) => {
    const found = await Promise.allSettled([
      findHolder(exchange, around, limited),
      findEvent(exchange, around, limited),
    ]);
    const signs = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const refused = found.find((each) => each.status === 'rejected');
    if (signs.length === 0 && refused !== undefined) throw refused.reason;
    return signs;
  });
}

async function findHolder(
  exchange: Exchange,
  { namespace, ownLease, clock }: Surroundings,
  signal: AbortSignal,
): Promise<readonly UpdaterSign[]> {
  const lease = leaseOver(exchange, namespace, leaseName);
  if (lease.name === ownLease) return [];
  const stored = await lease.read(signal);
  if (stored === null || stored.record.holder === '') return [];
  const { holder, renewedAtMs, durationSeconds } = stored.record;
  const isInForce = clock.now() <= renewedAtMs + durationSeconds * 1000 + graceMs;
  return isInForce ? [{ kind: 'lease', lease: lease.name, holder }] : [];
}

/** The latest one. */
async function findEvent(
  exchange: Exchange,
  { namespace, userAgent, clock }: Surroundings,
  signal: AbortSignal,
): Promise<readonly UpdaterSign[]> {
  const call: ApiCall = {
    doing: `list Events in namespace ${namespace}`,
    resource: `events ${namespace}`,
  };
  const query = new URLSearchParams({
    fieldSelector: 'source=ArgocdImageUpdater,reason=ImagesUpdated',
    limit: String(maxEvents),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events?${query.toString()}`;
  const answer = await exchange(call, { method: 'GET', path, maxBodyBytes: maxAnswerBytes }, signal);
  const { items } = parsedObject(successBody(call, answer));
  const [own = ''] = userAgent.split('/');
  const since = clock.now() - recentMs;
  const others = (Array.isArray(items) ? items : []).flatMap((item) => signOf(item, own));
  return others
    .filter(({ atMs }) => atMs >= since)
    .toSorted((a, b) => b.atMs - a.atMs)
    .slice(0, 1);
}

type EventSign = Extract<UpdaterSign, { kind: 'event' }>;

/** An Event that nobody signed may be our own: it tells nothing. */
function signOf(item: unknown, own: string): readonly EventSign[] {
  const managers = managersOf(item).map(({ manager }) => manager);
  if (!isRecord(item) || managers.length === 0 || managers.includes(own)) return [];
  const { involvedObject: about, lastTimestamp } = item;
  const atMs = typeof lastTimestamp === 'string' ? Date.parse(lastTimestamp) : Number.NaN;
  if (Number.isNaN(atMs) || !isRecord(about)) return [];
  const { namespace, name } = about;
  if (typeof namespace !== 'string' || typeof name !== 'string') return [];
  return [{ kind: 'event', application: `${namespace}/${name}`, atMs }];
}
