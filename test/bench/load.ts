/** The load of a measurement: registries, Git repositories and Applications of one size. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitFiles, type FileTree, makeBareRepository } from '../fakes/bare-repository.ts';
import { startDockerRegistry } from '../fakes/docker-registry.ts';
import { type GitServer, startGitServer } from '../fakes/git-http.ts';
import { makeImage, type RepositoryContent } from '../fakes/image-content.ts';
import { type KubeApi, type ObjectSeed, startKubeApi } from '../fakes/kube-api.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { type LatencyProxy, startLatencyProxy } from './latency-proxy.ts';
import { type KnownRepository, policyAnnotations, policyObjects } from './policy-load.ts';

export interface LoadSize {
  readonly name: string;
  readonly applications: number;
  readonly imagesPerApplication: number;
  readonly gitRepositories: number;
  readonly imageRepositories: number;
  readonly tags: number;
  readonly registry: 'docker-registry' | 'in-process';
  readonly target: 'override' | 'helmvalues';
  /** newest-build asks for the manifest of every tag. */
  readonly strategy: 'semver' | 'newest-build';
  readonly latencyMs: number;
  /** All policies, with nothing that withholds; needs semver. */
  readonly policies?: true;
}

export interface Load {
  readonly size: LoadSize;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly registriesConf: string;
  readonly git: GitServer;
  readonly registry: LatencyProxy;
  readonly kube: KubeApi;
  /** Paths that a registry in this process was asked for since the last time. */
  asked(): readonly string[];
  /** Puts a new tag into a repository of a registry in this process. */
  push(repository: string, tag: string): void;
  /** Makes Argo CD report the newest images, as after a sync. */
  sync(): void;
  close(): Promise<void>;
}

export const host = 'registry.example.test';
const username = 'bot';
const password = 'bench-password';

