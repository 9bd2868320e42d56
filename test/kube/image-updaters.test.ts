/** Whether a cluster has the resources of releases 1.x. */
import { describe, expect, it } from 'vitest';
import { failureOf, never } from './fixtures.ts';
import { kubeWorld, paths } from './worlds.ts';

const path = '/apis/argocd-image-updater.argoproj.io/v1alpha1';

describe('fault C12: ImageUpdater resources', () => {
  it.each([true, false])('are found by API discovery alone: %s', async (hasImageUpdaters) => {
    const { cluster, server } = await kubeWorld({ hasImageUpdaters, rules: [] });

    expect(await cluster.hasImageUpdaters?.(never)).toBe(hasImageUpdaters);
    expect(paths(server)).toEqual([`GET ${path}`]);
  });

  it.each([
    ['{}', false],
    ['{"resources":[{"name":"others"},null,7]}', false],
    ['{"resources":"imageupdaters"}', false],
    ['<html>', false],
    ['{"resources":[{"name":"imageupdaters/status"},{"name":"imageupdaters"}]}', true],
  ])('are what the answer %s says', async (body, found) => {
    const { cluster, server } = await kubeWorld();
    server.faults.push({ respond: { kind: 'status', status: 200, body } });

    expect(await cluster.hasImageUpdaters?.(never)).toBe(found);
  });

  it('are not known where the server refuses to tell', async () => {
    const { cluster, server } = await kubeWorld();
    server.faults.push({ respond: { kind: 'status', status: 403 } });

    const failure = await failureOf(cluster.hasImageUpdaters?.(never) ?? Promise.resolve());

    expect(failure).toMatchObject({ kind: 'kube', code: 'forbidden' });
  });
});
