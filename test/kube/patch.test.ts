/** Patching live Applications: guarded, computed anew after conflicts, never the whole object. */
import { adviceFor } from '../../src/core/report/advice.ts';
import { describe, expect, it } from 'vitest';
import type { JsonPatchOperation } from '../../src/core/live-patch.ts';
import type { LivePatch } from '../../src/ports/cluster.ts';
import type { Fault, KubeObject } from '../fakes/kube-api.ts';
import { anApplication, failureOf, never, theOne } from './fixtures.ts';
import { kubeWorld, type KubeWorld, paths } from './worlds.ts';

const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';
const tagged = (tag: string) => ({ parameters: [{ name: 'image.tag', value: tag }] });
const shop = anApplication('shop', { helm: tagged('1.0.0') });

/** Sets the tag, guarded by the parameters that are there. */
const setTag: (tag: string) => LivePatch = (tag) => (live) => {
  const { spec } = live as { spec: { source: { helm: { parameters: { value: string }[] } } } };
  const { parameters } = spec.source.helm;
  if (parameters[0]?.value === tag) return [];
  return [
    { op: 'test', path: '/spec/source/helm/parameters', value: parameters },
    { op: 'replace', path: '/spec/source/helm/parameters', value: tagged(tag).parameters },
  ];
};

async function patchShop(world: KubeWorld, compute: LivePatch) {
  const cycle = world.cluster.openCycle();
  const app = theOne((await cycle.applications(never)).applications);
  world.server.requests.length = 0;
  return cycle.patchApplication(app, compute, never);
}

function liveTag({ server }: KubeWorld): unknown {
  const app = server.objects.get('applications', 'argocd', 'shop') as KubeObject & {
    spec: { source: { helm: { parameters: { value: string }[] } } };
  };
  return app.spec.source.helm.parameters[0]?.value;
}

describe('fault B8: an Application of which somebody puts the old value back', () => {
  const owned = {
    ...shop,
    metadata: {
      ...shop.metadata,
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'fleet', uid: 'u' },
      ],
    },
  };

  it.each([
    ['an ApplicationSet', owned, 'argocd-applicationset-controller'],
    ['an Application that holds it', shop, 'argocd-controller'],
  ])('is patched once, and the writer is named: %s', async (_, seed, manager) => {
    const world = await kubeWorld({ objects: [seed] });
    await patchShop(world, setTag('2.0.0'));
    world.server.objects.put(seed, manager);

    const first = await patchShop(world, setTag('2.0.0'));
    const second = await patchShop(world, setTag('2.0.0'));

    const told = { kind: 'reverted', path: '/spec/source/helm/parameters', by: manager };
    expect(first).toEqual({ ...told, isNews: true });
    expect(second).toEqual({ ...told, isNews: false });
    expect(liveTag(world)).toBe('1.0.0');
  });

  it('is patched again as soon as something else changes', async () => {
    const world = await kubeWorld({ objects: [owned] });
    await patchShop(world, setTag('2.0.0'));
    world.server.objects.put(owned, 'argocd-applicationset-controller');
    await patchShop(world, setTag('2.0.0'));

    expect(await patchShop(world, setTag('3.0.0'))).toBe('patched');
    world.server.objects.put(anApplication('shop', { helm: tagged('1.1.0') }));
    expect(await patchShop(world, setTag('3.0.0'))).toBe('patched');
  });

  it('names nobody where the fields do not tell', async () => {
    const withoutBlock = anApplication('shop');
    const world = await kubeWorld({ objects: [withoutBlock] });
    const addBlock: LivePatch = (live) =>
      JSON.stringify(live).includes('acme/web:2')
        ? []
        : [{ op: 'add', path: '/spec/source/kustomize', value: { images: ['acme/web:2'] } }];
    await patchShop(world, addBlock);
    world.server.objects.put(withoutBlock, 'somebody');
    const object = world.server.objects.get('applications', 'argocd', 'shop');
    if (object !== undefined) delete object.metadata['managedFields'];

    expect(await patchShop(world, addBlock)).toMatchObject({ kind: 'reverted', by: '' });
  });
});