/** Header that the Git server takes. */
export const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export async function makeLoad(size: LoadSize, folder: string): Promise<Load> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const store = await fillRegistry(size);
  const registry = await startLatencyProxy(store.url, size.latencyMs);
  const root = join(folder, 'git');
  await fillRepositories(size, root);
  const git = await startGitServer({ root, auth: { username, password }, latencyMs: size.latencyMs });
  const names = Array.from({ length: size.applications }, (_, i) => i);
  const applications = names.map((i) => application(size, i, git.url, oldTag));
  const policies =
    size.policies === true ? policyObjects(host, knownIn(size), appNames(size), Date.now()) : [];
  const kube = await startKubeApi({ objects: [credentials(git.url), ...applications, ...policies] });
  const registriesConf = join(folder, 'registries.conf');
  writeFileSync(
    registriesConf,
    `registries:\n- name: bench\n  prefix: ${host}\n  api_url: ${registry.url}\n`,
  );
  return {
    size,
    folder,
    kubeconfig: kube.kubeconfig(join(folder, 'kubeconfig')),
    registriesConf,
    git,
    registry,
    kube,
    asked: store.asked,
    push: store.push,
    sync: () => {
      for (const i of names) kube.objects.put(application(size, i, git.url, tagOf(size.tags - 1)));
    },
    close: async () => {
      await kube.stop();
      await git.close();
      await registry.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const oldTag = tagOf(0);

function appNames({ applications }: LoadSize): readonly string[] {
  return Array.from({ length: applications }, (_, i) => `app${i}`);
}

function knownIn(size: LoadSize): readonly KnownRepository[] {
  return Array.from({ length: size.imageRepositories }, (_, i) => {
    const repository = `bench/image${i}`;
    const { tags } = contentOf(size, repository);
    return { repository, tags: Object.keys(tags), digest: tags[oldTag] ?? '' };
  });
}

function tagOf(patch: number): string {
  return `1.0.${patch}`;
}

interface Store {
  readonly url: string;
  readonly asked: () => readonly string[];
  readonly push: (repository: string, tag: string) => void;
  close(): Promise<void>;
}

async function fillRegistry(size: LoadSize): Promise<Store> {
  const repositories = Array.from({ length: size.imageRepositories }, (_, i) => `bench/image${i}`);
  const contents = repositories.map((name) => [name, contentOf(size, name)] as const);
  if (size.registry === 'in-process') {
    const inProcess = await startFakeRegistry({ repositories: Object.fromEntries(contents) });
    return {
      url: inProcess.url,
      asked: () => inProcess.requests.splice(0).map(({ path }) => path),
      push: (repository, tag) => inProcess.push(repository, tag, { comment: `${repository}:${tag}` }),
      close: () => inProcess.close(),
    };
  }
  const registry = await startDockerRegistry();
  for (const [name, content] of contents) await registry.push(name, content);
  return {
    url: registry.url,
    asked: () => [],
    push: () => {
      throw new Error('tags are pushed to a registry in this process only');
    },
    close: () => registry.close(),
  };
}

/** newest-build tells images apart; for versions one image under all tags is enough. */
function contentOf(size: LoadSize, repository: string): RepositoryContent {
  const images = Array.from({ length: size.strategy === 'newest-build' ? size.tags : 1 }, (_, i) =>
    makeImage({ created: new Date(Date.UTC(2024, 0, 1, i)).toISOString(), comment: repository }),
  );
  const digests = Array.from({ length: size.tags }, (_, i) => images[Math.min(i, images.length - 1)]?.digest);
  return {
    tags: Object.fromEntries(digests.map((digest, i) => [tagOf(i), digest ?? ''])),
    manifests: Object.assign({}, ...images.map(({ manifests }) => manifests)),
    blobs: Object.assign({}, ...images.map(({ blobs }) => blobs)),
  };
}

async function fillRepositories(size: LoadSize, root: string): Promise<void> {
  for (let repository = 0; repository < size.gitRepositories; repository += 1) {
    const path = join(root, `deploy${repository}.git`);
    const files: Record<string, string> = { 'README.md': '# deploy\n' };
    for (let i = repository; i < size.applications; i += size.gitRepositories) {
      files[`apps/app${i}/Chart.yaml`] = `apiVersion: v2\nname: app${i}\nversion: 0.1.0\n`;
      files[`apps/app${i}/values.yaml`] = valuesOf(size, i);
    }
    await makeBareRepository(path, { 'README.md': '' });
    await commitFiles(path, 'main', files satisfies FileTree, 'applications');
  }
}

function valuesOf(size: LoadSize, i: number): string {
  const images = imagesOf(size, i).map(
    ({ alias, repository }) =>
      `${alias}:\n  # kept up to date\n  image: ${host}/${repository}\n  tag: "${oldTag}"\n`,
  );
  return `replicas: 2\n\n${images.join('\n')}`;
}

function imagesOf(
  size: LoadSize,
  i: number,
): readonly { readonly alias: string; readonly repository: string }[] {
  return Array.from({ length: size.imagesPerApplication }, (_, n) => ({
    alias: `image${n}`,
    repository: `bench/image${(i * size.imagesPerApplication + n) % size.imageRepositories}`,
  }));
}

function application(size: LoadSize, i: number, gitUrl: string, tag: string): ObjectSeed {
  const prefix = 'argocd-image-updater.argoproj.io';
  const images = imagesOf(size, i);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: `app${i}`,
      namespace: 'argocd',
      annotations: {
        [`${prefix}/image-list`]: images
          .map(
            ({ alias, repository }) =>
              `${alias}=${host}/${repository}${size.strategy === 'semver' ? ':1.x' : ''}`,
          )
          .join(','),
        ...Object.fromEntries(
          images.flatMap(({ alias }) => [
            [`${prefix}/${alias}.helm.image-name`, `${alias}.image`],
            [`${prefix}/${alias}.helm.image-tag`, `${alias}.tag`],
            ...(size.strategy === 'semver' ? [] : [[`${prefix}/${alias}.update-strategy`, size.strategy]]),
          ]),
        ),
        [`${prefix}/write-back-method`]: 'git',
        ...(size.policies === true
          ? Object.fromEntries(
              Object.entries(policyAnnotations({ app: `app${i}`, images })).map(([key, text]) => [
                `${prefix}/${key}`,
                text,
              ]),
            )
          : {}),
        ...(size.target === 'helmvalues' ? { [`${prefix}/write-back-target`]: 'helmvalues' } : {}),
      },
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'bench' },
      source: {
        repoURL: `${gitUrl}/deploy${i % size.gitRepositories}.git`,
        path: `apps/app${i}`,
        targetRevision: 'main',
      },
    },
    status: {
      sourceType: 'Helm',
      summary: { images: images.map(({ repository }) => `${host}/${repository}:${tag}`).toSorted() },
    },
  };
}

function credentials(gitUrl: string): ObjectSeed {
  const encode = (value: string): string => Buffer.from(value).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'bench',
      namespace: 'argocd',
      labels: { 'argocd.argoproj.io/secret-type': 'repo-creds' },
    },
    data: {
      url: encode(gitUrl),
      username: encode(username),
      password: encode(password),
      type: encode('git'),
    },
  };
}
