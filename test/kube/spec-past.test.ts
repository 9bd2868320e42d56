/** What a live Application records of its spec: who wrote it last, and what it was deployed with (policies.md 2.7). */
import { describe, expect, it } from 'vitest';
import type { LivePatch } from '../../src/ports/cluster.ts';
import { deployedSpecs } from '../../src/core/policy/rollback/deployed-specs.ts';
import { anApplication, never, theOne } from './fixtures.ts';
import { kubeWorld, paths } from './worlds.ts';

const pointer = '/spec/source/helm/parameters';
const tagged = (tag: string) => ({ parameters: [{ name: 'image.tag', value: tag }] });
const shop = anApplication('shop', { helm: tagged('1.0.0') });

const setTag: LivePatch = () => [{ op: 'replace', path: pointer, value: tagged('2.0.0').parameters }];

async function start() {
  const world = await kubeWorld({ objects: [shop] });
  const cycle = world.cluster.openCycle();
  const app = theOne((await cycle.applications(never)).applications);
  world.server.requests.length = 0;
  return { ...world, app, past: () => cycle.specPast?.(app, pointer, never) };
}

describe('the past of a spec', () => {
  it('names the field manager of the list, ours too, with one request', async () => {
    const { server, cluster, app, past } = await start();
    server.objects.put(anApplication('shop', { helm: tagged('1.0.1') }), 'kubectl-edit');
    expect((await past())?.owner).toMatchObject({ manager: 'kubectl-edit' });
    expect(paths(server)).toEqual(['GET /apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop']);

    // what the server has stored is not looked at again: it is what was asked for
    await cluster
      .openCycle()
      .patchApplication(app, (live) => (JSON.stringify(live).includes('2.0.0') ? [] : setTag(live)), never);

    const owner = (await past())?.owner;
    expect(owner?.manager).toBe('argocd-image-updater');
    expect(owner?.atMs).toBeGreaterThan(0);
  });

  it('is none of an object that is gone', async () => {
    const { server, past } = await start();
    server.objects.remove('applications', 'argocd', 'shop');

    expect(await past()).toBeNull();
  });
});

describe('recorded deployments', () => {
  const metadata = { name: 'shop', namespace: 'argocd' };
  const source = { repoURL: 'https://git.example/ops', helm: tagged('1.0.0') };

  it('are told with their sources, and whoever asked for them', () => {
    const history = [
      { deployedAt: '2026-11-27T10:00:00Z', source, initiatedBy: { automated: true } },
      { deployedAt: '2026-11-28T10:00:00Z', sources: [source, source], initiatedBy: { username: 'ann' } },
    ];

    expect(deployedSpecs({ metadata, status: { history } })).toMatchObject([
      { atMs: Date.UTC(2026, 10, 27, 10), sources: [{ helm: tagged('1.0.0') }] },
      { atMs: Date.UTC(2026, 10, 28, 10), sources: [{}, {}], by: 'ann' },
    ]);
    expect(deployedSpecs({ metadata, status: { history } })[0]).not.toHaveProperty('by');
  });

  it.each<[string, unknown]>([
    ['no object', null],
    ['no status', { metadata }],
    ['a history that is none', { metadata, status: { history: 'x' } }],
    ['entries that are none', { metadata, status: { history: [null, 7, {}, { deployedAt: 'x', source }] } }],
    [
      'a source that is none',
      { metadata, status: { history: [{ deployedAt: '2026-11-27T10:00:00Z', source: 7 }] } },
    ],
  ])('are none of %s', (_, object) => {
    expect(deployedSpecs(object)).toEqual([]);
  });
});
