/** The program with the flags that tell Argo CD of updates and failures, beside a cluster, a registry and a Git server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { runInProcess, temporaryFolder } from '../cli/start-program.ts';
import { makeBareRepository } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { startKubeApi } from '../fakes/kube-api.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { anApplication, repositoryCredentials } from './support/objects.ts';

const web = 'reg.test/acme/web';
const listed = {
  'write-back-method': 'git',
  'write-back-target': 'helmvalues',
  'web.helm.image-name': 'image.name',
  'web.helm.image-tag': 'image.tag',
};

/** The annotations of both Applications after one cycle, one of which is updated while the other fails. */
async function annotationsAfter(...flags: readonly string[]) {
  const folder = temporaryFolder();
  await makeBareRepository(join(folder, 'git', 'deploy.git'), {
    'good/Chart.yaml': 'name: good\n',
    'good/values.yaml': `image:\n  name: ${web}\n  tag: "1.0.0"\n`,
  });
  const git = await startGitServer({ root: join(folder, 'git'), auth: { username: 'bot', password: 'pw' } });
  onTestFinished(() => git.close());
  const registry = await startFakeRegistry();
  onTestFinished(() => registry.close());
  for (const tag of ['1.0.0', '1.1.0']) registry.push('acme/web', tag, {});
  const application = (name: string, image: string) =>
    anApplication(name, {
      repoURL: `${git.url}/deploy.git`,
      sourceType: 'Helm',
      images: [`${image}:1.0.0`],
      annotations: { ...listed, 'image-list': `web=${image}:1.x` },
    });
  const kube = await startKubeApi({
    objects: [
      repositoryCredentials(git.url, 'bot', 'pw'),
      application('good', web),
      application('bad', 'reg.test/acme/absent'),
    ],
  });
  onTestFinished(() => kube.stop());
  const conf = join(folder, 'registries.conf');
  writeFileSync(
    conf,
    JSON.stringify({ registries: [{ name: 'test', prefix: 'reg.test', api_url: registry.url }] }),
  );
  const { code, stdout } = await runInProcess([
    'run',
    '--once',
    `--kubeconfig=${kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' })}`,
    `--registries-conf-path=${conf}`,
    `--cache-dir=${join(folder, 'cache')}`,
    '--git-commit-message-path=',
    ...flags,
  ]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/Processing results: .*errors=1/)]);
  const of = (name: string) =>
    kube.objects.get('applications', 'argocd', name)?.metadata['annotations'] as Record<string, string>;
  return { good: of('good'), bad: of('bad') };
}

const refresh = 'argocd.argoproj.io/refresh';
const lastUpdate = `${annotationPrefix}last-update`;
const lastError = `${annotationPrefix}last-error`;

describe('the flags that tell Argo CD', () => {
  it('ask it to look at what was pushed, and annotate what was updated and what fails', async () => {
    const { good, bad } = await annotationsAfter('--refresh-after-push', '--notification-annotations=all');

    expect(good).toMatchObject({ [refresh]: 'normal', [lastUpdate]: expect.stringContaining('1.1.0') });
    expect(bad).toMatchObject({ [lastError]: expect.stringContaining('acme/absent') });
    expect([bad[refresh], bad[lastUpdate], good[lastError]]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['none of them given', []],
    ['a dry run', ['--dry-run', '--refresh-after-push', '--notification-annotations=all']],
  ])('touch nothing with %s', async (_, flags) => {
    const { good, bad } = await annotationsAfter(...flags);

    for (const annotations of [good, bad])
      for (const key of [refresh, lastUpdate, lastError]) expect(annotations).not.toHaveProperty([key]);
  });
});
