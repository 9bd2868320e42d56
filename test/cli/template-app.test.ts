/** `template --app`: the message of a change that waits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

const prefix = 'argocd-image-updater.argoproj.io';

function application(name: string, repoURL: string, method: string, constraint: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
  annotations:
    ${prefix}/image-list: web=reg.test/acme/web:${constraint}
    ${prefix}/write-back-method: ${method}
    ${prefix}/web.helm.image-name: image.repository
spec:
  project: default
  source: {repoURL: '${repoURL}', targetRevision: main, path: apps/x}
`;
}

describe('issue 8, fault O-S3-25: template --app', () => {
  let registry: FakeRegistry;
  beforeAll(async () => {
    registry = await startFakeRegistry();
    for (const tag of ['2.1.0', '2.1.5']) registry.push('acme/web', tag, {});
    return () => registry.close();
  });

  async function scene() {
    const folder = temporaryFolder();
    const repository = join(folder, 'git/deploy.git');
    await makeBareRepository(repository, {
      'apps/x/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'apps/x/values.yaml': 'image:\n  repository: reg.test/acme/web\n  tag: 2.1.0\n',
    });
    const git = await startGitServer({ root: join(folder, 'git') });
    onTestFinished(() => git.close());
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const url = `${git.url}/deploy.git`;
    const apps = [application('shop', url, 'git', '~2.1'), application('old', url, 'git', '2.1.0')];
    const argv = [
      `--applications=${file('apps.yaml', apps.join('---\n'))}`,
      `--registries-conf-path=${file('registries.conf', JSON.stringify({ registries: [{ name: 'r', prefix: 'reg.test', api_url: registry.url }] }))}`,
      `--cache-dir=${join(folder, 'cache')}`,
    ];
    const render = (
      app: string,
      text = '{{ .AppName }}: {{ range .AppChanges }}{{ .OldTag }} to {{ .NewTag }}{{ end }}',
    ) => runInProcess(['template', file('my.template', text), '--app', app, ...argv]);
    return { repository, render };
  }

  it('renders the pending change, and writes nothing', async () => {
    const { repository, render } = await scene();
    const before = await readBranch(repository, 'main');

    expect(await render('argocd/shop')).toEqual({ code: 0, stdout: 'shop: 2.1.0 to 2.1.5\n', stderr: '' });
    expect(await readBranch(repository, 'main')).toEqual(before);
  });

  it('takes a name alone for one in the namespace of Argo CD', async () => {
    expect((await (await scene()).render('shop')).stdout).toBe('shop: 2.1.0 to 2.1.5\n');
  });

  it.each([
    { app: 'argocd/old', says: /no change is pending/ },
    { app: 'argocd/none', says: /"argocd\/none": there is no such Application/ },
  ])('says of $app why there is no message', async ({ app, says }) => {
    const { code, stdout, stderr } = await (await scene()).render(app);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(says);
  });

  it('says what is wrong with the template', async () => {
    const { stderr } = await (await scene()).render('argocd/shop', '{{ .AppNam }}');

    expect(stderr).toContain('line 1: no field .AppNam; there are .AppName, .AppChanges, .AppNamespace');
  });
});
