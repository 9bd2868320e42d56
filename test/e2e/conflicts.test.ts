/** Several applications at one file: one result if they agree, none, and a name for it, if they do not. */
import { symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { BenchOptions } from './support/bench.ts';
import { type GitScene, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const api = 'reg.test/acme/api';

/** Tracks acme/web under a constraint and writes its tag to one key of a shared file. */
function wanting(constraint: string, more: Readonly<Record<string, unknown>> = {}): SceneApplication {
  return {
    sourceType: 'Helm',
    path: 'apps',
    images: [`${web}:1.0.0`],
    annotations: {
      'image-list': `web=${web}:${constraint}`,
      'web.helm.image-tag': 'web.tag',
      'write-back-target': 'helmvalues:shared.yaml',
      ...more,
    },
  };
}

const place = 'apps/shared.yaml: web.tag';
const disagreement = `${place}: argocd/a wants 1.0.5, argocd/b wants 1.1.0; nothing is written for them until they agree`;

async function aScene(
  files: Readonly<Record<string, string>> = { 'apps/shared.yaml': 'web: {tag: 1.0.0}\n' },
  options: BenchOptions = {},
) {
  const scene = await startScene(files, options);
  scene.tags('acme/web', '1.0.0', '1.0.5', '1.1.0');
  scene.tags('acme/api', '1.0.0', '2.0.0');
  return scene;
}

async function expectUntouched(scene: GitScene): Promise<void> {
  expect((await scene.branch()).commits).toHaveLength(1);
  expect(scene.traffic().pushes).toBe(0);
  expect(scene.bench.events()).toEqual([]);
}

describe('applications that agree', () => {
  it('about one scalar make one commit', async () => {
    const scene = await aScene();
    scene.app('a', wanting('1.x'));
    scene.app('b', wanting('~1'));

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: 'committed', b: 'unchanged' });
    expect((await scene.branch()).commits).toHaveLength(2);
    expect(scene.bench.events()).toHaveLength(1);
  });

  it('about one scalar share the fate of the one commit', async () => {
    const scene = await aScene();
    scene.app('a', wanting('1.x'));
    scene.app('b', wanting('1.x'));
    await scene.hook('pre-receive', 'exit 1');

    const { report } = await scene.cycle();
    const again = await scene.cycle();

    for (const writes of [writesOf(report), writesOf(again.report)]) {
      expect(writes['a']).toContain('hook declined');
      expect(writes['b']).toContain('hook declined');
    }
  });

  it('share a kustomization, each with images of its own, by a commit each', async () => {
    const base = `resources: []\nimages:\n- name: ${web}\n  newTag: 1.0.0\n- name: ${api}\n  newTag: 1.0.0 # api\n`;
    const scene = await aScene({ 'base/kustomization.yaml': base });
    const target = { 'write-back-target': 'kustomization:/base' };
    scene.app('a', { images: [`${web}:1.0.0`], annotations: { ...target, 'image-list': `web=${web}` } });
    scene.app('b', { images: [`${api}:1.0.0`], annotations: { ...target, 'image-list': `api=${api}` } });
    scene.app('c', {
      images: [`${web}:1.0.0`, `${api}:1.0.0`],
      annotations: { ...target, 'image-list': `web=${web},api=${api}` },
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: 'committed', b: 'committed', c: 'unchanged' });
    const { commits, files } = await scene.branch();
    expect(files['base/kustomization.yaml']).toBe(
      base
        .replace('newTag: 1.0.0\n', 'newTag: 1.1.0\n')
        .replace('newTag: 1.0.0 # api', 'newTag: 2.0.0 # api'),
    );
    expect(commits.map(({ message }) => message.split('\n')[0])).toEqual([
      'build: automatic update of b',
      'build: automatic update of a',
      'initial content',
    ]);
    expect(scene.traffic().pushes).toBe(1);
  });

  it('write several images of one application into one file by one commit', async () => {
    const scene = await aScene({
      'apps/shared.yaml': 'web: {tag: 1.0.0}\napi:\n  image: reg.test/acme/api:1.0.0\n',
    });
    scene.app('a', {
      ...wanting('1.x', {
        'image-list': `web=${web}, api=${api}`,
        'api.helm.image-spec': 'api.image',
      }),
      images: [`${web}:1.0.0`, `${api}:1.0.0`],
    });

    await scene.cycle();

    const { commits, files } = await scene.branch();
    expect(commits).toHaveLength(2);
    expect(files['apps/shared.yaml']).toBe('web: {tag: 1.1.0}\napi:\n  image: reg.test/acme/api:2.0.0\n');
    expect(commits[0]?.message).toContain("updates image acme/api tag '1.0.0' to '2.0.0'");
  });
});

