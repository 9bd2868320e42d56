/** What is chosen is looked at, held back or told before it is written. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startScene, writesOf } from './support/git-scene.ts';
import { parseLogLine, problemsIn } from './support/log.ts';

const web = 'reg.test/acme/web';
const file = 'web/values.yaml';
const values = (tag: string): string => `image:\n  name: ${web}\n  tag: ${tag}\n`;

async function aScene(runs: string, annotations: Readonly<Record<string, string>> = {}) {
  const scene = await startScene({ [file]: values(runs) });
  scene.app('web', {
    sourceType: 'Helm',
    images: [`${web}:${runs}`],
    annotations: { 'image-list': `web=${web}:1.x`, 'write-back-target': 'helmvalues', ...annotations },
  });
  return scene;
}

describe('verify-platform', () => {
  it('fault R9: writes the newest version that is an image for the platform', async () => {
    const scene = await aScene('1.0.0', { 'web.verify-platform': 'true', 'web.platforms': 'linux/arm64' });
    const registry = scene.bench.registry();
    registry.push('acme/web', '1.0.0', { platform: 'linux/arm64' });
    registry.push('acme/web', '1.1.0', { index: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }] });
    registry.push('acme/web', '1.2.0', { platform: 'windows/amd64' });
    const chart =
      '{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"sha256:';
    const digest = `sha256:${'c'.repeat(64)}`;
    registry.load('acme/web', {
      tags: { '1.3.0': digest },
      manifests: {
        [digest]: {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          body: `${chart}${'a'.repeat(64)}"}}`,
        },
      },
      blobs: {},
    });
    registry.fault = ({ path }, response) => {
      // The digest of the chart's own bytes, by a registry that states none.
      if (!path.endsWith('/manifests/1.3.0')) return false;
      response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json');
      response.end(`${chart}${'a'.repeat(64)}"}}`);
      return true;
    };

    const { report, everything } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'committed' });
    expect((await scene.branch()).files[file]).toBe(values('1.1.0'));
    expect(everything).toContain('verify-platform (tag 1.3.0: no image but a Helm chart): 1');
    expect(everything).toContain('verify-platform (tag 1.2.0: no image for linux/arm64): 1');
  });

  it('fault R9: writes nothing where the choice cannot be looked at', async () => {
    const scene = await aScene('1.0.0', { 'web.verify-platform': 'true' });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.bench.registry().fault = ({ path }, response) => {
      const isManifest = path.includes('/manifests/');
      if (isManifest) response.writeHead(403).end();
      return isManifest;
    };

    const { lines } = await scene.cycle();

    expect((await scene.branch()).commits).toHaveLength(1);
    expect(problemsIn(lines)).toHaveLength(1);
  });
});

describe('a registry that loses the running tag', () => {
  it('fault C6: is not followed, and that is told once', async () => {
    const scene = await aScene('1.9.0');
    scene.tags('acme/web', '1.0.0', '1.0.1');

    const first = await scene.cycle();
    const second = await scene.cycle();

    expect((await scene.branch()).commits).toHaveLength(1);
    expect(problemsIn(first.lines)).toEqual([
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining('1.9.0 is allowed, but the registry lists it no more') as unknown,
      }),
    ]);
    expect(problemsIn(second.lines)).toEqual([]);
  });

  it.each([{ target: 'helmvalues' }, { target: 'helmvalues', branch: 'updates' }])(
    'fault C6: is not followed where Git is ahead of what runs ($target, $branch)',
    async ({ target, branch }) => {
      const scene = await aScene('1.8.0', {
        'write-back-target': target,
        ...(branch === undefined ? {} : { 'git-branch': `main:${branch}` }),
      });
      scene.tags('acme/web', '1.8.0', '1.8.5', '1.9.0');
      await scene.cycle();
      const before = await scene.branch(branch);
      expect(before.files[file]).toBe(values('1.9.0'));
      scene.bench.registry().fault = ({ path }, response) => {
        if (!path.endsWith('/tags/list')) return false;
        response.end(JSON.stringify({ name: 'acme/web', tags: ['1.8.0', '1.8.5'] }));
        return true;
      };

      const { lines } = await scene.cycle();
      const again = await scene.cycle();

      expect((await scene.branch(branch)).commits).toEqual(before.commits);
      expect(problemsIn(lines)).toEqual([
        expect.objectContaining({
          level: 'warning',
          message: expect.stringContaining('Git holds 1.9.0') as unknown,
        }),
      ]);
      expect(problemsIn(again.lines)).toEqual([]);
    },
  );

  it('fault C5: is followed where that is allowed, and told as a step back', async () => {
    const scene = await aScene('1.9.0', { 'web.downgrade': 'allow' });
    scene.tags('acme/web', '1.0.0', '1.0.1');

    const { lines } = await scene.cycle();

    expect((await scene.branch()).files[file]).toBe(values('1.0.1'));
    expect(lines.map(parseLogLine).find(({ message }) => message === 'Image updated')?.fields).toMatchObject({
      old: '1.9.0',
      new: '1.0.1',
      direction: 'down',
    });
  });
});

describe('an override file of release 1.3, which lacks the parameters of the Application itself', () => {
  it('fault C13: has them again with our next write', async () => {
    const override = 'web/.argocd-source-web.yaml';
    const parameter = (name: string, value: string): string =>
      `  - name: ${name}\n    value: ${value}\n    forcestring: true\n`;
    const ofOld = `helm:\n  parameters:\n${parameter('image.name', web)}${parameter('image.tag', '1.0.0')}`;
    const scene = await startScene({ [override]: ofOld });
    const own = [
      { name: 'replicas', value: '3' },
      { name: 'ingress.host', value: 'shop.test', forceString: true },
    ];
    scene.app('web', {
      sourceType: 'Helm',
      images: [`${web}:1.0.0`],
      annotations: { 'image-list': `web=${web}:1.x` },
      spec: {
        source: { repoURL: scene.url, path: 'web', targetRevision: 'main', helm: { parameters: own } },
      },
    });
    scene.tags('acme/web', '1.0.0');
    const idle = await scene.cycle();
    scene.tags('acme/web', '1.1.0');

    const { report } = await scene.cycle();

    expect([writesOf(idle.report), writesOf(report)]).toEqual([{ web: 'nothing' }, { web: 'committed' }]);
    const { helm } = parse((await scene.branch()).files[override] ?? '') as {
      readonly helm: { readonly parameters: readonly unknown[] };
    };
    const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
    expect((helm.parameters as readonly { readonly name: string }[]).toSorted(byName)).toEqual([
      { name: 'image.name', value: web, forcestring: true },
      { name: 'image.tag', value: '1.1.0', forcestring: true },
      { name: 'ingress.host', value: 'shop.test', forcestring: true },
      { name: 'replicas', value: '3', forcestring: false },
    ]);
  });
});
