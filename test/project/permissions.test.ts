/** The whole program in a cluster that allows no more than the shipped roles, on a real repository. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInProcess, temporaryFolder } from '../cli/start-program.ts';
import { makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { type ObjectSeed, type Rule, startKubeApi } from '../fakes/kube-api.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { baseManifests, readManifests, rulesOf } from './shipped.ts';

const prefix = 'argocd-image-updater.argoproj.io/';
const namespace = 'argocd';
const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
});

/** Those of manifests/overlays/many-tenants. */
function tenantRules(): readonly Rule[] {
  const rules = rulesOf([...baseManifests(), ...readManifests('overlays/many-tenants/projects-role.yaml')]);
  return rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'patch') }));
}

function aProject(name: string, sourceRepos: readonly string[]): ObjectSeed {
  const metadata = { name, namespace };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata, spec: { sourceRepos } };
}

function aSecret(
  name: string,
  type: string,
  values: Readonly<Record<string, string>>,
  labels = {},
): ObjectSeed {
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, type, data };
}

function anApplication(
  name: string,
  repoURL: string,
  image: string,
  annotations: Record<string, string>,
): ObjectSeed {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      annotations: {
        [`${prefix}image-list`]: `web=${image}:1.x`,
        [`${prefix}web.pull-secret`]: `pullsecret:${namespace}/pull`,
        ...annotations,
      },
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
      source: { repoURL, path: 'web', targetRevision: 'main', helm: { valueFiles: ['values.yaml'] } },
    },
    status: { sourceType: 'Helm', summary: { images: [`${image}:1.0.0`] } },
  };
}

async function setScene(
  rules: readonly Rule[],
  objects: (repoURL: string, image: string) => readonly ObjectSeed[],
) {
  const folder = temporaryFolder();
  const registry = await startFakeRegistry({ auth: { kind: 'basic', users: { ci: 'pull' } } });
  for (const tag of ['1.0.0', '1.1.0', '2.0.0']) registry.push('acme/web', tag, {});
  mkdirSync(join(folder, 'git'));
  const repository = join(folder, 'git/deploy.git');
  await makeBareRepository(repository, { 'web/values.yaml': 'image:\n  tag: 1.0.0 # kept\n' });
  const server = await startGitServer({
    root: join(folder, 'git'),
    auth: { username: 'bot', password: 'push' },
  });
  const repoURL = `${server.url}/deploy.git`;
  const image = 'reg.test/acme/web';
  const login = JSON.stringify({ auths: { 'reg.test': { username: 'ci', password: 'pull' } } });
  const cluster = await startKubeApi({
    rules,
    token: 'service-account',
    objects: [
      aSecret('pull', 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': login }),
      aSecret(
        'repo',
        'Opaque',
        { url: repoURL, username: 'bot', password: 'push' },
        {
          'argocd.argoproj.io/secret-type': 'repository',
        },
      ),
      ...objects(repoURL, image),
    ],
  });
  closing.push(
    () => registry.close(),
    () => server.close(),
    () => cluster.stop(),
  );
  const registriesConf = join(folder, 'registries.conf');
  writeFileSync(
    registriesConf,
    JSON.stringify({ registries: [{ name: 'test', prefix: 'reg.test', api_url: registry.url }] }),
  );
  const argv = [
    'run',
    '--once',
    `--kubeconfig=${cluster.kubeconfig(join(folder, 'kubeconfig'), { namespace })}`,
    `--registries-conf-path=${registriesConf}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  return { argv, cluster, repository };
}

const byGit = {
  [`${prefix}write-back-method`]: 'git',
  [`${prefix}write-back-target`]: 'helmvalues:values.yaml',
  [`${prefix}web.helm.image-tag`]: 'image.tag',
};

function bothMethods(repoURL: string, image: string): readonly ObjectSeed[] {
  return [anApplication('by-git', repoURL, image, byGit), anApplication('by-patch', repoURL, image, {})];
}

describe('the shipped roles', () => {
  it('allow all that a cycle does, by Git and by patches', async () => {
    const { argv, cluster, repository } = await setScene(rulesOf(baseManifests()), bothMethods);

    const { code, stdout, stderr } = await runInProcess(argv, { PATH: process.env['PATH'] ?? '' });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      'Processing results: applications=2 images_considered=2 images_skipped=0 images_updated=2 errors=0',
    );
    expect(stdout).not.toMatch(/level=warning/);
    const { files, commits } = await readBranch(repository, 'main');
    expect(files['web/values.yaml']).toBe('image:\n  tag: 1.1.0 # kept\n');
    expect(commits).toHaveLength(2);
    expect(JSON.stringify(cluster.objects.get('applications', namespace, 'by-patch'))).toContain(
      '"value":"1.1.0"',
    );
    expect(cluster.requests.filter(({ status }) => status === 403)).toEqual([]);
  });

  it('let a second cycle find nothing to do', async () => {
    const { argv, repository } = await setScene(rulesOf(baseManifests()), bothMethods);
    const environment = { PATH: process.env['PATH'] ?? '' };
    await runInProcess(argv, environment);

    const { stdout } = await runInProcess(argv, environment);

    expect(stdout).not.toContain('Image updated');
    expect((await readBranch(repository, 'main')).commits).toHaveLength(2);
  });
});

describe('the roles for one namespace', () => {
  it('allow all that a cycle does, by Git and by patches', async () => {
    const own = [
      ...readManifests('base/role.yaml'),
      ...readManifests('overlays/namespaced/applications-role.yaml'),
    ];
    const { argv, cluster, repository } = await setScene(rulesOf(own), bothMethods);

    const { code, stdout, stderr } = await runInProcess([...argv, '--application-namespace=argocd'], {
      PATH: process.env['PATH'] ?? '',
    });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('images_updated=2 errors=0');
    expect(stdout).not.toMatch(/level=warning/);
    expect((await readBranch(repository, 'main')).commits).toHaveLength(2);
    expect(cluster.requests.filter(({ status }) => status === 403)).toEqual([]);
  });
});

describe('the roles for many tenants', () => {
  const flags = [
    '--secret-namespaces=own',
    '--env-credentials=none',
    '--script-folder=none',
    '--enforce-projects',
  ];

  it('fault A10: allow all that a cycle does with the strict flags', async () => {
    const scene = await setScene(tenantRules(), (repoURL, image) => [
      aProject('default', [repoURL]),
      anApplication('by-git', repoURL, image, byGit),
    ]);

    const { code, stdout, stderr } = await runInProcess([...scene.argv, ...flags], {
      PATH: process.env['PATH'] ?? '',
    });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('images_updated=1 errors=0');
    expect(stdout).not.toMatch(/level=warning/);
    expect(scene.cluster.requests.filter(({ status }) => status === 403)).toEqual([]);
  });

  it('fault A10: are named where the one for AppProjects is missing', async () => {
    const scene = await setScene(rulesOf(baseManifests()), (repoURL, image) => [
      aProject('default', [repoURL]),
      anApplication('by-git', repoURL, image, byGit),
    ]);

    const { stdout, stderr } = await runInProcess([...scene.argv, ...flags], {
      PATH: process.env['PATH'] ?? '',
    });

    expect(stdout).toContain('images_updated=0 errors=1');
    expect(stderr).toMatch(/read AppProject argocd\/default: 403 .*manifests\/overlays\/policies/);
    expect((await readBranch(scene.repository, 'main')).commits).toHaveLength(1);
  });
});