it('a hundred applications with keys of their own in one file make a commit each', async () => {
  const keys = Array.from({ length: 100 }, (_, i) => `app-${i}`);
  const text = keys.map((key) => `${key}: {tag: 1.0.0} # ${key}\n`).join('');
  const scene = await aScene({ 'apps/shared.yaml': text });
  for (const key of keys) scene.app(key, wanting('1.x', { 'web.helm.image-tag': `${key}.tag` }));

  const { report } = await scene.cycle();

  expect(new Set(Object.values(writesOf(report)))).toEqual(new Set(['committed']));
  const { commits, files } = await scene.branch();
  expect(commits).toHaveLength(101);
  expect(files['apps/shared.yaml']).toBe(text.replaceAll('1.0.0', '1.1.0'));
  expect(scene.traffic().pushes).toBe(1);
});

describe('applications that disagree about a scalar', () => {
  it('are named, neither is written, and others of the repository are', async () => {
    const scene = await aScene({
      'apps/shared.yaml': 'web: {tag: 1.0.0}\n',
      'apps/own.yaml': 'web: {tag: 1.0.0}\n',
    });
    scene.app('a', wanting('~1.0'));
    scene.app('b', wanting('1.x'));
    scene.app('c', wanting('1.x', { 'write-back-target': 'helmvalues:own.yaml' }));

    const { report, lines } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: disagreement, b: disagreement, c: 'committed' });
    expect((await scene.branch()).files['apps/shared.yaml']).toBe('web: {tag: 1.0.0}\n');
    expect(lines.filter((line) => line.includes(disagreement))).not.toEqual([]);
  });

  it('are found where one is at its value and wants no change', async () => {
    const scene = await aScene({ 'apps/shared.yaml': 'web: {tag: 1.0.5}\n' });
    scene.app('a', { ...wanting('~1.0'), images: [`${web}:1.0.5`] });
    scene.app('b', { ...wanting('1.x'), images: [`${web}:1.0.5`] });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: 'nothing', b: disagreement });
    await expectUntouched(scene);
  });

  it('are found where the value of one is known from an earlier cycle', async () => {
    const scene = await aScene();
    scene.app('a', wanting('~1.0'));
    await scene.cycle();
    await scene.cycle();
    scene.traffic();
    scene.app('b', wanting('1.x'));

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: disagreement, b: disagreement });
    expect((await scene.branch()).commits).toHaveLength(2);
    expect(scene.traffic()).toEqual({ reads: 1, pushes: 0, requests: 2 });
  });

  it('are found where one is decided after the linger', async () => {
    const firstPush = Promise.withResolvers<void>();
    const scene = await aScene(
      { 'apps/shared.yaml': 'web: {tag: 1.0.0}\n', 'apps/own.yaml': 'web: {tag: 1.0.0}\n' },
      {
        registries: { 'reg.test': {}, 'slow.test': {} },
        git: {
          intercept: ({ method, url }, response) => {
            if (method === 'POST' && url?.endsWith('git-receive-pack') === true)
              response.on('close', firstPush.resolve);
            return false;
          },
        },
      },
    );
    scene.bench.registry('slow.test').fault = ({ path }, response) => {
      if (!path.endsWith('/tags/list')) return false;
      const answer = JSON.stringify({ name: 'acme/web', tags: ['1.0.0', '1.1.0'] });
      void firstPush.promise.then(() => response.end(answer));
      return true;
    };
    scene.app('a', wanting('~1.0'));
    scene.app('b', {
      ...wanting('1.x', { 'image-list': 'web=slow.test/acme/web:1.x' }),
      images: ['slow.test/acme/web:1.0.0'],
    });
    scene.app('c', wanting('1.x', { 'write-back-target': 'helmvalues:own.yaml' }));

    const report = await scene.process({ lingerMs: 1 }).run();

    const { a, b, c } = writesOf(report);
    expect(c).toBe('committed');
    expect(a).toBe(b);
    expect(a).toContain('wants 1.0.5, argocd/b wants 1.1.0');
    expect(scene.traffic().pushes).toBe(1);
  });

  it('are found behind an anchor', async () => {
    const scene = await aScene({ 'apps/shared.yaml': 'web:\n  tag: &tag 1.0.0\nother:\n  tag: *tag\n' });
    scene.app('a', wanting('~1.0'));
    scene.app('b', wanting('1.x', { 'web.helm.image-tag': 'other.tag' }));

    const { report } = await scene.cycle();

    const writes = writesOf(report);
    expect(writes['a']).toMatch(
      /apps\/shared\.yaml: .*tag: argocd\/a wants 1\.0\.5, argocd\/b wants 1\.1\.0/,
    );
    expect(writes['b']).toBe(writes['a']);
    await expectUntouched(scene);
  });

  it.each([
    ['wants a change too', '1.0.0'],
    ['is at its value', '1.0.5'],
  ])('are found in folders within folders, where the other one %s', async (_, tag) => {
    const pod = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: web, image: "${web}:${tag}"}\n`;
    const scene = await aScene({ 'deploy/web/pod.yaml': pod });
    const manifests = (constraint: string, target: string): SceneApplication => ({
      sourceType: 'Directory',
      images: [`${web}:${tag}`],
      source: { directory: { recurse: true } },
      annotations: { 'image-list': `web=${web}:${constraint}`, 'write-back-target': target },
    });
    scene.app('a', manifests('~1.0', 'manifests:/deploy/web/pod.yaml'));
    scene.app('b', manifests('1.x', 'manifests:/deploy'));

    const { report } = await scene.cycle();

    const writes = writesOf(report);
    expect(writes['b']).toContain(
      'argocd/a wants reg.test/acme/web:1.0.5, argocd/b wants reg.test/acme/web:1.1.0',
    );
    expect(writes['a']).toBe(tag === '1.0.0' ? writes['b'] : 'nothing');
    await expectUntouched(scene);
  });

  it('are found over two spellings of the branch and of the repository', async () => {
    const scene = await aScene();
    scene.app('a', wanting('~1.0'));
    await symlink(scene.path, scene.path.replace(/\.git$/, ''));
    const repoURL = scene.url.replace(/\.git$/, '');
    scene.app('b', { ...wanting('1.x'), targetRevision: 'HEAD', repoURL });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: disagreement, b: disagreement });
    await expectUntouched(scene);
  });

  it('are none on branches of their own', async () => {
    const scene = await aScene();
    const branch = { 'git-branch': 'main:bump-{{.AppName}}' };
    scene.app('a', wanting('~1.0', branch));
    scene.app('b', wanting('1.x', branch));

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ a: 'committed', b: 'committed' });
    expect((await scene.branch('bump-a')).files['apps/shared.yaml']).toBe('web: {tag: 1.0.5}\n');
    expect((await scene.branch('bump-b')).files['apps/shared.yaml']).toBe('web: {tag: 1.1.0}\n');
    expect(scene.traffic().pushes).toBe(1);
  });
});
