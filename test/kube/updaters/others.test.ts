/** Which updaters of another make are found in Argo CD's namespace, and what is taken for none. */
import { describe, expect, it } from 'vitest';
import type { KubeOptions } from '../../../src/kube/cluster.ts';
import type { ObjectSeed, Rule } from '../../fakes/kube-api.ts';
import { anApplication, failureOf, never } from '../fixtures.ts';
import { kubeWorld } from '../worlds.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const leaseName = 'c21b75f2.argoproj.io';

function timeText(agoMs: number): string {
  return new Date(nowMs - agoMs).toISOString();
}

function aLease(renewedAgoMs: number, holder = 'controller-7d_1'): ObjectSeed {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName, namespace: 'argocd' },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime: timeText(renewedAgoMs) },
  };
}

interface EventParts {
  readonly agoMs?: number;
  readonly namespace?: string;
  readonly reason?: string;
  readonly component?: string;
  readonly lastTimestamp?: unknown;
}

function anEvent(application: string, parts: EventParts = {}): ObjectSeed {
  const {
    namespace = 'argocd',
    reason = 'ImagesUpdated',
    component = 'ArgocdImageUpdater',
    agoMs = 0,
  } = parts;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${application}.17a`, namespace },
    involvedObject: { kind: 'Application', namespace, name: application },
    reason,
    source: { component },
    lastTimestamp: 'lastTimestamp' in parts ? parts.lastTimestamp : timeText(agoMs),
  };
}

const leaseSign = { kind: 'lease', lease: `argocd/${leaseName}`, holder: 'controller-7d_1' };
const eventSign = (agoMs: number) => ({ kind: 'event', application: 'argocd/shop', atMs: nowMs - agoMs });

async function signsOf(objects: readonly ObjectSeed[], options: Partial<KubeOptions> = {}) {
  const { cluster } = await kubeWorld({ objects }, options);
  return await cluster.otherUpdaters?.(never);
}

describe('another updater', () => {
  it.each<[string, readonly ObjectSeed[], readonly unknown[]]>([
    ['nobody', [], []],
    ['a Lease that is renewed', [aLease(3_000)], [leaseSign]],
    ['a Lease that is renewed a moment late', [aLease(19_000)], [leaseSign]],
    ['a Lease of a clock that goes ahead', [aLease(-3_000)], [leaseSign]],
    ['a Lease that has run out', [aLease(21_000)], []],
    ['a Lease that was given back', [aLease(0, '')], []],
    ['an Event of an update', [anEvent('shop', { agoMs: 60_000 })], [eventSign(60_000)]],
    [
      'several Events: the latest one',
      [
        anEvent('pay', { agoMs: 90_000 }),
        anEvent('shop', { agoMs: 60_000 }),
        anEvent('crm', { agoMs: 80_000 }),
      ],
      [eventSign(60_000)],
    ],
    ['an Event of long ago', [anEvent('shop', { agoMs: 601_000 })], []],
    ['an Event of another namespace', [anEvent('shop', { namespace: 'team-a' })], []],
    ['an Event of another reason', [anEvent('shop', { reason: 'UpdateReverted' })], []],
    ['an Event of another program', [anEvent('shop', { component: 'argocd-server' })], []],
    ['an Event without a time', [anEvent('shop', { lastTimestamp: null })], []],
    ['an Event with a time that is none', [anEvent('shop', { lastTimestamp: 'noon' })], []],
    ['both', [aLease(0), anEvent('shop')], [leaseSign, eventSign(0)]],
  ])('%s', async (_, objects, signs) => {
    expect(await signsOf(objects)).toEqual(signs);
  });

  it('is none where the Lease is that of our own election, though another one leads', async () => {
    expect(await signsOf([aLease(0)], { ownLease: { namespace: 'argocd', name: leaseName } })).toEqual([]);
    expect(await signsOf([aLease(0)], { ownLease: { namespace: 'argocd', name: 'other' } })).toEqual([
      leaseSign,
    ]);
    expect(await signsOf([aLease(0)], { ownLease: { namespace: 'other', name: leaseName } })).toEqual([
      leaseSign,
    ]);
  });

  it('is none where the Event is our own', async () => {
    const { cluster, server } = await kubeWorld({ objects: [anApplication('shop')] });
    const cycle = cluster.openCycle();
    const { applications } = await cycle.applications(never);
    for (const app of applications)
      await cycle.recordUpdate(
        app,
        [{ alias: 'web', name: 'acme/web', fullName: 'acme/web', oldTag: '1', newTag: '2' }],
        never,
      );

    expect(server.objects.all('events')).toHaveLength(1);
    expect(await cluster.otherUpdaters?.(never)).toEqual([]);
  });

  it('is found by what may be read', async () => {
    const events: Rule = { apiGroups: [''], resources: ['events'], verbs: ['list'] };
    const { cluster } = await kubeWorld({ objects: [aLease(0), anEvent('shop')], rules: [events] });

    expect(await cluster.otherUpdaters?.(never)).toEqual([eventSign(0)]);
  });

  it('is not known where nothing may be read', async () => {
    const { cluster } = await kubeWorld({ objects: [aLease(0), anEvent('shop')], rules: [] });

    expect(await failureOf(cluster.otherUpdaters?.(never) ?? Promise.resolve())).toMatchObject({
      kind: 'kube',
      code: 'forbidden',
    });
  });

  it.each(['<html>', '{"items":7}', '{"items":[null,7,{"metadata":[]}]}'])(
    'is none where the server answers %s',
    async (body) => {
      const { cluster, server } = await kubeWorld();
      server.faults.push({
        when: ({ path }) => path.endsWith('/events'),
        respond: { kind: 'status', status: 200, body },
      });

      expect(await cluster.otherUpdaters?.(never)).toEqual([]);
    },
  );

  it('is given up after ten seconds', async () => {
    const { cluster, server, clock } = await kubeWorld();
    server.faults.push({ respond: { kind: 'hang' } });
    const looking = failureOf(cluster.otherUpdaters?.(never) ?? Promise.resolve());
    await expect.poll(() => server.requests.length).toBe(2);
    clock.pass(10_000);

    expect(await looking).toMatchObject({ kind: 'kube', code: 'timeout' });
  });
});
