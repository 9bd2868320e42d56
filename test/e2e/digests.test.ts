/** Digests of a real registry, written to a real repository and to live Applications (spec/policies.md 8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../fakes/docker-registry.ts';
import { makeImage } from '../fakes/image-content.ts';
import { makeRealClock } from '../fakes/clock.ts';
import type { FileTree } from '../fakes/bare-repository.ts';
import { type SceneApplication, startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const old = `sha256:${'a'.repeat(64)}`;

describe.skipIf(!hasDockerRegistry())('digests of a real registry (skipped: needs docker-registry)', () => {
  let registry: DockerRegistry;

  beforeAll(async () => {
    registry = await startDockerRegistry();
  });

  afterAll(() => registry.close());

  /** Pushes an image, another one for each `build`, and gives its digest. */
  async function push(tag: string, build = 1): Promise<string> {
    const content = makeImage({ comment: `${tag} ${build}` });
    await registry.push('acme/web', { ...content, tags: { [tag]: content.digest } });
    return content.digest;
  }

  async function aScene(files: FileTree, parts: SceneApplication) {
    await push('2.1.4');
    const digest = await push('2.1.5');
    const scene = await startScene(files);
    const requests: string[] = [];
    const registries = [{ name: 'reg.test', prefix: 'reg.test', api_url: registry.url }];
    const program = scene.process({
      registriesConf: JSON.stringify({ registries }),
      registry: {
        clock: makeRealClock(),
        onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
      },
    });
    const runs = (version: string, more: Readonly<Record<string, string>> = {}) =>
      scene.app('web', {
        sourceType: 'Helm',
        ...parts,
        images: [`${web}${version}`],
        annotations: { 'image-list': `web=${web}:~2.1`, ...parts.annotations, ...more },
      });
    runs(':2.1.4');
    const cycle = async () => {
      requests.length = 0;
      const writes = writesOf(await program.run());
      return { writes, heads: requests.filter((request) => request.startsWith('HEAD')) };
    };
    const heads = ['HEAD /v2/acme/web/manifests/2.1.5'];
    return { scene, digest, runs, cycle, heads };
  }

  it('WF-01: is asked for once in a cycle and written beside the tag, and then no more', async () => {
    const { scene, digest, runs, cycle, heads } = await aScene(
      { 'web/values.yaml': 'image:\n  tag: "2.1.4" # kept\n' },
      {
        annotations: {
          'write-back-target': 'helmvalues',
          'web.helm.image-tag': 'image.tag',
          'web.write-format': 'tag@digest',
        },
      },
    );

    expect(await cycle()).toEqual({ writes: { web: 'committed' }, heads });
    const { files, commits } = await scene.branch();
    expect(files['web/values.yaml']).toBe(`image:\n  tag: "2.1.5@${digest}" # kept\n`);
    expect(commits[0]?.message).toContain("updates image acme/web tag '2.1.4' to '2.1.5'");

    expect(await cycle()).toEqual({ writes: { web: 'unchanged' }, heads });
    runs(`:2.1.5@${digest}`);
    expect((await cycle()).heads).toEqual(heads);
    expect((await scene.branch()).commits).toHaveLength(commits.length);
  });

  it('WF-04: a kustomization that is pinned gets the tag in the place of the digest', async () => {
    const list = (version: string) => `images:\n- name: ${web}\n  ${version} # ours\n`;
    const { scene, cycle } = await aScene(
      { 'web/kustomization.yaml': list(`digest: ${old}`) },
      {
        sourceType: 'Kustomize',
        annotations: { 'write-back-target': 'kustomization', 'web.write-format': 'tag' },
      },
    );

    expect(await cycle()).toEqual({ writes: { web: 'committed' }, heads: [] });
    expect((await scene.branch()).files['web/kustomization.yaml']).toBe(list('newTag: 2.1.5'));
  });

  it('WF-06: no old digest stays beside a new tag', async () => {
    const { scene, cycle } = await aScene(
      { 'web/values.yaml': `image:\n  tag: 2.1.4\n  digest: ${old} # pinned\n` },
      {
        annotations: {
          'write-back-target': 'helmvalues',
          'web.helm.image-tag': 'image.tag',
          'web.helm.image-digest': 'image.digest',
          'web.write-format': 'tag',
        },
      },
    );

    expect((await cycle()).writes).toEqual({ web: 'committed' });
    expect((await scene.branch()).files['web/values.yaml']).toBe(
      'image:\n  tag: 2.1.5\n  digest: "" # pinned\n',
    );
    expect((await cycle()).writes).toEqual({ web: 'unchanged' });
  });

  it('WF-09: a live Application gets its parameters once', async () => {
    const { scene, digest, cycle } = await aScene(
      {},
      {
        source: { helm: { parameters: [{ name: 'replicas', value: '3' }] } },
        annotations: {
          'write-back-method': 'argocd',
          'web.helm.image-tag': 'image.tag',
          'web.helm.image-digest': 'image.digest',
        },
      },
    );

    expect((await cycle()).writes).toEqual({ web: 'patched' });
    const parameters = [
      { name: 'replicas', value: '3' },
      { name: 'image.name', value: web, forceString: true },
      { name: 'image.tag', value: '2.1.5', forceString: true },
      { name: 'image.digest', value: digest, forceString: true },
    ];
    const spec = () => scene.bench.kube.objects.get('applications', 'argocd', 'web')?.['spec'];
    expect(spec()).toMatchObject({ source: { helm: { parameters } } });
    expect((await cycle()).writes).toEqual({ web: 'unchanged' });
    expect(spec()).toMatchObject({ source: { helm: { parameters } } });
  });

  it('WF-10: plain manifests get the digest alone', async () => {
    const pod = (image: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: ${image} # ours\n`;
    const { scene, digest, cycle } = await aScene(
      { 'web/pod.yaml': pod(`${web}:2.1.4@${old}`) },
      {
        sourceType: 'Directory',
        annotations: { 'write-back-target': 'manifests', 'web.write-format': 'digest' },
      },
    );

    expect((await cycle()).writes).toEqual({ web: 'committed' });
    expect((await scene.branch()).files['web/pod.yaml']).toBe(pod(`${web}@${digest}`));
    expect((await cycle()).writes).toEqual({ web: 'nothing' });
  });

  it('WF-07: a tag that is pushed again is told, followed or held', async () => {
    const { scene, digest, runs, cycle, heads } = await aScene(
      { 'web/values.yaml': 'image: reg.test/acme/web:2.1.4\n' },
      {
        annotations: {
          'write-back-target': 'helmvalues',
          'web.helm.image-spec': 'image',
          'web.write-format': 'tag@digest',
        },
      },
    );
    await cycle();
    const pushed = await push('2.1.5', 2);
    const file = async () => (await scene.branch()).files['web/values.yaml'];

    runs(':2.1.4');
    expect((await cycle()).writes).not.toEqual({ web: 'committed' });
    runs(`:2.1.5@${digest}`);
    expect((await cycle()).heads).toEqual(heads);
    runs(`:2.1.5@${digest}`, { 'web.on-moved-tag': 'hold' });
    await cycle();
    expect(await file()).toBe(`image: ${web}:2.1.5@${digest}\n`);
    runs(`:2.1.5@${digest}`, { 'web.on-moved-tag': 'follow' });
    expect((await cycle()).writes).toEqual({ web: 'committed' });
    expect(await file()).toBe(`image: ${web}:2.1.5@${pushed}\n`);
  });
});
