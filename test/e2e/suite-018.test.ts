/** The scenarios of the end-to-end suite of 0.18, by their names (daemon.md 9.1). */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { temporaryFolder } from '../cli/start-program.ts';
import { host, type SuiteScene, startSuiteScene } from './support/suite-scene.ts';

const image = `${host}/test-image`;
const kustomization = 'resources:\n- deployment.yaml\n';
const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: test\n';

function kustomizeImages(scene: SuiteScene, name: string, namespace?: string): readonly string[] | undefined {
  const { spec } = scene.application(name, namespace) as unknown as {
    readonly spec: { readonly source: { readonly kustomize?: { readonly images?: readonly string[] } } };
  };
  return spec.source.kustomize?.images;
}

it('001-simple-kustomize-app-semver: the newest version of the range, through the API', async () => {
  const scene = await startSuiteScene();
  scene.push('test-image', '1.0.0', '1.0.1', '1.0.2', '2.0.0');
  const annotations = { 'image-list': `image=${image}:1.X.X`, 'image.update-strategy': 'semver' };
  scene.apply('image-updater-001', { annotations, images: [`${image}:1.0.0`] });

  const { code } = await scene.run();

  expect(code).toBe(0);
  expect(kustomizeImages(scene, 'image-updater-001')).toEqual([`${image}:1.0.2`]);
});

it('002-simple-kustomize-app-latest: the digest of a tag, by Git over https, once', async () => {
  const name = 'image-updater-002';
  const scene = await startSuiteScene({ [`${name}/kustomization.yaml`]: kustomization });
  const [digest = ''] = scene.push('test-image', 'latest');
  const annotations = {
    'image-list': `image=${image}:latest`,
    'image.update-strategy': 'digest',
    'write-back-method': 'git',
  };
  scene.apply(name, { annotations, images: [`${image}:latest`], targetRevision: 'main' });

  expect((await scene.run()).code).toBe(0);
  const file = (await scene.files())[`${name}/.argocd-source-${name}.yaml`] ?? '';
  scene.report(name, [`${image}:latest@${digest}`]);
  expect((await scene.run()).code).toBe(0);

  expect(parse(file)).toEqual({ kustomize: { images: [`${image}:latest@${digest}`] } });
  expect(await scene.commits()).toBe(2);
});

it('003-invalid-image-specified: nothing changes, and the exit code is 0', async () => {
  const scene = await startSuiteScene();
  scene.push('test-image', '1.0.0', '1.0.1');
  const annotations = { 'image-list': `image=${host}/not-deployed:1.x`, 'foo.update-strategy': 'semver' };
  scene.apply('image-updater-003', { annotations, images: [`${image}:1.0.0`] });

  const { code, output } = await scene.run();

  expect(code).toBe(0);
  expect(output).toContain('images_updated=0 errors=0');
  expect(scene.patches()).toBe(0);
});

it('004-multiple-images: two images of exact versions in one update', async () => {
  const scene = await startSuiteScene();
  scene.push('library/nginx', '1.17.0', '1.17.10');
  scene.push('library/memcached', '1.6.0', '1.6.10');
  const annotations = { 'image-list': 'nginx=nginx:1.17.10, memcached=memcached:1.6.10' };
  scene.apply('image-updater-004', { annotations, images: ['nginx:1.17.0', 'memcached:1.6.0'] });

  expect((await scene.run()).code).toBe(0);

  expect(kustomizeImages(scene, 'image-updater-004')).toEqual(['nginx:1.17.10', 'memcached:1.6.10']);
  expect(scene.patches()).toBe(1);
});

it('005-app-wide-update-strategy: semver for one Application, the newest build for another', async () => {
  const scene = await startSuiteScene();
  scene.push('test-image', '0.2', '0.1');
  const of = (strategy: string, list: string) => ({ 'image-list': list, 'update-strategy': strategy });
  scene.apply('image-updater-005-1', {
    annotations: of('semver', `image=${image}:~0`),
    images: [`${image}:0.1`],
  });
  scene.apply('image-updater-005-2', {
    annotations: of('latest', `image=${image}`),
    images: [`${image}:0.2`],
  });

  expect((await scene.run()).code).toBe(0);

  expect(kustomizeImages(scene, 'image-updater-005-1')).toEqual([`${image}:0.2`]);
  expect(kustomizeImages(scene, 'image-updater-005-2')).toEqual([`${image}:0.1`]);
});

it('006-apps-in-any-namespace: an Application outside of the namespace of Argo CD', async () => {
  const scene = await startSuiteScene();
  scene.push('test-image', '0.1', '0.2');
  const annotations = { 'image-list': `image=${image}:~0`, 'update-strategy': 'semver' };
  scene.apply('image-updater-006', {
    namespace: 'image-updater-e2e-006',
    annotations,
    images: [`${image}:0.1`],
  });

  expect((await scene.run()).code).toBe(0);

  expect(kustomizeImages(scene, 'image-updater-006', 'image-updater-e2e-006')).toEqual([`${image}:0.2`]);
});

