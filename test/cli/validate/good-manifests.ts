/** Manifests as companies have them, made from what goes together. */
import { stringify } from 'yaml';

const prefix = 'argocd-image-updater.argoproj.io/';

interface Good {
  readonly title: string;
  readonly text: string;
}

const images = {
  plain: { 'image-list': 'nginx' },
  alias: { 'image-list': 'web=registry.example.com/acme/web:~2.1' },
  port: { 'image-list': 'web=registry.example.com:5000/team/sub/web:>=1.0 <3.0' },
  several: {
    'image-list': 'web=ghcr.io/acme/web:1.x, api=ghcr.io/acme/api:^2, ghcr.io/acme/job',
    'api.helm.image-name': 'api.image.repository',
    'api.helm.image-tag': 'api.image.tag',
    'web.helm.image-name': 'web.image.repository',
    'web.helm.image-tag': 'web.image.tag',
    'api.kustomize.image-name': 'api',
  },
} as const;

const rules = {
  none: {},
  semver: { 'update-strategy': 'semver', 'ignore-tags': '*-rc*, latest' },
  newest: { 'web.update-strategy': 'newest-build', 'web.allow-tags': 'regexp:^main-[0-9a-f]{7}$' },
  alphabetical: { 'web.update-strategy': 'alphabetical', 'allow-tags': 'any' },
  secret: { 'web.pull-secret': 'pullsecret:argocd/registry', 'web.force-update': 'true' },
  platforms: { 'web.platforms': 'linux/amd64,linux/arm64', 'web.verify-platform': 'true' },
} as const;

const writing = {
  live: {},
  git: { 'write-back-method': 'git' },
  secret: { 'write-back-method': 'git:secret:argocd/git-creds', 'git-branch': 'main' },
  branch: { 'write-back-method': 'git:repocreds', 'git-branch': 'main:image-updater-{{.SHA256}}' },
  values: { 'write-back-method': 'git', 'write-back-target': 'helmvalues:/apps/shop/values-prod.yaml' },
  kustomization: { 'write-back-method': 'git', 'write-back-target': 'kustomization' },
  repository: {
    'write-back-method': 'git',
    'git-repository': 'https://git.example.com/acme/env.git',
    'git-branch': 'main',
  },
} as const;

const source = {
  repoURL: 'https://git.example.com/acme/deploy.git',
  path: 'apps/shop',
  targetRevision: 'main',
};
const sources = {
  helm: { source: { ...source, helm: { valueFiles: ['values-prod.yaml'] } } },
  kustomize: { source: { ...source, kustomize: {} } },
} as const;

/** Of an entry without its alias, and of a strategy that has no use for a constraint. */
function fits(
  image: keyof typeof images,
  rule: keyof typeof rules,
  write: keyof typeof writing,
  kind: keyof typeof sources,
): boolean {
  const isUnaliased = image === 'plain';
  const isAliased = Object.keys(rules[rule]).some((key) => key.startsWith('web.'));
  if (isUnaliased && isAliased) return false;
  if (['newest', 'alphabetical'].includes(rule) && image !== 'plain') return false;
  if (image === 'several' && kind === 'helm' && write === 'values') return false;
  return !(write === 'values' && kind === 'kustomize') && !(write === 'kustomization' && kind === 'helm');
}

function* combinations() {
  for (const image of Object.keys(images) as (keyof typeof images)[])
    for (const rule of Object.keys(rules) as (keyof typeof rules)[])
      for (const write of Object.keys(writing) as (keyof typeof writing)[])
        for (const kind of Object.keys(sources) as (keyof typeof sources)[])
          if (fits(image, rule, write, kind))
            yield {
              title: [image, rule, write, kind].join(' '),
              annotations: { ...images[image], ...rules[rule], ...writing[write] },
              spec: { project: 'default', ...sources[kind] },
            };
}

function prefixed(annotations: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [prefix + key, value]));
}

export function goodManifests(): readonly Good[] {
  const all = [...combinations()];
  const apps = all.map(({ title, annotations, spec }, index): Good => {
    const name = `app-${index}`;
    const metadata = {
      name,
      namespace: 'argocd',
      annotations: { 'example.com/owner': 'x', ...prefixed(annotations) },
    };
    return {
      title,
      text: stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec }),
    };
  });
  const sets = all.map(({ title, annotations, spec }, index): Good => {
    const templated = {
      ...annotations,
      'image-list': annotations['image-list'].replaceAll('acme', '{{ .team }}'),
    };
    const template = { metadata: { name: '{{name}}', annotations: prefixed(templated) }, spec };
    const metadata = { name: `set-${index}`, namespace: 'argocd' };
    return {
      title: `set ${title}`,
      text: stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        metadata,
        spec: { template },
      }),
    };
  });
  return [...apps, ...sets, ...others];
}

const others: readonly Good[] = [
  {
    title: 'everything is filled in',
    text: stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: 'filled' },
      spec: {
        goTemplate: true,
        template: {
          metadata: {
            name: '{{ .name }}',
            annotations: prefixed({
              'image-list': '{{ .images }}',
              'web.update-strategy': '{{ .strategy }}',
              'web.helm.image-tag': '{{ .tagKey }}',
              'write-back-method': 'git:secret:{{ .namespace }}/{{ .secret }}',
              'write-back-target': 'helmvalues:/{{ .path.path }}/values.yaml',
              'git-branch': '{{ .branch }}',
            }),
          },
          spec: { source: { repoURL: '{{ .url }}', path: '{{ .path.path }}', targetRevision: 'HEAD' } },
        },
      },
    }),
  },
  {
    title: 'a ConfigMap',
    text: stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-image-updater-config' },
      data: {
        interval: '5m',
        'log.level': 'debug',
        'git.commit-message-template':
          'build: {{ .AppName }}\n{{ range .AppChanges }}{{ .NewTag }}{{ end }}\n',
        'git.commit-group-message-template':
          'build: {{ .Group }}\n{{ range .Apps }}{{ .AppName }}{{ range .AppChanges }} {{ .NewTag }}{{ end }}{{ end }}\n',
        'registries.conf':
          'registries:\n- name: A\n  prefix: a.example\n  api_url: https://a.example\n  limit: 20\n',
      },
    }),
  },
  {
    title: 'another ConfigMap',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {interval: x}\n',
  },
  { title: 'nothing', text: '' },
  { title: 'comments', text: '# only this\n---\n# and this\n' },
];