describe('patching an Application', () => {
  it('reads the object, and sends one JSON patch', async () => {
    const world = await kubeWorld({ objects: [shop] });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');

    expect(paths(world.server)).toEqual([`GET ${path}`, `PATCH ${path}`]);
    expect(world.server.requests[1]?.headers['content-type']).toBe('application/json-patch+json');
    expect(world.server.requests[1]?.query).toEqual({ fieldManager: 'argocd-image-updater' });
    expect(JSON.parse(world.server.requests[1]?.body ?? '')).toEqual([
      { op: 'test', path: '/spec/source/helm/parameters', value: tagged('1.0.0').parameters },
      { op: 'replace', path: '/spec/source/helm/parameters', value: tagged('2.0.0').parameters },
    ]);
    expect(liveTag(world)).toBe('2.0.0');
  });

  it('sends nothing where there is nothing to change', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const act = (): void => void world.server.objects.put(anApplication('shop', { helm: tagged('2.0.0') }));
    world.server.faults.push({
      when: ({ method, path: asked }) => method === 'GET' && asked === path,
      times: 1,
      respond: { kind: 'before', act },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('unchanged');
    expect(paths(world.server)).toEqual([`GET ${path}`]);
  });

  it('computes anew when somebody changed what the patch rests on', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const act = (): void => void world.server.objects.put(anApplication('shop', { helm: tagged('1.5.0') }));
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'before', act },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');

    expect(world.server.requests.map(({ status }) => status)).toEqual([200, 422, 200, 200]);
    expect(world.clock.slept).toEqual([125]);
    expect(liveTag(world)).toBe('2.0.0');
  });

  it('leaves alone what somebody else set to the same value meanwhile', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const act = (): void => void world.server.objects.put(anApplication('shop', { helm: tagged('2.0.0') }));
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'before', act },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('unchanged');
  });

  it('keeps what others changed elsewhere in the object', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const act = (): void =>
      void world.server.objects.put({ ...shop, status: { health: { status: 'Healthy' } } });
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'before', act },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');
    expect(world.server.objects.get('applications', 'argocd', 'shop')).toMatchObject({
      status: { health: { status: 'Healthy' } },
    });
  });

  it.each([409, 429])('tries again after %i', async (status) => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 2,
      respond: { kind: 'status', status },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');
    expect(world.clock.slept).toEqual([125, 250]);
  });

  it.each([
    [409, 'conflict', 'others changed it meanwhile, in 6 attempts'],
    [429, 'server-error', 'the server was too busy in 6 attempts'],
  ])('gives up after the sixth %i', async (status, code, words) => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      respond: { kind: 'status', status },
    });

    const failure = await failureOf(patchShop(world, setTag('2.0.0')));

    expect(failure).toMatchObject({ kind: 'kube', code });
    expect(failure.message).toBe(`patch Application argocd/shop: ${words}`);
    expect(world.server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(6);
    expect(world.clock.slept).toEqual([125, 250, 500, 1000, 2000]);
  });

  it.each<[string, Fault['respond']]>([
    ['a closed connection', { kind: 'reset' }],
    ['a 503', { kind: 'status', status: 503 }],
  ])('makes the patch again after %s, where it did not come through', async (_, respond) => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push({ when: ({ method }) => method === 'PATCH', times: 2, respond });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');
    expect(liveTag(world)).toBe('2.0.0');
  });

  it('gives up after the third fault of the network, with its words', async () => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push({ when: ({ method }) => method === 'PATCH', respond: { kind: 'reset' } });

    const failure = await failureOf(patchShop(world, setTag('2.0.0')));

    expect(failure).toMatchObject({ kind: 'kube', code: 'network' });
    expect(world.server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(3);
  });

  it('fault B2: a patch whose answer was lost is made once, and is one', async () => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'unanswered' },
    });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');
    expect(world.server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET']);
    expect(await patchShop(world, setTag('2.0.0'))).toBe('unchanged');
  });

  it('fault B2: a patch whose answer was lost with the server is told when the server is back', async () => {
    const world = await kubeWorld({ objects: [shop] });
    world.server.faults.push(
      { when: ({ method }) => method === 'PATCH', times: 1, respond: { kind: 'unanswered' } },
      { when: ({ path: asked }) => asked === path, respond: { kind: 'reset' } },
    );
    // the first read has to pass
    world.server.faults.unshift({
      when: ({ method, path: asked }) => method === 'GET' && asked === path,
      times: 1,
      respond: { kind: 'before', act: () => undefined },
    });
    await failureOf(patchShop(world, setTag('2.0.0')));
    world.server.faults.splice(0);

    expect(await patchShop(world, setTag('2.0.0'))).toBe('patched');
    expect(await patchShop(world, setTag('2.0.0'))).toBe('unchanged');
  });

  it('fault D3: writes under the name of 0.18', async () => {
    const world = await kubeWorld({ objects: [shop] });

    await patchShop(world, setTag('2.0.0'));

    const { metadata } = world.server.objects.get('applications', 'argocd', 'shop') ?? {};
    expect(metadata?.['managedFields']).toContainEqual(
      expect.objectContaining({
        manager: 'argocd-image-updater',
        fieldsV1: { 'f:spec': { 'f:source': { 'f:helm': { 'f:parameters': {} } } } },
      }),
    );
  });

  it('fault D5: does not read anew what the list has shown to hold the value', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop', { helm: tagged('2.0.0') })] });

    expect(await patchShop(world, setTag('2.0.0'))).toBe('unchanged');
    expect(world.server.requests).toEqual([]);
  });

  it('does not repeat what the schema of the CRD refuses', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const wrong: JsonPatchOperation = { op: 'add', path: '/spec/source/kustomize', value: { images: [7] } };

    const failure = await failureOf(patchShop(world, () => [wrong]));

    expect(failure).toMatchObject({ kind: 'kube', code: 'invalid' });
    expect(failure.message).toMatch(/^patch Application argocd\/shop: 422 .*kustomize\.images/);
    expect(world.server.requests).toHaveLength(2);
  });

  it('says that the Application was deleted', async () => {
    const world = await kubeWorld({ objects: [shop] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);
    world.server.objects.remove('applications', 'argocd', 'shop');

    const failure = await failureOf(cycle.patchApplication(app, setTag('2.0.0'), never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'not-found' });
    expect(adviceFor(failure)).toContain('it was deleted meanwhile');
  });

  it('names the permission that is missing', async () => {
    const rules = [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list'] }];
    const world = await kubeWorld({ objects: [shop], rules });

    const failure = await failureOf(patchShop(world, setTag('2.0.0')));

    expect(failure).toMatchObject({ kind: 'kube', code: 'forbidden' });
    expect(adviceFor(failure)).toContain('allow verb "patch" on "applications" of API group "argoproj.io"');
  });

  it('patches the right one of two Applications of one name', async () => {
    const twin = anApplication('shop', { namespace: 'team-a', helm: tagged('1.0.0') });
    const world = await kubeWorld({ objects: [shop, twin] });
    const cycle = world.cluster.openCycle();
    const { applications } = await cycle.applications(never);
    const app = theOne(applications.filter(({ namespace }) => namespace === 'team-a'));

    await cycle.patchApplication(app, setTag('2.0.0'), never);

    expect(liveTag(world)).toBe('1.0.0');
  });
});
