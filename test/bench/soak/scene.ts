/** What the soak works on: repositories, images, Applications, and the servers in front of which faults stand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pullSecret, repositoryCredentials } from '../../e2e/support/objects.ts';
import { git, makeBareRepository } from '../../fakes/bare-repository.ts';
import { type DockerRegistry, startDockerRegistry } from '../../fakes/docker-registry.ts';
import { type GitServer, startGitServer } from '../../fakes/git-http.ts';
import { type KubeApi, startKubeApi } from '../../fakes/kube-api.ts';
import {
  allApplications,
  filesOf,
  hosts,
  objectOf,
  plainRepositories,
  policyRepository,
  type SoakApplication,
} from './applications.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { pushFirstImages, type PushedImages } from './images.ts';
import type { Random } from './random.ts';
import { liveVersion, SimulatedArgoCd, versionOf } from './simulated-argocd.ts';
import { Withholding } from './withholding.ts';

export interface SoakScene {
  readonly folder: string;
  readonly applications: readonly SoakApplication[];
  readonly repositories: readonly string[];
  readonly proxies: readonly FaultProxy[];
  readonly kube: KubeApi;
  readonly git: GitServer;
  /** Bare repositories on the disk of the server. */
  readonly repositoryPath: (name: string) => string;
  readonly argv: readonly string[];
  readonly images: PushedImages;
  readonly withholding: Withholding;
  readonly argoCd: SimulatedArgoCd;
  /** Of the Git server, or of the registry that wants a login: the server's first, the Secret's a little later. */
  rotatePassword(which: 'git' | 'registry'): Promise<void>;
  readonly logins: readonly Login[];
  close(): Promise<void>;
}

/** One that was valid at some time. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

const repositories = [...plainRepositories, policyRepository];
/** Between the two the program is refused, as it is when people rotate by hand. */
const rotationMs = 1_500;

export async function startScene(random: Random): Promise<SoakScene> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-soak-'));
  const repositoryPath = (name: string): string => join(folder, 'git', `${name}.git`);
  for (const name of repositories) {
    await makeBareRepository(repositoryPath(name), filesOf(name));
    await git(repositoryPath(name), ['config', 'core.logAllRefUpdates', 'always']);
  }
  const gitLogin = { username: 'bot', password: 'soak-git-password-0' };
  const puller = { name: 'puller', password: 'soak-registry-password-0' };
  const open = await startDockerRegistry();
  const closed = await startDockerRegistry({ user: puller });
  const images = await pushFirstImages((image) => (image.startsWith(hosts.open) ? open : closed));
  const server = await startGitServer({ root: join(folder, 'git'), auth: gitLogin });
  const kube = await startKubeApi({ token: 'soak-kube-token' });
  const proxies = {
    git: await startFaultProxy(server.url, random),
    open: await startFaultProxy(open.url, random),
    closed: await startFaultProxy(closed.url, random),
    kube: await startFaultProxy(kube.url, random),
  };
  const logins: Login[] = [];
  const putLogins = (registryPassword: string): void => {
    logins.push({ ...gitLogin }, { username: puller.name, password: registryPassword });
    kube.objects.put(repositoryCredentials(proxies.git.url, gitLogin.username, gitLogin.password));
    kube.objects.put(pullSecret('registry-login', hosts.closed, puller.name, registryPassword));
  };
  let rotations = 0;
  let registryPassword = puller.password;
  putLogins(registryPassword);
  const applications = allApplications();
  for (const app of applications) kube.objects.put(objectOf(app, proxies.git.url));
  return {
    folder,
    applications,
    repositories,
    proxies: Object.values(proxies),
    kube,
    git: server,
    repositoryPath,
    argv: argumentsOf(folder, kube, { ...proxies }),
    images,
    withholding: new Withholding(kube),
    argoCd: new SimulatedArgoCd(kube, applications, repositoryPath),
    logins,
    rotatePassword: async (which) => {
      rotations += 1;
      const password = `soak-${which}-password-${rotations}`;
      if (which === 'git') gitLogin.password = password;
      else closed.setPassword((registryPassword = password));
      await new Promise((resolve) => setTimeout(resolve, rotationMs));
      putLogins(registryPassword);
    },
    close: () => closeAll(folder, Object.values(proxies), kube, server, [open, closed]),
  };
}

async function closeAll(
  folder: string,
  proxies: readonly FaultProxy[],
  kube: KubeApi,
  server: GitServer,
  registries: readonly DockerRegistry[],
): Promise<void> {
  for (const proxy of proxies) await proxy.close();
  await kube.stop();
  await server.close();
  for (const registry of registries) await registry.close();
  rmSync(folder, { recursive: true, force: true });
}

function argumentsOf(
  folder: string,
  kube: KubeApi,
  proxies: Readonly<Record<'open' | 'closed' | 'kube', FaultProxy>>,
): readonly string[] {
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replaceAll(kube.url, proxies.kube.url));
  const conf = join(folder, 'registries.conf');
  const entries = (['open', 'closed'] as const).map(
    (kind) => `- {name: ${kind}, prefix: ${hosts[kind]}, api_url: "${proxies[kind].url}"}\n`,
  );
  writeFileSync(conf, `registries:\n${entries.join('')}`);
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
  if (app.branch === undefined)
    return liveVersion(scene.kube.objects.get('applications', 'argocd', app.name));
  const path = scene.repositoryPath(app.repository);
  const text = await git(path, ['show', `refs/heads/${app.branch}:${app.path}`]).catch(() => '');
  return versionOf(text.toString());
}
