/** Every kind of write-back target, over HTTP to a real repository: bytes, commits and messages. */
import { describe, expect, it } from 'vitest';
import { commitFiles } from '../fakes/bare-repository.ts';
import { startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const listed = { 'image-list': `web=${web}:1.x` };

describe('the override file', () => {
  it('is made for a Helm application, with the message that 0.18 writes', async () => {
    const scene = await startScene({ 'web/Chart.yaml': 'name: web\n' });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', { sourceType: 'Helm', annotations: listed, images: [`${web}:1.0.0`] });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    const { files, commits } = await scene.branch();
    expect(files['web/.argocd-source-web.yaml']).toBe(
      `helm:\n  parameters:\n  - name: image.name\n    value: ${web}\n    forcestring: true\n  - name: image.tag\n    value: 1.1.0\n    forcestring: true\n`,
    );
    expect(commits[0]?.message).toBe(
      `build: automatic update of web\n\nupdates image acme/web tag '1.0.0' to '1.1.0'\n`,
    );
    expect(scene.bench.events()).toHaveLength(1);
  });

  it('is named after namespace and name outside of Argo CD’s namespace', async () => {
    const scene = await startScene({ 'web/kustomization.yaml': 'resources: []\n' });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', { namespace: 'team-a', annotations: listed, images: [`${web}:1.0.0`] });

    await scene.cycle();

    const { files } = await scene.branch();
    expect(files['web/.argocd-source-team-a_web.yaml']).toBe(`kustomize:\n  images:\n  - ${web}:1.1.0\n`);
  });

  it('keeps comments, unknown keys and other entries of a file that people wrote, at a path of their own', async () => {
    const before =
      '# owned by team shop\r\nhelm:\r\n  valueFiles: [prod.yaml]\r\n  parameters:\r\n    - name: image.tag   # set by the updater\r\n      value: "1.0.0"\r\n      forceString: true\r\n    - {name: debug, value: "1.10"}\r\n';
    const scene = await startScene({ 'conf/prod.yaml': before });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      sourceType: 'Helm',
      annotations: { ...listed, 'write-back-target': 'conf/prod.yaml' },
      images: [`${web}:1.0.0`],
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    const { files } = await scene.branch();
    const after = files['conf/prod.yaml'] ?? '';
    expect(after).toBe(
      `${before.replace('"1.0.0"', '"1.1.0"')}    - {name: image.name, value: ${web}, forcestring: true}\r\n`,
    );
  });
});

describe('a values file', () => {
  it('changes in one scalar and nowhere else', async () => {
    const before = "web:\n    image:\n        tag: '1.0.0'   # ours\n\n\nother: [1, 2]\n";
    const scene = await startScene({ 'web/values.yaml': { content: before, executable: true } });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      sourceType: 'Helm',
      annotations: { ...listed, 'web.helm.image-tag': 'web.image.tag', 'write-back-target': 'helmvalues' },
      images: [`${web}:1.0.0`],
    });

    const { report, everything } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    expect((await scene.branch()).files['web/values.yaml']).toBe(before.replace('1.0.0', '1.1.0'));
    expect(everything).toContain('web/values.yaml web.image.tag');
  });
});

describe('a kustomization', () => {
  it('changes in its entry, below the source, with digest and tag', async () => {
    const before =
      'resources:\n- a.yaml\n\nimages: # pins\n- name: web\n  newName: reg.test/acme/web\n  newTag: "1.0.0"\n';
    const scene = await startScene({ 'web/base/kustomization.yml': before });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      annotations: {
        ...listed,
        'web.kustomize.image-name': 'web',
        'write-back-target': 'kustomization:base',
      },
      images: [`${web}:1.0.0`],
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    expect((await scene.branch()).files['web/base/kustomization.yml']).toBe(before.replace('1.0.0', '1.1.0'));
  });

  it('that is not there is named with its folder', async () => {
    const scene = await startScene({ 'web/readme': '' });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      annotations: { ...listed, 'write-back-target': 'kustomization:overlays/prod' },
      images: [`${web}:1.0.0`],
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)['web']).toBe(
      'none of kustomization.yaml, kustomization.yml, Kustomization in web/overlays/prod',
    );
  });
});

function deployment(name: string, image: string): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: ${name}\n        image: ${image} # tracked\n`;
}

function cronJob(name: string, image: string): string {
  return `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: ${name}}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - {name: ${name}, image: "${image}"}\n`;
}