it('007-git-repository: a kustomization of another repository, up and, by an exact version, down again', async () => {
  const name = 'image-updater-007';
  const entry = (tag: string) => `images:\n- name: ${image}\n  newTag: ${tag}\n`;
  const scene = await startSuiteScene({
    [`${name}/kustomization.yaml`]: kustomization + entry('1.0.0'),
    [`${name}/deployment.yaml`]: deployment,
  });
  scene.push('test-image', '1.0.0', '1.0.1', '1.0.2');
  const apply = (constraint: string, running: string) =>
    scene.apply(name, {
      annotations: {
        'image-list': `image=${image}:${constraint}`,
        'update-strategy': 'semver',
        'force-update': 'false',
        'write-back-method': 'git',
        'write-back-target': 'kustomization',
        'git-repository': scene.repoURL,
        'git-branch': 'main',
      },
      images: [`${image}:${running}`],
    });
  apply('1.X.X', '1.0.0');

  expect((await scene.run()).code).toBe(0);
  expect((await scene.files())[`${name}/kustomization.yaml`]).toBe(kustomization + entry('1.0.2'));
  apply('1.0.0', '1.0.2');
  expect((await scene.run()).code).toBe(0);

  expect((await scene.files())[`${name}/kustomization.yaml`]).toBe(kustomization + entry('1.0.0'));
});

it('008-git-repository-helm: the digest of a tag on the branch master, and of another tag', async () => {
  const name = 'image-updater-008';
  const scene = await startSuiteScene(
    {
      [`${name}/Chart.yaml`]: 'apiVersion: v2\nname: test\nversion: 0.1.0\n',
      [`${name}/values.yaml`]: 'image: {}\n',
    },
    'master',
  );
  const [older = '', newer = ''] = scene.push('test-image', '0.1', '0.2');
  const apply = (tag: string, running: string) =>
    scene.apply(name, {
      sourceType: 'Helm',
      annotations: {
        'image-list': `image=${image}:${tag}`,
        'image.update-strategy': 'digest',
        'image.helm.image-name': 'image.repository',
        'image.helm.image-tag': 'image.tag',
        'write-back-method': 'git',
        'git-branch': 'master',
      },
      images: [`${image}:${running}`],
    });
  const written = async (): Promise<unknown> => {
    const file = (await scene.files())[`${name}/.argocd-source-${name}.yaml`] ?? '';
    const { helm } = parse(file) as { helm: { parameters: readonly { name: string; value: string }[] } };
    return helm.parameters.find((parameter) => parameter.name === 'image.tag')?.value;
  };
  apply('0.2', '0.2');

  expect((await scene.run()).code).toBe(0);
  expect(await written()).toBe(`0.2@${newer}`);
  apply('0.1', `0.2@${newer}`);
  expect((await scene.run()).code).toBe(0);

  expect(await written()).toBe(`0.1@${older}`);
});

/** Three Applications alike, by number. */
async function threeApplications(id: string): Promise<SuiteScene> {
  const scene = await startSuiteScene();
  scene.push('test-image', '1.0.0', '1.0.1');
  for (const index of ['0', '1', '2'])
    scene.apply(`image-updater-${id}-${index}`, {
      labels: { 'app.index': index },
      annotations: { 'image-list': `image=${image}:1.x`, 'image.update-strategy': 'semver' },
      images: [`${image}:1.0.0`],
    });
  return scene;
}

/** Numbers of the Applications that were updated. */
function updated(scene: SuiteScene, id: string): readonly string[] {
  return ['0', '1', '2'].filter(
    (index) => kustomizeImages(scene, `image-updater-${id}-${index}`) !== undefined,
  );
}

it('101-kustomize-match-application-label: only the Application with the label', async () => {
  const scene = await threeApplications('101');

  expect((await scene.run('--match-application-label', 'app.index=0')).code).toBe(0);

  expect(updated(scene, '101')).toEqual(['0']);
});

describe('102-kustomize-match-application-name', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['--match-application-name', 'no-match*'], []],
    [['--match-application-name', 'image-updater-102-0'], ['0']],
    [
      ['--match-application-name', 'image-updater-102-0', '--match-application-name', 'image-updater-102-1'],
      ['0', '1'],
    ],
    [
      ['--match-application-name', '*-102-*'],
      ['0', '1', '2'],
    ],
  ])('%j updates %j', async (flags, expected) => {
    const scene = await threeApplications('102');

    expect((await scene.run(...flags)).code).toBe(0);

    expect(updated(scene, '102')).toEqual(expected);
  });

  it('--registries-conf-path="" leaves the registries that are built in', async () => {
    const scene = await startSuiteScene();

    const { code, output } = await scene.run('--registries-conf-path=');

    expect(code).toBe(0);
    expect(output).toContain('Processing results: applications=0');
  });
});

const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

it.skipIf(!hasKubectl)(
  '103-ssh-client-config: an overlay on the base brings the SSH configuration (skipped: needs kubectl)',
  () => {
    const folder = temporaryFolder();
    cpSync(join(import.meta.dirname, '../../manifests/base'), join(folder, 'base'), { recursive: true });
    mkdirSync(join(folder, 'overlay'));
    const config = 'Host *\n  PubkeyAcceptedAlgorithms +ssh-rsa\n';
    writeFileSync(join(folder, 'overlay/config'), config);
    writeFileSync(
      join(folder, 'overlay/kustomization.yaml'),
      JSON.stringify({
        namespace: 'argocd',
        resources: ['../base'],
        configMapGenerator: [
          { name: 'argocd-image-updater-ssh-config', behavior: 'merge', files: ['config'] },
        ],
        generatorOptions: { disableNameSuffixHash: true },
      }),
    );

    const text = execFileSync('kubectl', ['kustomize', join(folder, 'overlay')], { encoding: 'utf8' });

    const objects = parseAllDocuments(text).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string } },
    );
    const map = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('ssh-config'),
    );
    expect(map).toMatchObject({ data: { config } });
    const pod = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
      spec: {
        template: { spec: { containers: readonly { volumeMounts: readonly { mountPath: string }[] }[] } };
      };
    };
    const mounts = pod.spec.template.spec.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(
      expect.arrayContaining(['/app/config', '/app/config/ssh', '/app/.ssh', '/app/ssh-keys/id_rsa', '/tmp']),
    );
  },
);
