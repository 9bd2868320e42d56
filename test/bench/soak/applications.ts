/** The Applications of the soak: what each writes, to where, and what its policies ask for. */
import { anApplication } from '../../e2e/support/objects.ts';
import type { ObjectSeed } from '../../fakes/kube-api.ts';

/** One Application, where its version lies, and how to find it there. */
export interface SoakApplication {
  readonly name: string;
  readonly repository: string;
  /** Absent: the live object is written. */
  readonly branch?: string;
  readonly path: string;
  /** With its registry. */
  readonly image: string;
  readonly sourceType: 'Helm' | 'Kustomize';
  /** Without prefix. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Hosts of the registry that anybody may read, and of the one that wants a login. */
export const hosts = { open: 'reg.test', closed: 'login.test' } as const;

/** Has one tag, which moves. */
export const moving = { image: `${hosts.open}/acme/moving`, tag: 'stable' } as const;

/** Goes nowhere where an Application says that it made it unhealthy. */
export const frail = `${hosts.open}/acme/frail`;
/** Move together or not at all. */
export const pair = [`${hosts.open}/acme/left`, `${hosts.open}/acme/right`] as const;
export const guarded = `${hosts.closed}/acme/guarded`;
export const plainImages = ['web', 'api', 'job'].map((name) => `${hosts.open}/acme/${name}`);

export const minAgeMs = 15_000;
/** Writes are allowed in the first half of it. */
export const windowPeriodMs = 240_000;

const [web = '', api = '', job = ''] = plainImages;

export const plainRepositories = ['one', 'two'];
export const policyRepository = 'policies';

export function allApplications(): readonly SoakApplication[] {
  return [...plainRepositories.flatMap((name) => plainApplications(name)), ...policyApplications()];
}

function plainApplications(repository: string): readonly SoakApplication[] {
  const named = namedIn(repository);
  const override = named('override', web, {}, { path: `.argocd-source-${repository}-override.yaml` });
  return [
    { ...override, annotations: withoutTarget(override.annotations) },
    named('values', api),
    named('values2', web),
    named('overlay', job, { 'write-back-target': 'kustomization' }, { path: 'kustomization.yaml' }),
    named('digest', moving.image, {
      'image-list': `app=${moving.image}:${moving.tag}`,
      'app.update-strategy': 'digest',
    }),
    { ...named('branch', api, { 'git-branch': 'main:bump' }), branch: 'bump' },
  ];
}

function policyApplications(): readonly SoakApplication[] {
  const named = namedIn(policyRepository);
  const { branch: _branch, ...live } = named('live', api, { 'write-back-method': 'argocd' });
  return [
    named('hold', web),
    named('age', api, { 'app.min-age': `${minAgeMs / 1000}s` }),
    named('window', web, { 'app.window': 'allow "*/4 * * * *" 2m' }),
    named('left', pair[0], { 'app.group': 'pair' }),
    named('right', pair[1], { 'app.group': 'pair' }),
    named('rollback', web, { 'app.rollback': 'respect' }),
    named('frail1', frail, { 'app.quarantine': '1m' }),
    named('frail2', frail, { 'app.quarantine': '1m', 'app.min-age': `${minAgeMs / 1000}s` }),
    named('guarded', guarded, { 'app.pull-secret': 'pullsecret:argocd/registry-login' }),
    { ...live, annotations: withoutTarget(live.annotations) },
  ];
}

function namedIn(repository: string) {
  return (
    kind: string,
    image: string,
    annotations: Readonly<Record<string, string>> = {},
    { path = 'values.yaml' }: { readonly path?: string } = {},
  ) =>
    ({
      name: `${repository}-${kind}`,
      repository,
      branch: 'main',
      path: `${kind}/${path}`,
      image,
      sourceType: kind === 'overlay' ? 'Kustomize' : 'Helm',
      annotations: {
        'image-list': `app=${image}:1.x`,
        'write-back-method': 'git',
        'write-back-target': 'helmvalues',
        'app.helm.image-name': 'image.name',
        'app.helm.image-tag': 'image.tag',
        ...annotations,
      },
    }) satisfies SoakApplication;
}

function withoutTarget(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== 'write-back-target'));
}

/** What a repository holds at first, version 1.0.0 everywhere. */
export function filesOf(repository: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = { 'README.md': `# ${repository}\n` };
  for (const app of allApplications().filter((one) => one.repository === repository)) {
    const folder = folderOf(app);
    if (app.sourceType === 'Kustomize')
      files[`${folder}/kustomization.yaml`] = `images:\n- name: ${app.image}\n  newTag: 1.0.0\n`;
    else files[`${folder}/Chart.yaml`] = 'apiVersion: v2\nname: x\nversion: 0.1.0\n';
    if (app.path.endsWith('/values.yaml')) files[app.path] = valuesOf(app);
  }
  return files;
}

function valuesOf({ image }: SoakApplication): string {
  return `# kept\nimage:\n  name: ${image} # spelled out\n  tag: "${firstVersion(image)}"\nreplicas: 2\n`;
}

function firstVersion(image: string): string {
  return image === moving.image ? moving.tag : '1.0.0';
}

export function folderOf({ path }: SoakApplication): string {
  return path.split('/')[0] ?? '';
}

/** The object as Argo CD finds it before the first update. */
export function objectOf(app: SoakApplication, gitUrl: string): ObjectSeed {
  return anApplication(app.name, {
    repoURL: `${gitUrl}/${app.repository}.git`,
    path: folderOf(app),
    sourceType: app.sourceType,
    images: [`${app.image}:${firstVersion(app.image)}`],
    annotations: app.annotations,
    ...(app.branch === undefined
      ? { source: { helm: { parameters: [{ name: 'image.tag', value: '1.0.0' }] } } }
      : {}),
  });
}
