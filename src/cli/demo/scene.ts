/** What the demo starts with: a Git repository with a chart, and the manifests of one Application. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const demoRepositories = ['shop/frontend', 'shop/backend'] as const;
/** Host in image references; registries.conf says where it really is. */
const demoHost = 'registry.shop.example';
export const demoBranch = 'main';

export interface Scene {
  readonly repository: string;
  readonly applications: string;
  readonly registriesConf: string;
  readonly cache: string;
}

export interface SceneOptions {
  readonly folder: string;
  readonly registryPort: number;
  readonly username: string;
  readonly password: string;
}

export async function setScene(options: SceneOptions): Promise<Scene> {
  const { folder } = options;
  const scene: Scene = {
    repository: join(folder, 'deploy.git'),
    applications: join(folder, 'applications'),
    registriesConf: join(folder, 'registries.conf'),
    cache: join(folder, 'cache'),
  };
  await mkdir(scene.applications, { recursive: true });
  await writeFile(scene.registriesConf, registriesConf(options));
  await writeFile(join(scene.applications, 'shop.yaml'), application(scene.repository));
  await writeFile(join(scene.applications, 'registry-credentials.yaml'), pullSecret(options), {
    mode: 0o600,
  });
  await makeRepository(scene.repository);
  return scene;
}

function registriesConf({ registryPort }: SceneOptions): string {
  return `registries:
- name: Shop
  prefix: ${demoHost}
  api_url: http://127.0.0.1:${registryPort}
`;
}

function application(repository: string): string {
  const prefix = 'argocd-image-updater.argoproj.io';
  const perImage = ['frontend', 'backend'].flatMap((alias) => [
    `${prefix}/${alias}.update-strategy: newest-build`,
    `${prefix}/${alias}.allow-tags: regexp:^main`,
    `${prefix}/${alias}.helm.image-name: ${alias}.image.repository`,
    `${prefix}/${alias}.helm.image-tag: ${alias}.image.tag`,
    `${prefix}/${alias}.pull-secret: pullsecret:argocd/registry-credentials`,
  ]);
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    ${prefix}/image-list: frontend=${demoHost}/shop/frontend, backend=${demoHost}/shop/backend
    ${perImage.join('\n    ')}
    ${prefix}/write-back-method: git
    ${prefix}/git-branch: ${demoBranch}
spec:
  project: default
  source:
    repoURL: file://${repository}
    path: charts/shop
    targetRevision: ${demoBranch}
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
`;
}

function pullSecret({ username, password }: SceneOptions): string {
  const config = { auths: { [demoHost]: { username, password } } };
  return `apiVersion: v1
kind: Secret
metadata:
  name: registry-credentials
  namespace: argocd
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${JSON.stringify(config)}'
`;
}

const chart = `apiVersion: v2
name: shop
version: 0.1.0
`;

const values = `# Tags are kept up to date in .argocd-source-shop.yaml
frontend:
  image:
    repository: ${demoHost}/shop/frontend
    tag: ""
backend:
  image:
    repository: ${demoHost}/shop/backend
    tag: ""
`;

/** One commit by `fast-import`: a bare repository needs no work tree. */
async function makeRepository(path: string): Promise<void> {
  await run('git', ['init', '--quiet', '--bare', `--initial-branch=${demoBranch}`, path]);
  const message = 'Add the shop';
  const stream = [
    `commit refs/heads/${demoBranch}`,
    'committer Shop <shop@shop.example> now',
    `data ${message.length}`,
    message,
    ...file('charts/shop/Chart.yaml', chart),
    ...file('charts/shop/values.yaml', values),
    '',
  ].join('\n');
  const importing = run('git', ['-C', path, 'fast-import', '--quiet', '--date-format=now']);
  importing.child.stdin?.end(stream);
  await importing;
}

function file(path: string, text: string): readonly string[] {
  return [`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text];
}
