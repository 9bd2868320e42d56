/** What the soak works on: repositories, images, Applications, and the servers in front of which faults stand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anApplication, repositoryCredentials } from '../../e2e/support/objects.ts';
import { git, makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { type DockerRegistry, startDockerRegistry } from '../../fakes/docker-registry.ts';
import { type GitServer, startGitServer } from '../../fakes/git-http.ts';
import { makeImage } from '../../fakes/image-content.ts';
import { type KubeApi, startKubeApi } from '../../fakes/kube-api.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import type { Random } from './random.ts';

/** One Application, where its version lies, and how to find it there. */
export interface SoakApplication {
  readonly name: string;
  readonly repository: string;
  readonly branch: string;
  readonly path: string;
  readonly image: string;
}

export interface SoakScene {
  readonly folder: string;
  readonly applications: readonly SoakApplication[];
  readonly proxies: readonly FaultProxy[];
  readonly kube: KubeApi;
  readonly git: GitServer;
  /** Bare repositories on the disk of the server. */
  readonly repositoryPath: (name: string) => string;
  readonly argv: readonly string[];
  /** Newest version that the rules admit, by image. */
  readonly newest: ReadonlyMap<string, string>;
  pushImage(image: string): Promise<void>;
  moveTag(): Promise<void>;
  rotatePassword(): Promise<void>;
  readonly passwords: readonly string[];
  close(): Promise<void>;
}

const host = 'reg.test';
const images = ['acme/web', 'acme/api', 'acme/job'];
/** Has one tag, which moves. */
const moving = { image: 'acme/moving', tag: 'stable' } as const;
const repositories = ['one', 'two'];

