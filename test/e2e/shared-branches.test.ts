/** Write branches that several Applications, or several instances, commit to: nobody's pending work is lost. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GitScene, startScene, writesOf } from './support/git-scene.ts';

const values = (name: string, tag: string): string =>
  `image:\n  name: reg.test/acme/${name}\n  tag: ${tag}\n`;

async function aScene(names: readonly string[], branch: (name: string) => string = () => 'main:bump') {
  const scene = await startScene(
    Object.fromEntries(names.map((name) => [`${name}/values.yaml`, values(name, '1.0.0')])),
  );
  for (const name of names) {
    scene.tags(`acme/${name}`, '1.0.0', '1.1.0');
    scene.app(name, {
      sourceType: 'Helm',
      images: [`reg.test/acme/${name}:1.0.0`],
      labels: { name },
      annotations: {
        'image-list': `web=reg.test/acme/${name}`,
        'write-back-target': 'helmvalues',
        'git-branch': branch(name),
      },
    });
  }
  return scene;
}

/** An instance that sees only these Applications; its committer is the default one, as everybody's. */
function anInstance(scene: GitScene, folder: string, names: readonly string[]) {
  return scene.process({
    folder: join(scene.bench.folder, folder),
    kube: { labelSelector: `name in (${names.join(',')})` },
    lingerMs: 1,
  });
}

async function titles(scene: GitScene, branch: string): Promise<readonly string[]> {
  const { commits } = await scene.branch(branch);
  return commits.map(({ message }) => message.split('\n')[0] ?? '');
}

describe('a write branch with pending commits', () => {
  it('fault B1: of two instances keeps both, cycle after cycle', async () => {
    const scene = await aScene(['web', 'api']);
    const one = anInstance(scene, 'one', ['web']);
    const two = anInstance(scene, 'two', ['api']);

    const writes: unknown[] = [];
    for (let i = 0; i < 3; i += 1)
      for (const instance of [one, two]) writes.push(writesOf(await instance.run()));

    const quiet = [{ web: 'unchanged' }, { api: 'unchanged' }];
    expect(writes).toEqual([{ web: 'committed' }, { api: 'committed' }, ...quiet, ...quiet]);
    expect(await titles(scene, 'bump')).toEqual([
      'build: automatic update of api',
      'build: automatic update of web',
      'initial content',
    ]);
    expect(scene.bench.events()).toHaveLength(2);
  });

  it('fault A5: keeps that of an Application which cannot be decided now, whatever words name the branch', async () => {
    const scene = await aScene(['shop', 'other'], (name) =>
      name === 'shop' ? 'main:auto-{{.AppName}}' : 'main:auto-shop',
    );
    await anInstance(scene, 'one', ['shop']).run();
    for (const tag of ['1.0.0', '1.1.0']) scene.bench.registry('reg.test').removeTag('acme/shop', tag);

    const writes = writesOf((await scene.cycle()).report);

    expect(writes['other']).toBe('committed');
    expect(await titles(scene, 'auto-shop')).toEqual([
      'build: automatic update of other',
      'build: automatic update of shop',
      'initial content',
    ]);
  });

  it('fault A5: starts anew only when base holds the commits of all', async () => {
    const scene = await aScene(['web', 'api']);
    const one = anInstance(scene, 'one', ['web']);
    const two = anInstance(scene, 'two', ['api']);
    await one.run();
    await two.run();
    await scene.foreign('main', { 'web/values.yaml': values('web', '1.1.0') }, 'half of it');
    scene.tags('acme/web', '1.2.0');
    await one.run();
    expect(await titles(scene, 'bump')).toContain('build: automatic update of api');

    await scene.foreign('main', {
      'web/values.yaml': values('web', '1.2.0'),
      'api/values.yaml': values('api', '1.1.0'),
    });
    scene.tags('acme/api', '1.2.0');
    await two.run();

    const { commits, files } = await scene.branch('bump');
    expect(commits[1]?.sha).toBe((await scene.branch()).commits[0]?.sha);
    expect(files).toMatchObject({
      'web/values.yaml': values('web', '1.2.0'),
      'api/values.yaml': values('api', '1.2.0'),
    });
  });
});
