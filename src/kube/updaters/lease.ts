/** The Lease of `coordination.k8s.io/v1`, as client-go writes it. */
import { isRecord } from '../../core/base/json.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease, LeaseRecord, StoredLease } from '../../ports/lease.ts';
import { makeKubeClient } from '../api/client.ts';
import { type ApiCall, apiFailure, parsedObject } from '../api/error.ts';
import { type Exchange, type OnRequest, successBody } from '../api/exchange.ts';
import { type ClusterSource, loadClusterConfig } from '../api/kubeconfig.ts';
import { fieldManager } from '../api/managed-fields.ts';

export interface KubeLeaseOptions {
  readonly source: ClusterSource;
  /** Absent: that of the pod, or of the kubeconfig's context. */
  readonly namespace?: string;
  readonly name: string;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly onRequest?: OnRequest;
}

const maxAnswerBytes = 1 << 20;
/** Half of what a holder has to renew it: there is time for a second attempt. */
const requestTimeoutMs = 5_000;

/**
 * Has a connection of its own: a renewal does not wait behind lists. Throws `Failed` (config) where no cluster or no
 * namespace is configured; no request is sent before it is used.
 */
export function makeKubeLease(options: KubeLeaseOptions): Lease {
  const { source, name, clock, userAgent, onRequest } = options;
  const namespace = options.namespace ?? loadClusterConfig(source).namespace;
  if (namespace === undefined) {
    const advice = 'outside of a cluster --leader-election-namespace has to name one';
    throw new Failed(configFailure(`--leader-election: no namespace for the Lease; ${advice}`));
  }
  const exchange = makeKubeClient({
    load: () => loadClusterConfig(source).config,
    clock,
    userAgent,
    requestTimeoutMs,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  return leaseOver(exchange, namespace, name);
}

/** Over a connection that is there already. */
export function leaseOver(exchange: Exchange, namespace: string, name: string): Lease {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const query = `fieldManager=${fieldManager}`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  const call = (verb: string, doing: string): ApiCall => ({
    doing: `${doing} Lease ${namespace}/${name}`,
    resource: `leases.coordination.k8s.io ${namespace}/${name}`,
    advice: {
      forbidden: `allow verb "${verb}" on "leases" of API group "coordination.k8s.io" in namespace "${namespace}" by a Role`,
    },
  });
  return {
    name: `${namespace}/${name}`,
    async read(signal) {
      const reading = call('get', 'read');
      const answer = await exchange(reading, { method: 'GET', path, maxBodyBytes: maxAnswerBytes }, signal);
      return answer.status === 404 ? null : storedLease(reading, successBody(reading, answer));
    },
    async create(record, signal) {
      const creating = call('create', 'create');
      const request = {
        method: 'POST',
        path: `${collection}?${query}`,
        contentType: 'application/json',
        body: JSON.stringify({
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec: specOf(record),
        }),
        maxBodyBytes: maxAnswerBytes,
      } as const;
      const answer = await exchange(creating, request, signal);
      return answer.status === 409 ? null : storedLease(creating, successBody(creating, answer));
    },
    async replace(version, record, signal) {
      const patching = call('patch', 'renew');
      const request = {
        method: 'PATCH',
        path: `${path}?${query}`,
        contentType: 'application/merge-patch+json',
        // the version makes the server refuse it where somebody else has written meanwhile
        body: JSON.stringify({ metadata: { resourceVersion: version }, spec: specOf(record) }),
        maxBodyBytes: maxAnswerBytes,
      } as const;
      const answer = await exchange(patching, request, signal);
      const isGone = answer.status === 409 || answer.status === 404;
      return isGone ? null : storedLease(patching, successBody(patching, answer));
    },
  };
}

/** A holder that is not there is left out, as client-go does. */
function specOf({ holder, durationSeconds, acquiredAtMs, renewedAtMs, transitions }: LeaseRecord): object {
  return {
    holderIdentity: holder === '' ? null : holder,
    leaseDurationSeconds: durationSeconds,
    acquireTime: microTime(acquiredAtMs),
    renewTime: microTime(renewedAtMs),
    leaseTransitions: transitions,
  };
}

/** `2026-01-02T03:04:05.678000Z`. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function storedLease(call: ApiCall, body: string): StoredLease {
  const { metadata, spec } = parsedObject(body);
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  if (typeof version !== 'string') throw apiFailure(call, 'malformed', 'the answer is no Lease');
  return { version, record: recordOf(isRecord(spec) ? spec : {}) };
}

function recordOf(spec: Readonly<Record<string, unknown>>): LeaseRecord {
  const { holderIdentity } = spec;
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationSeconds: numberOf(spec['leaseDurationSeconds']),
    acquiredAtMs: timeOf(spec['acquireTime']),
    renewedAtMs: timeOf(spec['renewTime']),
    transitions: numberOf(spec['leaseTransitions']),
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

function timeOf(value: unknown): number {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
