/** Several tenants, each of whom may annotate own Applications only: what is refused to them in a real cycle. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderBytes } from '../../src/git/process/folder-bytes.ts';
import type { CycleReport } from '../../src/core/report/report.ts';
import { openToAll, type TenantRules } from '../../src/core/tenants/tenant-rules.ts';
import { parseWritePath } from '../../src/core/tenants/write-paths.ts';
import { type GitScene, startScene, writesOf } from './support/git-scene.ts';

const image = 'reg.test/acme/web';
const tracked = { images: [`${image}:1.0.0`], annotations: { 'image-list': `web=${image}:1.x` } };

async function aScene(): Promise<GitScene> {
  const scene = await startScene({ 'README.md': 'deploy\n' });
  scene.tags('acme/web', '1.0.0', '1.1.0');
  return scene;
}

describe('an Application that Argo CD calls invalid', () => {
  it('fault A10: is left alone with the reason, and written once it is valid', async () => {
    const scene = await aScene();
    const message = 'application repo https://x is not permitted in project "other-team"';
    const condition = { type: 'InvalidSpecError', message };
    scene.app('web', { ...tracked, status: { conditions: [condition] } });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'nothing' });
    expect(report.applications[0]?.unsupported).toBe(
      `Argo CD calls the Application invalid (condition InvalidSpecError): ${JSON.stringify(message)}`,
    );
    expect(scene.traffic().requests).toBe(0);

    scene.app('web', {
      ...tracked,
      status: { conditions: [{ type: 'SharedResourceWarning', message: 'x' }] },
    });
    expect(writesOf((await scene.cycle()).report)).toEqual({ web: 'committed' });
  });
});

describe('the flags of tenants', () => {
  const writePath = parseWritePath('team-*=/apps/{namespace}/**');
  const strict: TenantRules = {
    secretNamespaces: ['own'],
    variables: [],
    scriptFolder: undefined,
    writePaths: writePath === undefined ? [] : [writePath],
    enforceProjects: false,
  };

  it('fault A10: keep foreign credentials and files from a tenant, and let the own ones work', async () => {
    const scene = await aScene();
    const tenant = (name: string, annotations: Readonly<Record<string, string>>) =>
      scene.app(name, {
        ...tracked,
        namespace: 'team-a',
        spec: { source: { repoURL: scene.url, path: 'apps/team-a', targetRevision: 'main', helm: {} } },
        annotations: { ...tracked.annotations, ...annotations },
      });
    tenant('environment', { 'web.pull-secret': 'env:ARGOCD_TOKEN' });
    tenant('login', { 'write-back-method': 'git:secret:argocd/repository' });
    tenant('good', {});
    tenant('other-files', { 'write-back-target': 'helmvalues:/apps/team-b/values.yaml' });
    tenant('program', { 'web.pull-secret': 'ext:/usr/bin/env' });
    tenant('secret', { 'web.pull-secret': 'pullsecret:argocd/registry' });

    const report = await scene.process({ tenants: strict }).run();

    const told = report.applications.map(({ app, write, decisions: [decision] }) => {
      const image = decision?.kind === 'failed' ? decision.failure.message : undefined;
      return [app, image ?? (write?.kind === 'failed' ? write.failure.message : write?.kind)];
    });
    expect(Object.fromEntries(told)).toEqual({
      'team-a/environment':
        'web.pull-secret "env:ARGOCD_TOKEN": --env-credentials none does not allow the variable ARGOCD_TOKEN',
      'team-a/login':
        'write-back-method "git:secret:argocd/repository": --secret-namespaces own does not allow Secrets of namespace argocd to Applications of namespace team-a',
      'team-a/good': 'committed',
      'team-a/other-files':
        'write-back-target "helmvalues:/apps/team-b/values.yaml": --write-paths team-*=/apps/{namespace}/** does not allow Applications of namespace team-a to write /apps/team-b/values.yaml',
      'team-a/program':
        'web.pull-secret "ext:/usr/bin/env": --script-folder none does not allow the program /usr/bin/env',
      'team-a/secret':
        'web.pull-secret "pullsecret:argocd/registry": --secret-namespaces own does not allow Secrets of namespace argocd to Applications of namespace team-a',
    });
    expect((await scene.branch()).files).toHaveProperty(['apps/team-a/.argocd-source-team-a_good.yaml']);
    const asked = scene.bench.kube.requests.map(({ path }) => path);
    expect(asked.filter((path) => /secrets\/(?:repository|registry)$/.test(path))).toEqual([]);
  });

  it('fault A10: change nothing where they are not given', async () => {
    const scene = await aScene();
    scene.app('web', { ...tracked, namespace: 'team-a' });

    const report = await scene.process({ tenants: openToAll }).run();

    expect(writesOf(report)).toEqual({ 'team-a/web': 'committed' });
  });
});

describe('--enforce-projects', () => {
  const enforced: TenantRules = { ...openToAll, enforceProjects: true };

  function project(scene: GitScene, name: string, sourceRepos: readonly string[]): void {
    const metadata = { name, namespace: 'argocd' };
    const spec = { sourceRepos };
    scene.bench.kube.objects.put({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata, spec });
  }

  function appOf(scene: GitScene, name: string, projectName: string, repository?: string): void {
    const other = repository === undefined ? {} : { 'git-repository': repository };
    scene.app(name, {
      ...tracked,
      annotations: { ...tracked.annotations, ...other },
      spec: { project: projectName },
    });
  }

  function told(report: CycleReport): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(
      report.applications.map(({ app, write }) => [
        app.replace('argocd/', ''),
        write?.kind === 'failed' ? write.failure.message : write?.kind,
      ]),
    );
  }

  it('fault A10: lets an Application write to the repositories of its project only', async () => {
    const scene = await aScene();
    const elsewhere = await scene.bench.addRepository('ops/other', { 'README.md': 'other\n' });
    project(scene, 'team-a', [scene.url]);
    project(scene, 'team-b', ['https://git.test/**']);
    project(scene, 'default', ['*', `!${scene.url}`]);
    appOf(scene, 'own', 'team-a');
    appOf(scene, 'annotated', 'team-a', elsewhere);
    appOf(scene, 'denied', '');
    appOf(scene, 'foreign', 'team-b');
    appOf(scene, 'missing', 'team-c');

    const report = await scene.process({ tenants: enforced }).run();

    const refused = (name: string, url: string) =>
      `--enforce-projects: sourceRepos of AppProject ${name} do not permit ${url}`;
    expect(told(report)).toEqual({
      own: 'committed',
      annotated: refused('team-a', elsewhere),
      denied: refused('default', scene.url),
      foreign: refused('team-b', scene.url),
      missing:
        '--enforce-projects: there is no AppProject argocd/team-c, so nothing says which repositories its Applications may use',
    });
    expect(scene.bench.git.requests.filter(({ path }) => path.includes('ops/other'))).toEqual([]);
  });

  it('fault A10: keeps Applications out of projects that are not for their namespace', async () => {
    const scene = await aScene();
    const spec = { sourceRepos: ['*'], sourceNamespaces: ['team-a'] };
    const metadata = { name: 'shared', namespace: 'argocd' };
    scene.bench.kube.objects.put({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata, spec });
    const project = 'shared';
    for (const namespace of ['argocd', 'team-a', 'team-b'])
      scene.app('web', {
        ...tracked,
        namespace,
        // without status the repository is read before anything is decided
        isReported: false,
        spec: { project, source: { repoURL: scene.url, path: namespace, targetRevision: 'main', helm: {} } },
      });

    const report = await scene.process({ tenants: enforced }).run();

    const written = report.applications.map(({ app, write, decisions: [decision] }) => {
      const failure =
        write?.kind === 'failed' ? write.failure : decision?.kind === 'failed' && decision.failure;
      return [app, failure === undefined || failure === false ? write?.kind : failure.message];
    });
    expect(Object.fromEntries(written)).toMatchObject({
      'argocd/web': 'committed',
      'team-a/web': 'committed',
      'team-b/web':
        '--enforce-projects: sourceNamespaces of AppProject shared do not admit Applications of namespace team-b',
    });
  });

  it('fault A10: reads each project once a cycle, and a new one in the next', async () => {
    const scene = await aScene();
    project(scene, 'team-a', []);
    for (const name of ['a', 'b', 'c']) appOf(scene, name, 'team-a');
    const runner = scene.process({ tenants: enforced });
    await runner.run();

    const reads = scene.bench.kube.requests.filter(({ path }) => path.includes('/appprojects/'));
    expect(reads.map(({ path }) => path)).toEqual([
      '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/team-a',
    ]);
    project(scene, 'team-a', [scene.url]);
    expect(told(await runner.run())).toEqual({ a: 'committed', b: 'committed', c: 'committed' });
  });

  it('fault A10: refuses those whose project cannot be read, and nobody else', async () => {
    const scene = await aScene();
    project(scene, 'team-a', [scene.url]);
    project(scene, 'team-b', [scene.url]);
    appOf(scene, 'a', 'team-a');
    appOf(scene, 'b', 'team-b');
    scene.bench.kube.faults.push({
      when: ({ path }) => path.endsWith('/appprojects/team-b'),
      respond: { kind: 'status', status: 403 },
    });

    const { a, b } = told(await scene.process({ tenants: enforced }).run());

    expect(a).toBe('committed');
    expect(b).toMatch(/^read AppProject argocd\/team-b: 403 /);
  });

  it('fault A10: judges by the manifests where there is no cluster', async () => {
    const scene = await aScene();
    const folder = join(scene.bench.folder, 'manifests');
    mkdirSync(folder);
    const put = (object: object, name: string) =>
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(object));
    project(scene, 'team-a', [scene.url]);
    project(scene, 'team-b', ['https://git.test/*']);
    appOf(scene, 'a', 'team-a');
    appOf(scene, 'b', 'team-b');
    appOf(scene, 'c', 'team-c');
    for (const plural of ['appprojects', 'applications', 'secrets'])
      for (const object of scene.bench.kube.objects.all(plural))
        put(object, `${plural}-${object.metadata.name}`);

    const { a, b, c } = told(await scene.process({ tenants: enforced, applications: [folder] }).run());

    expect(a).toBe('committed');
    expect(b).toBe(`--enforce-projects: sourceRepos of AppProject team-b do not permit ${scene.url}`);
    expect(c).toMatch(/there is no AppProject argocd\/team-c/);
  });

  it('fault A10: is not asked for where it is off', async () => {
    const scene = await aScene();
    appOf(scene, 'web', 'nobody-made-it');

    expect(told(await scene.process({ tenants: openToAll }).run())).toEqual({ web: 'committed' });
    expect(scene.bench.kube.requests.filter(({ path }) => path.includes('/appprojects'))).toEqual([]);
  });
});

describe('the target of a tenant', () => {
  it('fault A14: above the limit is refused by path and limit, costs little, and hurts nobody else', async () => {
    const image = 'reg.test/acme/web';
    const scene = await startScene({
      'good/values.yaml': `image:\n  name: ${image}\n  tag: 1.0.0\n`,
      'large/values.yaml': randomBytes(12 * 1024 * 1024),
    });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    for (const name of ['good', 'large'])
      scene.app(name, {
        ...tracked,
        sourceType: 'Helm',
        annotations: { 'image-list': `web=${image}:1.x`, 'write-back-target': 'helmvalues' },
      });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({
      good: 'committed',
      large: 'large/values.yaml: the file is larger than 1 MiB',
    });
    expect(await folderBytes(join(scene.bench.folder, 'cache'))).toBeLessThan(4 * 1024 * 1024);
  });
});