export async function startScene(random: Random): Promise<SoakScene> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-soak-'));
  const repositoryPath = (name: string): string => join(folder, 'git', `${name}.git`);
  const auth = { username: 'bot', password: 'soak-password-0' };
  const passwords = [auth.password];
  const registry = await startDockerRegistry();
  const newest = new Map<string, string>();
  for (const image of images) await pushVersion(registry, image, 0, newest);
  await moveTag(registry, 0, newest);
  for (const name of repositories) {
    await makeBareRepository(repositoryPath(name), filesOf(name));
    await git(repositoryPath(name), ['config', 'core.logAllRefUpdates', 'always']);
  }
  const server = await startGitServer({ root: join(folder, 'git'), auth });
  const gitProxy = await startFaultProxy(server.url, random);
  const registryProxy = await startFaultProxy(registry.url, random);
  const kube = await startKubeApi({ token: 'soak-kube-token' });
  const kubeProxy = await startFaultProxy(kube.url, random);
  kube.objects.put(repositoryCredentials(gitProxy.url, auth.username, auth.password));
  const applications = repositories.flatMap((name) => applicationsOf(name));
  for (const app of applications) kube.objects.put(objectOf(app, gitProxy.url));
  let pushed = 0;
  return {
    folder,
    applications,
    proxies: [gitProxy, registryProxy, kubeProxy],
    kube,
    git: server,
    repositoryPath,
    argv: argumentsOf(folder, kube, kubeProxy.url, registryProxy.url),
    newest,
    passwords,
    pushImage: async (image) => pushVersion(registry, image, (pushed += 1), newest),
    moveTag: async () => moveTag(registry, (pushed += 1), newest),
    rotatePassword: async () => {
      auth.password = `soak-password-${passwords.length}`;
      passwords.push(auth.password);
      // Between the two the program is refused, as it is when people rotate by hand.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      kube.objects.put(repositoryCredentials(gitProxy.url, auth.username, auth.password));
    },
    close: async () => {
      for (const proxy of [gitProxy, registryProxy, kubeProxy]) await proxy.close();
      await kube.stop();
      await server.close();
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const soakImages: readonly string[] = images;

/** A version that the rules admit, and beside it two that they do not. */
async function pushVersion(
  registry: DockerRegistry,
  image: string,
  patch: number,
  newest: Map<string, string>,
): Promise<void> {
  const content = makeImage({ created: '2024-01-01T00:00:00Z', comment: `${image} ${patch}` });
  const tags = [`1.0.${patch}`, `2.0.${patch}`, `1.0.${patch + 1}-rc.1`];
  await registry.push(image, {
    ...content,
    tags: Object.fromEntries(tags.map((tag) => [tag, content.digest])),
  });
  newest.set(image, `1.0.${patch}`);
}

async function moveTag(
  registry: DockerRegistry,
  content: number,
  newest: Map<string, string>,
): Promise<void> {
  const made = makeImage({ created: '2024-01-01T00:00:00Z', comment: `moved ${content}` });
  await registry.push(moving.image, { ...made, tags: { [moving.tag]: made.digest } });
  newest.set(moving.image, `${moving.tag}@${made.digest}`);
}

function applicationsOf(repository: string): readonly SoakApplication[] {
  const named = (kind: string, path: string, image: string, branch = 'main'): SoakApplication => ({
    name: `${repository}-${kind}`,
    repository,
    branch,
    path,
    image,
  });
  return [
    named('override', `override/.argocd-source-${repository}-override.yaml`, 'acme/web'),
    named('values', 'values/values.yaml', 'acme/api'),
    named('values2', 'values2/values.yaml', 'acme/web'),
    named('overlay', 'overlay/kustomization.yaml', 'acme/job'),
    named('digest', 'digest/values.yaml', moving.image),
    named('branch', 'branch/values.yaml', 'acme/api', 'bump'),
  ];
}

function filesOf(repository: string): Readonly<Record<string, string>> {
  const chart = 'apiVersion: v2\nname: x\nversion: 0.1.0\n';
  const values = (image: string) =>
    `# kept\nimage:\n  name: ${host}/${image} # spelled out\n  tag: "1.0.0"\nreplicas: 2\n`;
  return {
    'README.md': `# ${repository}\n`,
    'override/Chart.yaml': chart,
    'values/Chart.yaml': chart,
    'values/values.yaml': values('acme/api'),
    'values2/Chart.yaml': chart,
    'values2/values.yaml': values('acme/web'),
    'digest/Chart.yaml': chart,
    'digest/values.yaml': values(moving.image).replace('1.0.0', moving.tag),
    'overlay/kustomization.yaml': `images:\n- name: ${host}/acme/job\n  newTag: 1.0.0\n`,
    'branch/Chart.yaml': chart,
    'branch/values.yaml': values('acme/api'),
  };
}

function objectOf(app: SoakApplication, gitUrl: string) {
  const kind = app.name.split('-')[1] ?? '';
  const target: Readonly<Record<string, string>> =
    kind === 'override' ? {} : { 'write-back-target': kind === 'overlay' ? 'kustomization' : 'helmvalues' };
  return anApplication(app.name, {
    repoURL: `${gitUrl}/${app.repository}.git`,
    path: app.path.split('/')[0] ?? '',
    sourceType: kind === 'overlay' ? 'Kustomize' : 'Helm',
    images: [`${host}/${app.image}:${kind === 'digest' ? moving.tag : '1.0.0'}`],
    annotations: {
      ...(kind === 'digest'
        ? { 'image-list': `app=${host}/${app.image}:${moving.tag}`, 'app.update-strategy': 'digest' }
        : { 'image-list': `app=${host}/${app.image}:1.x` }),
      'write-back-method': 'git',
      'app.helm.image-name': 'image.name',
      'app.helm.image-tag': 'image.tag',
      ...target,
      ...(app.branch === 'main' ? {} : { 'git-branch': `main:${app.branch}` }),
    },
  });
}

function argumentsOf(folder: string, kube: KubeApi, kubeUrl: string, registryUrl: string): readonly string[] {
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replaceAll(kube.url, kubeUrl));
  const conf = join(folder, 'registries.conf');
  writeFileSync(conf, `registries:\n- {name: soak, prefix: ${host}, api_url: "${registryUrl}"}\n`);
  return [
    'run',
    '--interval=1s',
    '--health-port=0',
    '--metrics-port=0',
    '--git-commit-message-path=',
    `--kubeconfig=${kubeconfig}`,
    `--registries-conf-path=${conf}`,
  ];
}

/** The version that a target holds; undefined where it holds none. */
export async function versionIn(scene: SoakScene, app: SoakApplication): Promise<string | undefined> {
  const { files } = await readBranch(scene.repositoryPath(app.repository), app.branch).catch(() => ({
    files: {},
  }));
  return /\b(?:1\.0\.\d+|stable@sha256:[0-9a-f]{64})\b/.exec(
    (files as Readonly<Record<string, string>>)[app.path] ?? '',
  )?.[0];
}
