/** Which source of an application is written to, and in which repository its target lies. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBranch } from '../fakes/bare-repository.ts';
import { type GitScene, type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const values = (tag: string): string => `image:\n  name: ${web}\n  tag: ${tag}\n`;
const chart = { repoURL: 'https://charts.example.com', chart: 'web', targetRevision: '18.2.3' };

async function aScene(
  files: Readonly<Record<string, string>>,
  parts: (url: string) => SceneApplication,
): Promise<GitScene> {
  const scene = await startScene(files);
  scene.tags('acme/web', '1.0.0', '1.1.0');
  const own = parts(scene.url);
  scene.app('web', {
    images: [`${web}:1.0.0`],
    ...own,
    annotations: { 'image-list': `web=${web}`, ...own.annotations },
  });
  return scene;
}

async function write(scene: GitScene): Promise<string | undefined> {
  return writesOf((await scene.cycle()).report)['web'];
}

describe('a chart with values from Git', () => {
  const sources = (url: string) => [
    { ...chart, helm: { valueFiles: ['$vals/apps/web/values.yaml'] } },
    { repoURL: url, targetRevision: 'main', ref: 'vals' },
  ];

  it('is written to the repository and branch of the reference', async () => {
    const scene = await aScene({ 'apps/web/values.yaml': values('1.0.0') }, (url) => ({
      sources: sources(url),
      status: { sourceTypes: ['Helm', ''] },
      annotations: { 'write-back-target': 'helmvalues:/apps/web/values.yaml' },
    }));

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['apps/web/values.yaml']).toBe(values('1.1.0'));
  });

  it('without a target is refused with the line to add', async () => {
    const scene = await aScene({}, (url) => ({
      sources: sources(url),
      status: { sourceTypes: ['Helm', ''] },
    }));

    expect(await write(scene)).toContain(
      'add the annotation argocd-image-updater.argoproj.io/write-back-target: helmvalues:/apps/web/values.yaml',
    );
    expect(scene.traffic().requests).toBe(0);
  });

  it('alone needs a repository, which the message names', async () => {
    const scene = await aScene({}, () => ({
      sources: [chart],
      status: { sourceTypes: ['Helm'] },
      annotations: { 'write-back-target': 'helmvalues:/values.yaml' },
    }));

    expect(await write(scene)).toMatch(/no Git repository; add the annotation .*git-repository/);
  });

  it('alone is written where git-repository and git-branch say', async () => {
    const scene = await aScene({ 'env/prod.yaml': values('1.0.0') }, (url) => ({
      sources: [chart],
      status: { sourceTypes: ['Helm'] },
      annotations: {
        'write-back-target': 'helmvalues:/env/prod.yaml',
        'git-repository': url,
        'git-branch': 'main',
      },
    }));

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['env/prod.yaml']).toBe(values('1.1.0'));
  });
});

describe('several sources', () => {
  const two = (url: string): SceneApplication => ({
    sources: [
      { repoURL: url, path: 'one', targetRevision: 'main', helm: {} },
      { repoURL: url, path: 'two', targetRevision: 'dev', name: 'second', helm: {} },
    ],
    status: { sourceTypes: ['Helm', 'Helm'] },
  });

  it.each(['second', '1'])('are told apart by write-back-source %s', async (wanted) => {
    const scene = await aScene({ a: '' }, (url) => ({
      ...two(url),
      annotations: { 'write-back-source': wanted },
    }));
    await scene.foreign('dev', { a: '' });

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).commits).toHaveLength(1);
    expect((await scene.branch('dev')).files['two/.argocd-source-web.yaml']).toContain('value: 1.1.0');
  });

  it('are written to the first of the type where nothing tells them apart', async () => {
    const scene = await aScene({ a: '' }, two);

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['one/.argocd-source-web.yaml']).toContain('value: 1.1.0');
  });

  it('with a name that none has are refused with the names that there are', async () => {
    const scene = await aScene({ a: '' }, (url) => ({
      ...two(url),
      annotations: { 'write-back-source': 'third' },
    }));

    expect(await write(scene)).toMatch(/write-back-source "third".*"second", 0 to 1/);
  });
});

describe('a source', () => {
  it('that only the status calls Helm gets Helm parameters', async () => {
    const scene = await aScene({ a: '' }, () => ({ sourceType: 'Helm' }));

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['web/.argocd-source-web.yaml']).toMatch(/^helm:\n {2}parameters:/);
  });

  it('rendered by a plugin is written through a target', async () => {
    const kustomization = `images:\n- name: ${web}\n  newTag: 1.0.0\n`;
    const scene = await aScene({ 'web/kustomization.yaml': kustomization }, () => ({
      sourceType: 'Plugin',
      source: { plugin: { name: 'cmp' } },
      annotations: { 'write-back-target': 'kustomization' },
    }));

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['web/kustomization.yaml']).toBe(
      kustomization.replace('1.0.0', '1.1.0'),
    );
  });

  it('rendered by a plugin is passed over without one', async () => {
    const scene = await aScene({ a: '' }, () => ({ sourceType: 'Plugin' }));

    const { report } = await scene.cycle();

    expect(report.applications[0]?.unsupported).toContain('source type Plugin');
    expect(scene.bench.registry().requests).toEqual([]);
  });

  it('that is hydrated is written where it is dry', async () => {
    const scene = await aScene({ 'dry/values.yaml': values('1.0.0') }, (url) => ({
      spec: {
        source: undefined,
        sourceHydrator: {
          drySource: { repoURL: url, path: 'dry', targetRevision: 'main' },
          syncSource: { targetBranch: 'env/prod', path: 'web' },
        },
      },
      annotations: { 'write-back-target': 'helmvalues' },
    }));

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['dry/values.yaml']).toBe(values('1.1.0'));
  });

  it('may lie in another repository than its target', async () => {
    const scene = await aScene({}, () => ({ sourceType: 'Helm' }));
    const other = await scene.bench.addRepository('ops/other', { 'web/values.yaml': values('1.0.0') });
    scene.app('web', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: {
        'image-list': `web=${web}`,
        'write-back-target': 'helmvalues',
        'git-repository': other,
      },
    });

    expect(await write(scene)).toBe('committed');
    const { files } = await readBranch(join(scene.bench.folder, 'git', 'ops/other.git'), 'main');
    expect(files['web/values.yaml']).toBe(values('1.1.0'));
  });
});

describe('an application without status', () => {
  it.each([
    ['a chart', { 'web/Chart.yaml': 'name: web\n' }, /^helm:/],
    ['a kustomization', { 'web/kustomization.yaml': 'resources: []\n' }, /^kustomize:/],
  ] as const)('is found to be %s by its files', async (_, files, content) => {
    const scene = await startScene(files);
    scene.tags('acme/web', '1.1.0');
    scene.app('web', { isReported: false, annotations: { 'image-list': `web=${web}` } });

    expect(await write(scene)).toBe('committed');
    expect((await scene.branch()).files['web/.argocd-source-web.yaml']).toMatch(content);
    expect(await write(scene)).toBeOneOf(['nothing', 'unchanged']);
    expect((await scene.branch()).commits).toHaveLength(2);
  });
});
