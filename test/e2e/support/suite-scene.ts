/** What the end-to-end suite of 0.18 has: a private registry, a repository over https, Argo CD's objects, `run --once`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runInProcess, temporaryFolder } from '../../cli/start-program.ts';
import { type FileTree, makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { startGitServer } from '../../fakes/git-http.ts';
import { type KubeObject, type ObjectSeed, startKubeApi } from '../../fakes/kube-api.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { makeCertificates } from '../../fakes/tls.ts';
import { aSecret, annotationPrefix, repositoryCredentials } from './objects.ts';

export const host = 'e2e-registry.test';

export interface SuiteApplication {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly sourceType?: 'Kustomize' | 'Helm';
  readonly targetRevision?: string;
  /** Running images, with tags. */
  readonly images: readonly string[];
}

export interface SuiteScene {
  readonly repoURL: string;
  /** Puts tags into the registry, oldest first, and gives their digests. */
  push(repository: string, ...tags: readonly string[]): readonly string[];
  apply(name: string, application: SuiteApplication): void;
  /** Argo CD reports other images, as after a sync. */
  report(name: string, images: readonly string[]): void;
  run(...flags: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }>;
  application(name: string, namespace?: string): KubeObject;
  files(branch?: string): Promise<Readonly<Record<string, string>>>;
  commits(branch?: string): Promise<number>;
  /** Patches of Applications so far. */
  patches(): number;
}

/** The repository has what `files` says on its one branch. */
export async function startSuiteScene(files: FileTree = {}, branch = 'main'): Promise<SuiteScene> {
  const folder = temporaryFolder();
  const certificates = makeCertificates();
  const registry = await startFakeRegistry({ auth: { kind: 'basic', users: { e2e: 'registry' } } });
  mkdirSync(join(folder, 'git'));
  const repository = join(folder, 'git/testrepo.git');
  await makeBareRepository(repository, files, branch);
  const git = await startGitServer({
    root: join(folder, 'git'),
    auth: { username: 'git', password: 'git' },
    tls: certificates,
  });
  const kube = await startKubeApi({
    objects: [repositoryCredentials(git.url, 'git', 'git'), aSecret('registry', { creds: 'e2e:registry' })],
  });
  onTestFinished(async () => {
    await Promise.all([registry.close(), git.close(), kube.stop()]);
    certificates.remove();
  });
  const conf = join(folder, 'registries.conf');
  const login = 'secret:argocd/registry#creds';
  const entries = [
    { name: 'e2e', prefix: host, api_url: registry.url, credentials: login },
    {
      name: 'Docker Hub',
      prefix: 'docker.io',
      api_url: registry.url,
      credentials: login,
      defaultns: 'library',
      default: true,
    },
  ];
  writeFileSync(conf, JSON.stringify({ registries: entries }));
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  const repoURL = `${git.url}/testrepo.git`;
  let pushed = 0;
  return {
    repoURL,
    push: (name, ...tags) =>
      tags.map((tag) => {
        pushed += 1;
        const created = new Date(Date.UTC(2024, 0, 1, pushed)).toISOString();
        return registry.push(name, tag, { created });
      }),
    apply: (name, application) => void kube.objects.put(objectOf(name, repoURL, application)),
    report: (name, images) => {
      const { status, ...object } = kube.objects.get('applications', 'argocd', name)!;
      kube.objects.put({ ...object, status: { ...(status as object), summary: { images } } } as ObjectSeed);
    },
    run: async (...flags) => {
      const { code, stdout, stderr } = await runInProcess(
        [
          'run',
          '--once',
          '--argocd-namespace',
          'argocd',
          `--kubeconfig=${kubeconfig}`,
          `--cache-dir=${join(folder, 'cache')}`,
          '--git-commit-message-path=',
          ...(flags.some((flag) => flag.startsWith('--registries-conf-path'))
            ? []
            : ['--registries-conf-path', conf]),
          ...flags,
        ],
        { PATH: process.env['PATH'] ?? '', SSL_CERT_FILE: certificates.caPath },
      );
      return { code, output: stdout + stderr };
    },
    application: (name, namespace = 'argocd') => kube.objects.get('applications', namespace, name)!,
    files: async (from = branch) => (await readBranch(repository, from)).files,
    commits: async (from = branch) => (await readBranch(repository, from)).commits.length,
    patches: () =>
      kube.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/applications/'))
        .length,
  };
}

function objectOf(name: string, repoURL: string, application: SuiteApplication): ObjectSeed {
  const {
    namespace = 'argocd',
    labels = {},
    sourceType = 'Kustomize',
    targetRevision = 'HEAD',
    images,
  } = application;
  const annotations = Object.entries(application.annotations).map(([key, value]) => [
    `${annotationPrefix}${key}`,
    value,
  ]);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace, labels, annotations: Object.fromEntries(annotations) as object },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: { repoURL, path: name, targetRevision },
    },
    status: { sourceType, summary: { images } },
  };
}
