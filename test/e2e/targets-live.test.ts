/** Write-back method argocd: what is asked of the API, what the live object becomes, who may take it back. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeArgocdCluster } from '../../src/kube/argocd/argocd-api.ts';
import { startArgocdApi } from '../fakes/argocd-api.ts';
import type { KubeObject } from '../fakes/kube-api.ts';
import { makeRealClock } from '../fakes/clock.ts';
import { type GitScene, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const parameters = [
  { name: 'replicas', value: '3' },
  { name: 'image.tag', value: '1.0.0' },
];
const updated = [
  { name: 'replicas', value: '3' },
  { name: 'image.tag', value: '1.1.0', forceString: true },
  { name: 'image.name', value: web, forceString: true },
];

const helm: SceneApplication = {
  sourceType: 'Helm',
  source: { helm: { parameters } },
  images: [`${web}:1.0.0`],
  annotations: { 'write-back-method': 'argocd', 'image-list': `web=${web}:1.x` },
};

async function aScene(parts: SceneApplication): Promise<GitScene> {
  const scene = await startScene({});
  scene.tags('acme/web', '1.0.0', '1.1.0');
  scene.app('web', parts);
  return scene;
}

function specOf(scene: GitScene): Readonly<Record<string, unknown>> {
  return scene.bench.kube.objects.get('applications', 'argocd', 'web')?.['spec'] as Record<string, unknown>;
}

/** Requests about the one application since the last call. */
function requestsOf({ bench }: GitScene): readonly string[] {
  const own = bench.kube.requests.filter(({ path }) => path.endsWith('/applications/web'));
  bench.kube.requests.length = 0;
  return own.map(({ method, status }) => `${method} ${status}`);
}

