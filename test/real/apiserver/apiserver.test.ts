/** The cluster adapter, live targets and Events against the API server of Kubernetes itself. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { JsonPatchOperation } from '../../../src/core/live-patch.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import type { Lease } from '../../../src/ports/lease.ts';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import { makeKubeLease } from '../../../src/kube/updaters/lease.ts';
import { clusterContract } from '../../contracts/cluster.ts';
import { leaseContract } from '../../contracts/lease.ts';
import { policyMemoryContract } from '../../contracts/policy-memory.ts';
import { sharedPolicyMemoryContract } from '../../contracts/shared-policy-memory.ts';
import { startKubeApi } from '../../fakes/kube-api.ts';
import type { ObjectSeed } from '../../fakes/kube-api.ts';
import type { JsonObject } from '../../fakes/kube/json.ts';
import { anApplication, fakeClock, failureOf, never, temporaryFolder, theOne } from '../../kube/fixtures.ts';
import { apiserverProgram, type RealApiServer, startRealApiServer } from './server.ts';

if (apiserverProgram === undefined) {
  process.stdout.write('TIDEWAITER_APISERVER is not set: no tests against a real API server\n');
}

describe.runIf(apiserverProgram !== undefined)('a real API server', () => {
  let server: RealApiServer;

  beforeAll(async () => {
    server = await startRealApiServer(apiserverProgram ?? '');
  });
  afterAll(() => server.stop());
  beforeEach(() => server.clear());

  function connect(settings: object = {}): Cluster {
    return makeKubeCluster({
      argocdNamespace: 'argocd',
      namePatterns: [],
      clock: fakeClock(),
      ...settings,
      kubeconfigPath: server.kubeconfig(join(temporaryFolder(), 'config')),
      environment: {},
      kubeEvents: true,
      userAgent: 'tidewaiter/test',
    });
  }

  async function start(objects: readonly ObjectSeed[]): Promise<void> {
    for (const object of objects) await server.put(object);
  }

  clusterContract({
    name: 'a real Kubernetes API server',
    live: true,
    isLax: false,
    start: async (objects) => {
      await start(objects);
      return {
        put: async (object) => void (await server.put(object)),
        make: (settings) => connect(settings),
      };
    },
  });

  const leaseOf = (path: string, name: string): Lease =>
    makeKubeLease({
      source: { path, environment: {} },
      namespace: 'argocd',
      name,
      clock: fakeClock(),
      userAgent: 'tidewaiter/test',
    });

  leaseContract('a real Kubernetes API server', (name) =>
    leaseOf(server.adminKubeconfig(join(temporaryFolder(), 'config')), name),
  );

  const freshMemory = async () => {
    const path = server.adminKubeconfig(join(temporaryFolder(), 'config'));
    return () => {
      const { policyMemory } = makeKubeCluster({
        kubeconfigPath: path,
        argocdNamespace: 'argocd',
        namePatterns: [],
        environment: {},
        kubeEvents: true,
        clock: fakeClock(),
        userAgent: 'tidewaiter/test',
      });
      if (policyMemory === undefined) throw new Error('a cluster has memory');
      return policyMemory;
    };
  };
  policyMemoryContract('ConfigMaps of a real Kubernetes API server', freshMemory);
  sharedPolicyMemoryContract('ConfigMaps of a real Kubernetes API server', freshMemory);

  it('fault C12: tells our account of ImageUpdater resources as soon as it has them', async () => {
    const [group, plural] = ['argocd-image-updater.argoproj.io', 'imageupdaters'];
    const before = await connect().hasImageUpdaters?.(never);
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await server.define(`${group}/v1alpha1`, plural, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'ImageUpdater', plural, singular: 'imageupdater', listKind: 'ImageUpdaterList' },
        versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
      },
    });

    expect([before, await connect().hasImageUpdaters?.(never)]).toEqual([false, true]);
  });

  it('tells the account of the shipped Role of an update that another program made, and not of ours', async () => {
    await start([anApplication('shop')]);
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'shop.17a', namespace: 'argocd' },
      involvedObject: { kind: 'Application', namespace: 'argocd', name: 'shop' },
      reason: 'ImagesUpdated',
      source: { component: 'ArgocdImageUpdater' },
      lastTimestamp: '2026-01-02T03:04:05Z',
    };
    const { applications } = await connect().openCycle().applications(never);
    for (const app of applications) await connect().openCycle().recordUpdate(app, changes, never);
    const before = await connect().otherUpdaters?.(never);
    await server.put(event);

    const sign = { kind: 'event', application: 'argocd/shop', atMs: Date.parse(event.lastTimestamp) };
    expect([before, await connect().otherUpdaters?.(never)]).toEqual([[], [sign]]);
  });

  it('has a Lease for the account of the overlay high-availability, and no other', async () => {
    const path = server.kubeconfig(join(temporaryFolder(), 'config'));
    const lease = leaseOf(path, 'c21b75f2.argoproj.io');
    const record = { holder: 'a', durationSeconds: 15, acquiredAtMs: 1, renewedAtMs: 1, transitions: 0 };

    const created = await lease.create(record, never);
    const renewed = await lease.replace(created?.version ?? '', { ...record, renewedAtMs: 2 }, never);

    expect(renewed?.record.renewedAtMs).toBe(2);
    expect(await failureOf(leaseOf(path, 'other').read(never))).toMatchObject({ code: 'forbidden' });
  });

  const changes = [
    { alias: 'web', name: 'acme/web', fullName: 'ghcr.io/acme/web', oldTag: '1.0.0', newTag: '1.1.0' },
  ];

  it('takes the Event of an update once, however often it is sent', async () => {
    await start([anApplication('shop')]);
    const cycle = connect().openCycle();
    const app = theOne((await cycle.applications(never)).applications);

    await cycle.recordUpdate(app, changes, never);
    await connect().openCycle().recordUpdate(app, changes, never); // the same instant, so the same name

    const events = await server.list('events', 'argocd');
    expect(theOne(events)).toMatchObject({
      reason: 'ImagesUpdated',
      involvedObject: { kind: 'Application', name: 'shop', uid: app.uid },
    });
  });

  it('takes each other Event from the account of the shipped Role, and counts up those of what lasts', async () => {
    await start([anApplication('shop')]);
    const cycle = connect().openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    const failing = {
      message: 'list tags of ghcr.io/acme/web: 401 unauthorized',
      firstAtMs: 1_767_312_245_000,
    };
    const withheld = { type: 'Normal', message: 'web: 1.1.0 is withheld by hold: bug 42' } as const;

    // an Event is named by its instant: each of them comes at another one
    const at = (ms: number) => connect({ clock: fakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, ms)) }).openCycle();
    await at(1).recordFailing(app, { ...failing, reason: 'ImageUpdateFailed', count: 1 }, never);
    await at(2).recordFailing(app, { ...failing, reason: 'ImageUpdateFailed', count: 30 }, never);
    await at(3).recordFailing(app, { ...failing, reason: 'InvalidConfiguration', count: 1 }, never);
    await at(4).recordWithheld(app, { ...withheld, reason: 'ImageHeld' }, never);
    await at(5).recordWithheld(app, { ...withheld, type: 'Warning', reason: 'ImageWaiting' }, never);
    await at(6).recordWithheld(app, { ...withheld, reason: 'ImageReleased' }, never);
    const reverted = { kind: 'reverted', path: '/spec/source', by: 'kubectl', isNews: true } as const;
    await at(7).recordReverted(app, reverted, never);

    const events = await server.list('events', 'argocd');
    const told = events.map(({ reason, type, count }) => [reason, type, count]);
    expect(told.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
      ['ImageHeld', 'Normal', 1],
      ['ImageReleased', 'Normal', 1],
      ['ImageUpdateFailed', 'Warning', 1],
      ['ImageUpdateFailed', 'Warning', 30],
      ['ImageWaiting', 'Warning', 1],
      ['InvalidConfiguration', 'Warning', 1],
      ['UpdateReverted', 'Warning', 1],
    ]);
    expect(events.map(({ involvedObject }) => involvedObject)).toEqual(
      events.map(
        () => expect.objectContaining({ kind: 'Application', name: 'shop', uid: app.uid }) as unknown,
      ),
    );
  });

  it('fault D3: keeps the field manager of 0.18', async () => {
    await start([anApplication('shop')]);
    await patch('shop', addImages);

    const { metadata } = await server.get('applications', 'argocd', 'shop');
    expect((metadata as JsonObject)['managedFields']).toContainEqual(
      expect.objectContaining({ manager: 'argocd-image-updater', operation: 'Update' }),
    );
  });

  it('fault B8: tells who put the old value back', async () => {
    await start([anApplication('shop', { helm: { parameters: [{ name: 'image.tag', value: '1' }] } })]);
    const cluster = connect();
    const setTag = (live: unknown): readonly JsonPatchOperation[] => {
      const { parameters } = (live as LiveHelm).spec.source.helm;
      const path = '/spec/source/helm/parameters';
      const value = [{ name: 'image.tag', value: '2' }];
      if (parameters[0]?.value === '2') return [];
      return [
        { op: 'test', path, value: parameters },
        { op: 'replace', path, value },
      ];
    };
    expect(await patch('shop', setTag, cluster)).toBe('patched');
    await start([anApplication('shop', { helm: { parameters: [{ name: 'image.tag', value: '1' }] } })]);

    expect(await patch('shop', setTag, cluster)).toEqual({
      kind: 'reverted',
      path: '/spec/source/helm/parameters',
      by: 'somebody-else',
      isNews: true,
    });
  });

  it('is asked again when somebody was faster', async () => {
    await start([anApplication('shop')]);
    let raced = false;
    const compute = (live: unknown): readonly JsonPatchOperation[] => {
      const { source } = (live as { readonly spec: { readonly source: JsonObject } }).spec;
      if (source['kustomize'] !== undefined) return [];
      // as listed there is no answer from the server yet: the race is for the object that was read
      if (!raced && 'metadata' in (live as object)) {
        raced = true;
        server.mergeNow('applications', 'argocd', 'shop', {
          spec: { source: { helm: { releaseName: 'raced' } } },
        });
      }
      return [
        {
          op: 'test',
          path: '/spec/source/helm',
          value: source['helm'] ?? null,
        },
        { op: 'add', path: '/spec/source/kustomize', value: { images: ['acme/web:2'] } },
      ];
    };

    expect(await patch('shop', compute)).toBe('patched');
    const { spec } = await server.get('applications', 'argocd', 'shop');
    expect(spec).toMatchObject({
      source: { helm: { releaseName: 'raced' }, kustomize: { images: ['acme/web:2'] } },
    });
  });

  it('says what the Role lacks, in a namespace that it does not cover', async () => {
    const failure = await failureOf(connect().openCycle().secrets.secret('kube-system', 'creds'));

    expect(failure).toMatchObject({
      kind: 'kube',
      code: 'forbidden',
      advice: expect.stringContaining('allow verb "get" on "secrets" in namespace "kube-system"'),
    });
  });

  describe('and the fake one', () => {
    const answers: readonly (readonly [string, readonly JsonPatchOperation[]])[] = [
      ['a failed test', [{ op: 'test', path: '/spec/source/path', value: 'no' }]],
      ['a missing path', [{ op: 'replace', path: '/spec/source/none/x', value: 'no' }]],
      ['a wrong type', [{ op: 'add', path: '/spec/source/kustomize', value: { images: [7] } }]],
      ['a required field that is gone', [{ op: 'remove', path: '/spec/source/repoURL' }]],
      ['another name', [{ op: 'replace', path: '/metadata/name', value: 'other' }]],
      ['another namespace', [{ op: 'replace', path: '/metadata/namespace', value: 'other' }]],
      ['an operation that is none', [{ op: 'tset' as 'test', path: '/spec', value: 1 }]],
      ['a number for a text', [{ op: 'replace', path: '/spec/project', value: 7 }]],
      ['a text for a list', [{ op: 'add', path: '/spec/source/helm', value: { parameters: 'x' } }]],
      ['a text for a block', [{ op: 'add', path: '/spec/source/helm', value: 'x' }]],
    ];

    it.each(answers)('refuse %s alike', async (_, operations) => {
      const fake = await startKubeApi({ objects: [anApplication('shop')] });
      onTestFinished(() => fake.stop());
      await start([anApplication('shop')]);
      const faked = makeKubeCluster({
        kubeconfigPath: fake.kubeconfig(join(temporaryFolder(), 'config')),
        argocdNamespace: 'argocd',
        namePatterns: [],
        environment: {},
        kubeEvents: true,
        clock: fakeClock(),
        userAgent: 'tidewaiter/test',
      });

      const [real, pretended] = await Promise.all([
        failureOf(patch('shop', () => operations)),
        failureOf(patch('shop', () => operations, faked)),
      ]);

      expect(pretended).toEqual(real);
    });
  });

  const addImages = (live: unknown): readonly JsonPatchOperation[] =>
    JSON.stringify(live).includes('acme/web:2')
      ? []
      : [{ op: 'add', path: '/spec/source/kustomize', value: { images: ['acme/web:2'] } }];

  interface LiveHelm {
    readonly spec: {
      readonly source: { readonly helm: { readonly parameters: readonly { readonly value: string }[] } };
    };
  }

  async function patch(
    name: string,
    compute: (live: unknown) => readonly JsonPatchOperation[],
    cluster: Cluster = connect(),
  ): Promise<unknown> {
    const cycle = cluster.openCycle();
    const { applications } = await cycle.applications(never);
    const app = theOne(applications.filter((one) => one.name === name));
    return cycle.patchApplication(app, compute, never);
  }
});