describe('plain manifests', () => {
  const manifests = {
    sourceType: 'Directory',
    annotations: { ...listed, 'write-back-target': 'manifests' },
  };

  it('get the version at every occurrence; messages tell the first in path order', async () => {
    const scene = await startScene({
      'web/b.yaml': cronJob('job', `${web}:1.0.1`),
      'web/a.yaml': `${deployment('web', `${web}:1.0.0`)}---\n${deployment('other', 'reg.test/acme/other:1')}`,
      'web/sub/c.yaml': deployment('deep', `${web}:1.0.0`),
    });
    scene.tags('acme/web', '1.0.0', '1.0.1', '1.1.0');
    scene.app('web', { ...manifests, images: [`${web}:1.0.1`] });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    const { files, commits } = await scene.branch();
    expect(files['web/a.yaml']).toContain(`image: ${web}:1.1.0 # tracked`);
    expect(files['web/b.yaml']).toContain(`image: "${web}:1.1.0"`);
    expect(files['web/sub/c.yaml']).toContain('1.0.0');
    expect(commits[0]?.message).toContain("tag '1.0.0' to '1.1.0'");
  });

  it.each([
    ['the first occurrence is the newest already', ['1.1.0', '1.0.0'], [`${web}:1.0.0`]],
    ['the status tells the newest already', ['1.0.0', '1.0.0'], [`${web}:1.1.0`]],
    ['nothing of it runs', ['1.1.0', '1.0.0'], []],
  ] as const)('are made whole where %s', async (_, [first, second], images) => {
    const scene = await startScene({
      'web/a.yaml': deployment('web', `${web}:${first}`),
      'web/b.yaml': cronJob('job', `${web}:${second}`),
    });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', { ...manifests, images });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    const { files, commits } = await scene.branch();
    expect(Object.values(files).join('')).not.toContain('1.0.0');
    expect(commits[0]?.message).toContain("tag '1.0.0' to '1.1.0'");
    expect(scene.bench.events()).toHaveLength(1);
    scene.traffic();

    const again = await scene.cycle();

    expect(writesOf(again.report)).toEqual({ web: 'nothing' });
    expect(scene.traffic().requests).toBeLessThanOrEqual(2);
  });

  it('of a custom resource, of one container, of subfolders and of chosen files are found', async () => {
    const twoContainers = `${deployment('web', `${web}:1.0.0`)}      - name: sidecar\n        image: ${web}:1.0.0\n`;
    const rollout = `apiVersion: acme.dev/v1\nkind: Fleet\nmetadata: {name: f}\nspec: {image: "${web}:1.0.0"}\n`;
    const scene = await startScene({
      'web/deep/a.yaml': twoContainers,
      'web/deep/fleet.yaml': rollout,
      'web/skip/a.yaml': twoContainers,
    });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      ...manifests,
      annotations: {
        ...manifests.annotations,
        'web.manifests.name': 'web',
        'web.manifests.path': 'spec.image',
      },
      source: { directory: { recurse: true, exclude: 'skip/*' } },
    });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    const { files } = await scene.branch();
    expect(files['web/deep/a.yaml']).toBe(twoContainers.replace(`${web}:1.0.0 #`, `${web}:1.1.0 #`));
    expect(files['web/deep/fleet.yaml']).toBe(rollout.replace('1.0.0', '1.1.0'));
    expect(files['web/skip/a.yaml']).toBe(twoContainers);
  });

  it('without one of the images update the others; the missing one is named', async () => {
    const scene = await startScene({ 'web/a.yaml': deployment('web', `${web}:1.0.0`) });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.tags('acme/none', '1.0.0');
    scene.app('web', {
      ...manifests,
      annotations: { ...manifests.annotations, 'image-list': `web=${web}:1.x, none=reg.test/acme/none` },
      images: [`${web}:1.0.0`],
    });

    const { report, lines } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    expect(lines.join('\n')).toContain('no reference of reg.test/acme/none');
  });

  it('that are not there are named with the place that was looked at', async () => {
    const scene = await startScene({ 'web/deep/a.yaml': deployment('web', `${web}:1.0.0`) });
    scene.tags('acme/web', '1.1.0');
    scene.app('web', { ...manifests, images: [`${web}:1.0.0`] });

    const { lines } = await scene.cycle();

    expect(lines.join('\n')).toContain(
      'web: no manifest is there: check the paths of write-back-target; subfolders need directory.recurse or a glob',
    );
  });

  it('cost no request while Argo CD compares the commit that was read last', async () => {
    const scene = await startScene({ 'web/a.yaml': deployment('web', `${web}:1.1.0`) });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    const compared = async () => ({ sync: { revision: (await scene.branch()).commits[0]?.sha } });
    scene.app('web', { ...manifests, images: [`${web}:1.1.0`], status: await compared() });
    await scene.cycle();
    scene.traffic();

    await scene.cycle();
    expect(scene.traffic().requests).toBe(0);

    await scene.foreign('main', { 'web/b.yaml': cronJob('job', `${web}:1.0.0`) });
    scene.app('web', { ...manifests, images: [`${web}:1.1.0`], status: await compared() });
    const { report } = await scene.cycle();
    expect(writesOf(report)).toEqual({ web: 'committed' });
  });

  it('that somebody turns back are turned forward again, by one commit', async () => {
    const scene = await startScene({ 'web/a.yaml': deployment('web', `${web}:1.0.0`) });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', { ...manifests, images: [`${web}:1.0.0`] });
    await scene.cycle();
    await commitFiles(scene.path, 'main', { 'web/a.yaml': deployment('web', `${web}:1.0.0`) }, 'back');

    await scene.cycle();
    await scene.cycle();

    expect(await scene.bench.commits('ops/deploy')).toHaveLength(2);
  });
});