describe('an application written through the Kubernetes API', () => {
  it('gets its parameters by one patch and tells one event', async () => {
    const scene = await aScene(helm);

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'patched' });
    expect(specOf(scene)['source']).toMatchObject({ helm: { parameters: updated } });
    expect(requestsOf(scene)).toEqual(['GET 200', 'PATCH 200']);
    expect(scene.bench.events()).toHaveLength(1);
    expect(scene.traffic().requests).toBe(0);
  });

  it('is not patched again while it waits to be synced', async () => {
    const scene = await aScene(helm);
    await scene.cycle();
    requestsOf(scene);

    const { report } = await scene.cycle();
    expect(writesOf(report)).toEqual({ web: 'unchanged' });
    expect(requestsOf(scene)).toEqual([]); // fault D5: the list has told it
    expect(writesOf(await scene.process().run())).toEqual({ web: 'unchanged' });
    expect(scene.bench.events()).toHaveLength(1);
  });

  it('keeps what somebody else changed in the same moment', async () => {
    const scene = await aScene(helm);
    scene.bench.kube.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: {
        kind: 'before',
        act: () =>
          scene.app('web', {
            ...helm,
            source: { helm: { parameters: [{ name: 'replicas', value: '5' }, parameters[1]] } },
          }),
      },
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'patched' });
    expect(requestsOf(scene)).toEqual(['GET 200', 'PATCH 422', 'GET 200', 'PATCH 200']);
    expect(specOf(scene)['source']).toMatchObject({
      helm: { parameters: [{ name: 'replicas', value: '5' }, updated[1], updated[2]] },
    });
  });

  it('changes in the one source that is meant', async () => {
    const scene = await startScene({});
    scene.tags('acme/web', '1.0.0', '1.1.0');
    const other = { repoURL: scene.url, path: 'crds', targetRevision: 'main' };
    scene.app('web', {
      ...helm,
      sources: [other, { ...other, path: 'web', kustomize: { images: [`other=x:1`, `${web}:1.0.0`] } }],
      status: { sourceTypes: ['Directory', 'Kustomize'] },
    });

    expect(writesOf((await scene.cycle()).report)).toEqual({ web: 'patched' });
    expect(specOf(scene)['sources']).toEqual([
      other,
      { ...other, path: 'web', kustomize: { images: [`other=x:1`, `${web}:1.1.0`] } },
    ]);
  });

  it.each([
    ['one source', {}, '/spec/source/helm/parameters'],
    [
      'a source of several',
      { sources: [{ path: 'web', helm: {} }], status: { sourceTypes: ['Helm'] } },
      '/spec/sources',
    ],
  ] as const)(
    'of an ApplicationSet, with %s, is warned of once, with what to add',
    async (_, more, pointer) => {
      const scene = await aScene({
        ...helm,
        ...more,
        ownerReferences: [
          { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'fleet', uid: 'u' },
        ],
      });

      const { lines } = await scene.cycle();
      const again = await scene.cycle();

      const warnings = [...lines, ...again.lines].filter((line) => line.includes('ApplicationSet'));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('fleet');
      expect(warnings[0]).toContain(`ignoreApplicationDifferences: [{jsonPointers: [${pointer}]}]`);
    },
  );

  it('fault B8: that its ApplicationSet puts back is patched once, warned of once and told by one Event', async () => {
    const owned: SceneApplication = {
      ...helm,
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'fleet', uid: 'u' },
      ],
    };
    const scene = await aScene(owned);
    const putBack = (): void => {
      const seed = scene.bench.kube.objects.get('applications', 'argocd', 'web');
      if (seed === undefined) throw new Error('no application');
      const spec = { ...(seed['spec'] as object), source: before } as unknown as KubeObject;
      scene.bench.kube.objects.put({ ...seed, spec }, 'argocd-applicationset-controller');
    };
    const before = specOf(scene)['source'];

    const cycles = [await scene.cycle()];
    for (let round = 0; round < 3; round += 1) {
      putBack();
      cycles.push(await scene.cycle());
    }

    const updated = cycles.map(({ report }) => report.counters.updated);
    expect(updated).toEqual([1, 0, 0, 0]);
    const warnings = cycles.flatMap(({ lines }) => lines.filter((line) => line.includes('was put back')));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('field manager \\"argocd-applicationset-controller\\"');
    const events = scene.bench.events().map(({ reason, message, type }) => ({ reason, message, type }));
    expect(events).toEqual([
      expect.objectContaining({ reason: 'ImagesUpdated', type: 'Normal' }),
      {
        reason: 'UpdateReverted',
        type: 'Warning',
        message:
          '/spec/source/helm/parameters was put back by field manager "argocd-applicationset-controller", ' +
          'ApplicationSet fleet owns it: it is not written again until something else changes; ' +
          "use write-back-method: git, or give the ApplicationSet's spec " +
          'ignoreApplicationDifferences: [{jsonPointers: [/spec/source/helm/parameters]}]',
      },
    ]);
  });

  it('fault D1: is patched though its parameters hold characters that Go escapes', async () => {
    const odd = { name: 'url', value: 'https://a/?a=1&b=<2>' };
    const scene = await aScene({ ...helm, source: { helm: { parameters: [odd, ...parameters] } } });

    expect(writesOf((await scene.cycle()).report)).toEqual({ web: 'patched' });
    expect(requestsOf(scene)).toEqual(['GET 200', 'PATCH 200']);
    expect(specOf(scene)['source']).toMatchObject({ helm: { parameters: [odd, ...updated] } });
  });

  it('fault D2: of a hydrator whose CRD has no such block fails, and leaves no Event', async () => {
    const scene = await startScene({}, { kube: { hasDryBlocks: false } });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    const drySource = { repoURL: scene.url, path: 'web', targetRevision: 'main' };
    const { source: _none, ...rest } = helm;
    scene.app('web', {
      ...rest,
      spec: {
        source: undefined,
        sourceHydrator: { drySource, syncSource: { path: 'web', targetBranch: 'env' } },
      },
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)['web']).toContain(
      'patch Application argocd/web: the server took the patch and dropped /spec/sourceHydrator/drySource/helm',
    );
    expect(report.counters).toMatchObject({ updated: 0, errors: 1 });
    expect(scene.bench.events()).toEqual([]);
  });

  it('fault B2: is told as updated, with its Event, though the answer to the patch was lost', async () => {
    const scene = await aScene(helm);
    scene.bench.kube.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'unanswered' },
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'patched' });
    expect(report.counters).toMatchObject({ updated: 1, errors: 0 });
    expect(scene.bench.events()).toHaveLength(1);
  });

  it('of a type that cannot be patched is told what to use instead', async () => {
    const scene = await aScene({
      ...helm,
      annotations: { ...helm.annotations, 'write-back-target': 'manifests' },
    });

    expect(writesOf((await scene.cycle()).report)['web']).toContain(
      'write-back-target "manifests": needs the annotation write-back-method: git',
    );
  });
});

describe('an application written through Argo CD', () => {
  it('is patched once, and read only while it waits to be synced', async () => {
    const scene = await startScene({});
    scene.tags('acme/web', '1.0.0', '1.1.0');
    const server = await startArgocdApi({ objects: [scene.app('web', helm)] });
    onTestFinished(() => server.stop());
    const cluster = makeArgocdCluster({
      serverAddress: server.address,
      plaintext: true,
      insecure: false,
      token: '',
      kubernetes: null,
      namePatterns: [],
      clock: makeRealClock(),
      environment: {},
      userAgent: 'tidewaiter/test',
    });
    const program = scene.process({ cluster });

    expect(writesOf(await program.run())).toEqual({ web: 'patched' });
    const live = server.objects.get('applications', 'argocd', 'web');
    expect(live?.['spec']).toMatchObject({ source: { helm: { parameters: updated } } });
    server.requests.length = 0;

    expect(writesOf(await program.run())).toEqual({ web: 'unchanged' });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});
