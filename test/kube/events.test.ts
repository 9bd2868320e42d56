/** The Events of updates, against daemon.md 6. */
import { adviceFor } from '../../src/core/report/advice.ts';
import { describe, expect, it } from 'vitest';
import { aboutApplication, renderEvent, updateEvent } from '../../src/kube/events.ts';
import type { Fault } from '../fakes/kube-api.ts';
import { anApplication, failureOf, never, theOne } from './fixtures.ts';
import { kubeWorld, paths } from './worlds.ts';

const changes = [
  { alias: 'web', name: 'acme/web', fullName: 'ghcr.io/acme/web', oldTag: '1.0.0', newTag: '1.1.0' },
  { alias: '', name: 'nginx', fullName: 'nginx', oldTag: '', newTag: 'sha256:ab' },
];

async function recordIn(world: Awaited<ReturnType<typeof kubeWorld>>) {
  const cycle = world.cluster.openCycle();
  const app = theOne((await cycle.applications(never)).applications);
  world.server.requests.length = 0;
  await cycle.recordUpdate(app, changes, never);
}

describe('the Event of what fails', () => {
  it('is a warning that counts, and needs no more than to be created', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop', { namespace: 'team-a' })] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    world.server.requests.length = 0;
    const failing = { reason: 'ImageUpdateFailed', message: 'reg.test refuses (401)' } as const;

    await cycle.recordFailing(app, { ...failing, count: 1, firstAtMs: world.clock.now() }, never);
    const firstAtMs = world.clock.now();
    world.clock.pass(3_600_000);
    await cycle.recordFailing(app, { ...failing, count: 31, firstAtMs }, never);

    expect(paths(world.server)).toEqual(Array(2).fill('POST /api/v1/namespaces/team-a/events'));
    expect(world.server.objects.all('events')).toMatchObject([
      { ...failing, type: 'Warning', count: 1, involvedObject: { name: 'shop', uid: app.uid } },
      {
        ...failing,
        count: 31,
        firstTimestamp: '2026-01-02T03:04:05Z',
        lastTimestamp: '2026-01-02T04:04:05Z',
      },
    ]);
  });
});

describe('the Event of a freeze', () => {
  it('is about the ConfigMap of holds', async () => {
    const world = await kubeWorld({ objects: [] });
    const frozen = {
      reason: 'ImageHeld',
      type: 'Normal',
      message: 'nothing is written: incident 7',
    } as const;

    await world.cluster.openCycle().recordWithheld('holds', frozen, never);

    expect(world.server.objects.all('events')).toMatchObject([
      {
        ...frozen,
        involvedObject: { kind: 'ConfigMap', apiVersion: 'v1', name: 'argocd-image-updater-holds' },
      },
    ]);
  });
});

describe('the Event of an update', () => {
  it('fault B2: is one for a commit, whichever process tells of it and however often', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop', { namespace: 'team-a' })] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    const commit = '0123456789abcdef0123456789abcdef01234567';

    for (let i = 0; i < 2; i += 1) {
      world.clock.pass(60_000);
      await cycle.recordUpdate(app, changes, never, commit);
    }

    const names = world.server.objects.all('events').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['shop.0123456789abcdef']);
  });

  it('is what 0.18 writes, with the kind of the Application filled in', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop', { namespace: 'team-a' })] });
    const { uid = '', resourceVersion = '' }: Readonly<Record<string, unknown>> =
      world.server.objects.get('applications', 'team-a', 'shop')?.metadata ?? {};

    await recordIn(world);

    expect(paths(world.server)).toEqual(['POST /api/v1/namespaces/team-a/events']);
    expect(JSON.parse(theOne(world.server.requests).body)).toEqual({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: {
        name: 'shop.1886caf21c963200',
        namespace: 'team-a',
        annotations: {
          'argocd-image-updater.image-0/full-image-name': 'ghcr.io/acme/web',
          'argocd-image-updater.image-0/image-name': 'acme/web',
          'argocd-image-updater.image-0/old-tag': '1.0.0',
          'argocd-image-updater.image-0/new-tag': '1.1.0',
          'argocd-image-updater.image-1/full-image-name': 'nginx',
          'argocd-image-updater.image-1/image-name': 'nginx',
          'argocd-image-updater.image-1/old-tag': '',
          'argocd-image-updater.image-1/new-tag': 'sha256:ab',
        },
      },
      involvedObject: {
        kind: 'Application',
        apiVersion: 'argoproj.io/v1alpha1',
        namespace: 'team-a',
        name: 'shop',
        uid,
        resourceVersion,
      },
      reason: 'ImagesUpdated',
      message: "Successfully updated application 'shop'",
      source: { component: 'ArgocdImageUpdater' },
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
      count: 1,
      type: 'Normal',
    });
    expect(theOne(world.server.requests).status).toBe(201);
  });

  it('is not written where events are switched off', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop')] }, { kubeEvents: false });

    await recordIn(world);

    expect(world.server.requests).toEqual([]);
  });

  it('that is forbidden names the permission and the switch', async () => {
    const rules = [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list'] }];
    const world = await kubeWorld({ objects: [anApplication('shop')], rules });

    const failure = await failureOf(recordIn(world));

    expect(failure).toMatchObject({ kind: 'kube', code: 'forbidden', resource: 'events argocd' });
    expect(adviceFor(failure)).toContain('allow verb "create" on "events" in namespace "argocd"');
    expect(adviceFor(failure)).toContain('--disable-kube-events');
  });

  it.each<[string, Fault['respond']]>([
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['a closed connection', { kind: 'reset' }],
  ])('fault B3: is sent again, under the same name, after %s', async (_, respond) => {
    const world = await kubeWorld({ objects: [anApplication('shop')] });
    world.server.faults.push({ when: ({ method }) => method === 'POST', times: 2, respond });

    await recordIn(world);

    expect(new Set(world.server.requests.map(({ body }) => body)).size).toBe(1);
    expect(world.server.requests.at(-1)?.status).toBe(201);
    expect(world.server.objects.all('events')).toHaveLength(1);
  });

  it('fault B3: that came through although its answer was lost is written once', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop')] });
    world.server.faults.push({
      when: ({ method }) => method === 'POST',
      times: 1,
      respond: { kind: 'unanswered' },
    });

    await recordIn(world);

    expect(world.server.requests.map(({ status }) => status)).toEqual([201, 409]);
    expect(world.server.objects.all('events')).toHaveLength(1);
  });

  it('that is refused four times fails', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop')] });
    world.server.faults.push({
      when: ({ method }) => method === 'POST',
      respond: { kind: 'status', status: 500 },
    });

    const failure = await failureOf(recordIn(world));

    expect(failure).toMatchObject({ kind: 'kube', code: 'server-error' });
    expect(world.server.requests).toHaveLength(4);
  });

  it('of an Application with the longest name has a name that the server takes', () => {
    const app = {
      namespace: 'argocd',
      name: 'a'.repeat(253),
      uid: 'u',
      resourceVersion: '1',
      project: '',
      annotations: {},
      labels: {},
      sourceKind: 'single',
      sources: [],
    } as const;

    const { metadata } = renderEvent(aboutApplication(app), updateEvent(app, []), 0x1886caf21c963200n) as {
      metadata: { name: string };
    };

    expect(metadata.name).toHaveLength(253);
    expect(metadata.name.endsWith('a.1886caf21c963200')).toBe(true);
  });
});
