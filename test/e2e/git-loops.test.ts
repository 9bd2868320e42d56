/** An application that waits to be synced costs nothing but one look at the branch. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GitScene, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';

const pod = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: web, image: "${web}:1.0.0"}\n`;

const targets: readonly (readonly [string, SceneApplication])[] = [
  ['an override file of Helm', { sourceType: 'Helm' }],
  ['an override file of Kustomize', { sourceType: 'Kustomize' }],
  ['a values file', { sourceType: 'Helm', annotations: { 'write-back-target': 'helmvalues' } }],
  ['a kustomization', { annotations: { 'write-back-target': 'kustomization' } }],
  ['plain manifests', { sourceType: 'Directory', annotations: { 'write-back-target': 'manifests' } }],
  ['a write branch', { annotations: { 'git-branch': 'main:bump-{{.SHA256}}' } }],
];

async function aScene(parts: SceneApplication): Promise<GitScene> {
  const scene = await startScene({
    'web/values.yaml': `image: {name: ${web}, tag: 1.0.0}\n`,
    'web/kustomization.yaml': `images:\n- {name: ${web}, newTag: 1.0.0}\n`,
    'web/pod.yaml': pod,
  });
  scene.tags('acme/web', '1.0.0', '1.1.0');
  scene.app('web', {
    images: [`${web}:1.0.0`],
    ...parts,
    annotations: { 'image-list': `web=${web}:1.x`, ...parts.annotations },
  });
  return scene;
}

const oneLook = { reads: 1, pushes: 0, requests: 2 };

describe.each(targets)('an application that was written to %s and is not synced', (_, parts) => {
  it('is written once, and looked at once per cycle by this process and the next', async () => {
    const scene = await aScene(parts);
    expect(writesOf((await scene.cycle()).report)).toEqual({ web: 'committed' });
    const before = await commitsOf(scene);
    scene.traffic();

    for (let i = 0; i < 2; i += 1) {
      const { report } = await scene.cycle();
      expect(['unchanged', 'nothing']).toContain(writesOf(report)['web']);
      expect(scene.traffic()).toEqual(oneLook);
    }
    const next = scene.process();
    expect(['unchanged', 'nothing']).toContain(writesOf(await next.run())['web']);
    expect(scene.traffic()).toEqual(oneLook);

    expect(await commitsOf(scene)).toEqual(before);
    expect(scene.bench.events()).toHaveLength(1);
  });
});

async function commitsOf(scene: GitScene): Promise<readonly string[]> {
  const branches = await scene.branches();
  const states = await Promise.all(branches.map((branch) => scene.branch(branch)));
  return states.flatMap(({ commits }) => commits.map(({ sha }) => sha));
}

describe('a repository', () => {
  it('with many applications that wait is looked at once per cycle', async () => {
    const scene = await startScene({});
    scene.tags('acme/web', '1.0.0', '1.1.0');
    for (let i = 0; i < 20; i += 1)
      scene.app(`web-${i}`, {
        images: [`${web}:1.0.0`],
        annotations: {
          'image-list': `web=${web}`,
          ...(i % 2 === 0 ? {} : { 'git-branch': 'main:bump' }),
        },
      });
    await scene.cycle();
    expect(scene.traffic().pushes).toBe(1);

    await scene.cycle();

    expect(scene.traffic()).toEqual(oneLook);
    expect(scene.bench.events()).toHaveLength(20);
  });

  it('is fetched again after a commit of somebody else, and not committed to', async () => {
    const scene = await aScene({});
    await scene.cycle();
    await scene.foreign('main', { 'docs/readme': 'x' });
    scene.traffic();

    const { report } = await scene.cycle();
    expect(writesOf(report)).toEqual({ web: 'unchanged' });
    expect(scene.traffic()).toMatchObject({ reads: 2, pushes: 0 });

    await scene.cycle();
    expect(scene.traffic()).toEqual(oneLook);
    expect((await scene.branch()).commits).toHaveLength(3);
  });

  it('whose target cannot be edited is not fetched again while it stays as it is', async () => {
    const scene = await aScene({ annotations: { 'write-back-target': 'kustomization:none' } });
    const first = await scene.cycle();
    scene.traffic();

    const second = await scene.cycle();

    expect(writesOf(second.report)).toEqual(writesOf(first.report));
    expect(scene.traffic()).toEqual(oneLook);
    expect(second.lines.filter((line) => line.includes('level=error'))).toEqual([]);
  });

  it('is read anew by a process with an empty cache folder, and not committed to', async () => {
    const scene = await aScene({});
    await scene.cycle();
    scene.traffic();

    const fresh = scene.process({ folder: join(scene.bench.folder, 'fresh') });

    expect(writesOf(await fresh.run())).toEqual({ web: 'unchanged' });
    expect(scene.traffic().pushes).toBe(0);
  });

  it('fault B9: of plain manifests is looked at once in a quiet cycle, however many Applications it has', async () => {
    const manifests = { sourceType: 'Directory', annotations: { 'write-back-target': 'manifests' } } as const;
    const scene = await aScene({ ...manifests, images: [`${web}:1.1.0`] });
    await scene.foreign('main', { 'web/pod.yaml': pod.replace('1.0.0', '1.1.0') });
    for (const name of ['two', 'three'])
      scene.app(name, {
        ...manifests,
        images: [`${web}:1.1.0`],
        path: 'web',
        annotations: { ...manifests.annotations, 'image-list': `web=${web}:1.x` },
      });
    await scene.cycle();
    scene.traffic();

    await scene.cycle();

    expect(scene.traffic()).toEqual(oneLook);
  });

  it('that nobody wants to change is not asked at all', async () => {
    const scene = await aScene({ images: [`${web}:1.1.0`] });

    await scene.cycle();

    expect(scene.traffic().requests).toBe(0);
  });

  it('is left alone in a dry run', async () => {
    const scene = await aScene({});

    expect(writesOf(await scene.process({ dryRun: true }).run())).toEqual({ web: 'dry-run' });
    expect(scene.traffic().pushes).toBe(0);
    expect(scene.bench.events()).toEqual([]);
  });
});
