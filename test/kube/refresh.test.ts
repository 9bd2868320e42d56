/** Asking Argo CD to look at an Application: by its annotation, or by its own API. */
import { adviceFor } from '../../src/core/report/advice.ts';
import { describe, expect, it } from 'vitest';
import { anApplication, failureOf, imageList, never, theOne } from './fixtures.ts';
import { kubeWorld, type KubeWorld, paths } from './worlds.ts';

const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const refresh = 'argocd.argoproj.io/refresh';
const reading = [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list', 'get'] }];

async function refreshAll({ cluster, server }: KubeWorld): Promise<void> {
  const cycle = cluster.openCycle();
  const { applications } = await cycle.applications(never);
  server.requests.length = 0;
  for (const app of applications) await cycle.refreshApplication(app, never);
}

describe('operate 2.0, a refresh through the API of Kubernetes', () => {
  it('is one merge patch of one annotation, under the field manager of other patches', async () => {
    const shop = anApplication('shop');
    const world = await kubeWorld({ objects: [shop] });

    await refreshAll(world);

    expect(paths(world.server)).toEqual([`PATCH ${path}/shop`]);
    const sent = theOne(world.server.requests);
    expect(sent.query).toEqual({ fieldManager: 'argocd-image-updater' });
    expect(sent.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(sent.body)).toEqual({ metadata: { annotations: { [refresh]: 'normal' } } });
    const stored = world.server.objects.get('applications', 'argocd', 'shop');
    expect(stored?.metadata['annotations']).toEqual({
      ...(shop.metadata['annotations'] as object),
      [refresh]: 'normal',
    });
    expect(stored?.['spec']).toEqual(shop['spec']);
  });

  it('that is not permitted is told in the same words for all of a namespace, with what to allow', async () => {
    const objects = [anApplication('shop'), anApplication('pay')];
    const world = await kubeWorld({ objects, rules: reading });
    const cycle = world.cluster.openCycle();
    const { applications } = await cycle.applications(never);

    const failures = await Promise.all(
      applications.map((app) => failureOf(cycle.refreshApplication(app, never))),
    );

    expect(failures).toHaveLength(2);
    expect(new Set(failures.map(({ message }) => message)).size).toBe(1);
    const [failure] = failures;
    expect(failure?.message).toMatch(
      /^ask Argo CD to refresh Applications in namespace argocd: 403 applications\.argoproj\.io is forbidden/,
    );
    expect(failure === undefined ? '' : adviceFor(failure)).toContain('allow verb "patch" on "applications"');
  });

  it('is sent again where its answer was lost', async () => {
    const world = await kubeWorld({ objects: [anApplication('shop')] });
    world.server.faults.push({
      when: ({ method }) => method === 'PATCH',
      times: 1,
      respond: { kind: 'unanswered' },
    });

    await refreshAll(world);

    expect(paths(world.server)).toHaveLength(2);
  });
});

describe('operate 2.0, annotations of an Application', () => {
  it('are set and taken away by one merge patch, and others stay', async () => {
    const shop = anApplication('shop', { annotations: { [imageList]: 'web=acme/web', old: 'x', kept: 'y' } });
    const world = await kubeWorld({ objects: [shop] });
    const cycle = world.cluster.openCycle();
    const app = theOne((await cycle.applications(never)).applications);

    await cycle.annotateApplication(app, { fresh: 'z', old: null }, never);

    const stored = world.server.objects.get('applications', 'argocd', 'shop');
    expect(stored?.metadata['annotations']).toEqual({ [imageList]: 'web=acme/web', kept: 'y', fresh: 'z' });
    expect(stored?.['spec']).toEqual(shop['spec']);
    expect(world.server.requests.at(-1)?.query).toEqual({ fieldManager: 'argocd-image-updater' });
  });
});
