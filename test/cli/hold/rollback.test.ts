/** The command rollback: a registry, a Git server and an API server, and what each of them has afterwards. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { annotationPrefix } from '../../../src/core/config/annotations.ts';
import { makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { startGitServer } from '../../fakes/git-http.ts';
import { type ObjectSeed, startKubeApi } from '../../fakes/kube-api.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { aConfigMap, anApplication, aSecret } from '../../kube/fixtures.ts';
import { runInProcess, temporaryFolder } from '../start-program.ts';

const holds = 'argocd-image-updater-holds';
const image = 'reg.test/acme/web';
const values = (tag: string) => `image:\n  name: ${image}\n  tag: "${tag}" # kept\n`;

async function startScene(
  annotations: Readonly<Record<string, string>> = {},
  others: (url: string) => readonly ObjectSeed[] = () => [],
) {
  const folder = temporaryFolder();
  const root = join(folder, 'git');
  mkdirSync(root);
  const bare = join(root, 'deploy.git');
  await makeBareRepository(bare, { 'web/Chart.yaml': 'name: web\n', 'web/values.yaml': values('2.1.5') });
  const git = await startGitServer({ root });
  onTestFinished(() => git.close());
  const registry = await startFakeRegistry();
  onTestFinished(() => registry.close());
  for (const tag of ['2.1.3', '2.1.4', '2.1.5']) registry.push('acme/web', tag, {});
  const conf = join(folder, 'registries.conf');
  writeFileSync(
    conf,
    JSON.stringify({ registries: [{ name: 'r', prefix: 'reg.test', api_url: registry.url }] }),
  );
  const url = `${git.url}/deploy.git`;
  const all = {
    'image-list': `web=${image}:~2.1, api=reg.test/acme/api:~1.0`,
    'write-back-method': 'git',
    'write-back-target': 'helmvalues',
    'ignore-tags': '2.1.4',
    ...annotations,
  };
  const shop = anApplication('shop', {
    helm: { parameters: [{ name: 'image.tag', value: '2.1.5', forceString: true }] },
    annotations: Object.fromEntries(Object.entries(all).map(([key, text]) => [annotationPrefix + key, text])),
    status: { sourceType: 'Helm', summary: { images: [`${image}:2.1.3`, 'reg.test/acme/api:1.0.0'] } },
  });
  const spec = shop['spec'] as { readonly source: object };
  const app = { ...shop, spec: { ...spec, source: { ...spec.source, repoURL: url } } };
  const login = { url, username: 'u', password: 'p' };
  const secret = aSecret('repo', login, { 'argocd.argoproj.io/secret-type': 'repository' });
  const server = await startKubeApi({ objects: [app, secret, ...others(url)] });
  onTestFinished(() => server.stop());
  const kubeconfig = server.kubeconfig(join(folder, 'config'));
  return {
    server,
    refusePushes: () => {
      mkdirSync(join(bare, 'hooks'), { recursive: true });
      writeFileSync(join(bare, 'hooks/pre-receive'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    },
    run: (...words: readonly string[]) =>
      runInProcess(
        [
          ...words,
          `--kubeconfig=${kubeconfig}`,
          '--argocd-namespace=argocd',
          `--registries-conf-path=${conf}`,
          '--git-commit-message-path=',
          `--cache-dir=${join(folder, 'cache')}`,
        ],
        { USER: 'ann' },
      ),
    branch: () => readBranch(bare, 'main'),
    data: () => server.objects.get('configmaps', 'argocd', holds)?.['data'],
    spec: () => server.objects.get('applications', 'argocd', 'shop')?.['spec'],
  };
}

describe('rollback', () => {
  it('RB-21 writes the older version in one commit of a person, and records what is not to come back', async () => {
    const { run, branch, data } = await startScene();

    const { code, stdout, stderr } = await run('rollback', 'argocd/shop', 'web', '2.1.4');

    expect([code, stderr]).toEqual([0, '']);
    const { files, commits } = await branch();
    expect(files['web/values.yaml']).toBe(values('2.1.4'));
    expect(commits).toHaveLength(2);
    expect(commits[0]?.message).toBe(
      `build: automatic update of shop

updates image acme/web tag '2.1.5' to '2.1.4'

Image-Updater-Application: argocd/shop
Image-Updater-Change: main web/values.yaml image.tag 2.1.5 -> 2.1.4
Image-Updater-By: ann
`,
    );
    const [, sha = ''] =
      /^argocd\/shop web: 2\.1\.5 → 2\.1\.4\n {2}commit {3}([0-9a-f]{40}) on main of http/.exec(stdout) ?? [];
    expect(data()).toEqual({
      'argocd.shop.web': `rolled-back:\n  from: 2.1.5\n  to: 2.1.4\n  commit: ${sha}\n  by: ann\n`,
    });
    expect(stdout).toContain(
      'argocd/shop web waits for a version newer than 2.1.5\n  undo     tidewaiter resume argocd/shop web\n',
    );
  });

  it.each([
    [['argocd/shop', 'web', '9.9.9'], /the registry lists no tag 9\.9\.9 of web=reg\.test\/acme\/web/],
    [['argocd/shop', 'wbe', '2.1.4'], /did you mean web\?/],
    [['argocd/shop', 'web', 'sha256:abc'], /is no tag/],
    [['argocd/shop', 'web'], /needs an Application, an alias and a tag/],
  ])('changes nothing for %j', async (words, message) => {
    const { run, branch, data } = await startScene();

    const { code, stderr } = await run('rollback', ...words);

    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect([(await branch()).commits.length, data()]).toEqual([1, undefined]);
  });

  it('takes the record back where the push is refused', async () => {
    const { run, refusePushes, branch, data } = await startScene({}, () => [
      aConfigMap(holds, { other: 'true' }),
    ]);
    refusePushes();

    const { code, stderr } = await run('rollback', 'argocd/shop', 'web', '2.1.4');

    expect([code, data()]).toEqual([1, { other: 'true' }]);
    expect(stderr).toMatch(/^Error: /);
    expect((await branch()).commits).toHaveLength(1);
  });

  it('patches a live Application', async () => {
    const { run, spec, branch } = await startScene({
      'write-back-method': 'argocd',
      'web.helm.image-tag': 'image.tag',
    });
    const { code, stdout } = await run('rollback', 'argocd/shop', 'web', '2.1.4');

    expect([code, stdout.split('\n')[0]]).toEqual([0, 'argocd/shop web: 2.1.5 → 2.1.4']);
    expect(JSON.stringify(spec())).toContain('{"name":"image.tag","value":"2.1.4","forceString":true}');
    expect((await branch()).commits).toHaveLength(1);
  });

  it('under a freeze needs --during-freeze, and --dry-run writes nothing', async () => {
    const { run, branch, data } = await startScene({}, () => [
      aConfigMap(holds, { freeze: 'reason="incident 7"' }),
    ]);

    const refused = await run('rollback', 'argocd/shop', 'web', '2.1.4');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'Error: everything is frozen: incident 7; --during-freeze writes nevertheless\n',
    ]);
    const dry = await run('rollback', 'argocd/shop', 'web', '2.1.4', '--during-freeze', '--dry-run');
    expect(dry.stdout).toMatch(/^argocd\/shop web: 2\.1\.5 → 2\.1\.4\n[^]*not changed: --dry-run\n$/);
    expect((await branch()).commits).toHaveLength(1);

    expect((await run('rollback', 'argocd/shop', 'web', '2.1.4', '--during-freeze')).code).toBe(0);
    expect((await branch()).commits).toHaveLength(2);
    expect(Object.keys(data() as object).toSorted()).toEqual(['argocd.shop.web', 'freeze']);
  });

  it('does nothing twice', async () => {
    const { run, branch } = await startScene();
    await run('rollback', 'argocd/shop', 'web', '2.1.4');

    const { code, stdout } = await run('rollback', 'argocd/shop', 'web', '2.1.4');

    expect([code, stdout]).toEqual([0, 'argocd/shop web is at 2.1.4 already: nothing to change\n']);
    expect((await branch()).commits).toHaveLength(2);
  });

  it('names the members of its group that now differ, by whatever they came to be in it', async () => {
    const front = anApplication('front', {
      annotations: {
        [`${annotationPrefix}image-list`]: 'f=reg.test/acme/f, other=reg.test/acme/other',
        [`${annotationPrefix}f.group`]: 'train',
      },
    });
    const back = anApplication('back', {
      annotations: { [`${annotationPrefix}image-list`]: 'b=reg.test/acme/b' },
    });
    const settings = aConfigMap('argocd-image-updater-config', {
      defaults: 'namespaces: {argocd: {group: train}}',
    });
    const { run } = await startScene({ 'api.group': 'other' }, () => [front, back, settings]);

    const { stdout } = await run('rollback', 'argocd/shop', 'web', '2.1.4');

    expect(stdout).toMatch(
      /members of its group that were not rolled back: argocd\/back b, argocd\/front f, argocd\/front other\n/,
    );
  });

  it('RB-21 counts as taken back by a person, though the ConfigMap is lost; one resume ends that and a hold', async () => {
    const { run, server } = await startScene({ rollback: 'respect', 'ignore-tags': '' });
    await run('rollback', 'argocd/shop', 'web', '2.1.4');
    server.objects.remove('configmaps', 'argocd', holds);

    const held = await run('explain', 'argocd/shop', 'web');
    expect([held.code, held.stdout]).toEqual([
      3,
      expect.stringMatching(/rollback: 2\.1\.5 was taken back to 2\.1\.4/),
    ]);

    const kubeconfig = server.kubeconfig(join(temporaryFolder(), 'config'));
    await runInProcess(['pause', 'argocd/shop', 'web', `--kubeconfig=${kubeconfig}`]);
    const resumed = await run('resume', 'argocd/shop', 'web');
    expect(resumed.stdout).toMatch(
      /^argocd\/shop web is held no more; it was\nargocd\/shop web may take 2\.1\.5 again\n/,
    );

    expect((await run('explain', 'argocd/shop', 'web')).stdout).not.toContain('taken back');
  });
});
