/** Mistakes that people make, each with the rule that finds it; `⟵` marks the line. */
import type { RuleId } from '../../../src/cli/validate/findings/rules.ts';

export interface Seeded {
  readonly title: string;
  readonly rule: RuleId;
  readonly text: string;
}

const prefix = 'argocd-image-updater.argoproj.io/';

/** An Application around annotations, one a line; `⟵` behind one marks it. */
function app(
  annotations: readonly string[],
  spec = 'source: {repoURL: https://git.example.com/x.git, path: a, helm: {}}',
): string {
  const lines = annotations.map((line) => `    ${prefix}${line}`);
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
${lines.join('\n')}
spec:
  project: default
  ${spec}
`;
}

const list = 'image-list: web=registry.example.com/acme/web:~2.1';
const git = 'write-back-method: git';

/** One wrong annotation beside good ones. */
const wrong = (rule: RuleId, annotation: string, others: readonly string[] = [list, git]): Seeded => ({
  title: annotation,
  rule,
  text: app([...others, `${annotation} # ⟵`]),
});
const wrongList = (value: string): Seeded => ({
  title: `image-list ${value}`,
  rule: 'image-list',
  text: app([`image-list: ${JSON.stringify(value)} # ⟵`, git]),
});

const configMap = (lines: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-image-updater-config
data:
${lines}
`;
const registries = (lines: string): string => `registries:\n${lines}\n`;

export const seeded: readonly Seeded[] = [
  wrong('hold', 'web.hold: until=2h'),
  wrong('hold', 'hold: reason=bug 42'),
  wrong('hold', 'wbe.hold: "true"'),
  wrong('unknown-key', 'hodl: "true"'),
  wrong('pin', 'web.pin: 2.1.*'),
  wrong('skip-tags', 'web.skip-tags: 2.1.*'),
  wrong('skip-tags', 'skip-tags: "2.1.5 # crashes, badly"'),
  wrong('rollback', 'rollback: "yes"'),
  wrong('min-age', 'min-age: 3 days'),
  wrong('min-age-from', 'min-age-from: created'),
  wrong('window', `window: allow "0 0 31 2 *" 1h`),
  wrong('window', `window: allow "0 9 * * 1-5" 8h Europe/Berlni`),
  wrong('interval', 'interval: hourly'),
  wrong('group', 'group: Shop'),
  wrong('group-by', 'group-by: tag'),
  wrong('group-by', 'web.group-by: version', [list, git, 'group: shop /tag']),
  wrong('group-min', 'group-min: many', [list, git, 'group: shop']),
  wrong('promote-from', 'promote-from: staging'),
  wrong('min-healthy', 'min-healthy: 10s'),
  wrong('quarantine', 'quarantine: 2d'),
  wrong('rollout', 'rollout: half'),
  wrong('rollout-order', 'rollout-order: first'),
  wrong('commit-group', 'commit-group: /shop'),
  wrong('unknown-key', 'web.commit-group: shop'),
  wrong('max-commits-per-hour', 'max-commits-per-hour: "0"'),
  wrong('prerelease', 'web.prerelease: rc1'),
  wrong('version-group', 'web.version-group: number'),
  wrong('strict-semver', 'web.strict-semver: "yes"'),
  wrong('write-format', 'web.write-format: both'),
  wrong('write-format', 'web.write-format: digest'),
  wrong('on-moved-tag', 'web.on-moved-tag: ignore'),
  wrong('helm.image-digest', 'web.helm.image-digest: "{{ .Values.image.digest }}"'),
  wrong('keep-variant', 'web.keep-variant: alpine'),
  wrong('update-strategy', 'web.update-strategy: number', [
    'image-list: web=registry.example.com/acme/web',
    git,
  ]),
  wrongList('web=registry.example.com/acme/WEB:~2.1'),
  wrongList('web=registry.example.com/acme/web:>>2'),
  wrongList('web=https://registry.example.com/acme/web'),
  wrongList('web=registry.example.com/acme/web:~0.0.0'),
  wrongList(''),
  {
    title: 'the second of several entries',
    rule: 'image-list',
    text: app([
      `image-list: |\n      web=registry.example.com/acme/web:~2.1,\n      api=registry.example.com/acme/API:1.x # ⟵`,
      git,
    ]).replace(' # ⟵', ''),
  },
  {
    title: 'two images with one alias',
    rule: 'image-list',
    text: app(['image-list: web=nginx:1.x, web=busybox:1.x # ⟵', git]),
  },
  {
    title: 'entries that only a line break parts',
    rule: 'image-list',
    text: app([`image-list: "web=nginx:1.x\\napi=busybox:1.x" # ⟵`, git]),
  },
  wrong('unknown-key', 'imagelist: x'),
  wrong('unknown-key', 'web.allow-tag: any'),
  wrong('unknown-key', 'web.semver-constraint: 1.x'),
  wrong('unknown-key', 'git-commit-message: x'),
  wrong('unknown-key', 'update-interval: 5m'),
  wrong('update-strategy', 'wbe.update-strategy: semver'),
  wrong('helm.image-tag', 'wbe.helm.image-tag: image.tag'),
  wrong('unknown-key', 'helm.image-tag: image.tag'),
  wrong('unknown-key', 'web.write-back-method: git'),
  { title: 'a misspelt image-list alone', rule: 'unknown-key', text: app(['image-lst: nginx # ⟵']) },
  wrong('update-strategy', 'web.update-strategy: newst'),
  wrong('update-strategy', 'update-strategy: semvr'),
  wrong('deprecated', 'web.update-strategy: latest', ['image-list: web=registry.example.com/acme/web', git]),
  wrong('deprecated', 'update-strategy: name', ['image-list: web=registry.example.com/acme/web', git]),
  wrong('allow-tags', 'web.allow-tags: ^v'),
  wrong('allow-tags', 'web.allow-tags: "regexp:(("'),
  wrong('allow-tags', 'allow-tags: "regexp:(?=x)"'),
  wrong('tag-match', 'web.tag-match: regexp:^v'),
  wrong('ignore-tags', 'web.ignore-tags: "[!a]*"'),
  wrong('ignore-tags', 'web.ignore-tags: "latest["'),
  wrong('ignore-tags', 'ignore-tags: "a b"'),
  wrong('force-update', 'web.force-update: "ja"'),
  wrong('pull-secret', 'web.pull-secret: registry-secret'),
  wrong('pull-secret', 'web.pull-secret: secret:registry'),
  wrong('pull-secret', 'web.pull-secret: pullsecret:other/creds'),
  wrong('pull-secret', 'web.pull-secret: env:LOGIN'),
  wrong('platforms', 'web.platforms: amd64'),
  wrong('platforms', 'web.platforms: linux/x86_64'),
  wrong('platforms', 'web.platforms: linux/amd64'),
  wrong('verify-platform', 'web.verify-platform: "perhaps"'),
  wrong('downgrade', 'web.downgrade: "true"'),
  wrong('build-date', 'web.build-date: pushed'),
  wrong('build-date', 'web.build-date: created'),
  wrong('manifests.path', 'wbe.manifests.path: spec.image'),
  wrong('manifests.name', 'wbe.manifests.name: web'),
  wrong('helm.image-tag', 'web.helm.image-tag: .Values.image.tag'),
  wrong('helm.image-tag', 'web.helm.image-tag: image.tag, image.version'),
  wrong('helm.image-name', 'web.helm.image-name: registry.example.com/acme/web'),
  wrong('helm.image-spec', 'web.helm.image-spec: image..spec'),
  wrong('kustomize.image-name', 'web.kustomize.image-name: a b'),
  wrong('write-back-method', 'write-back-method: gti', [list]),
  wrong('write-back-method', 'write-back-method: git:secret:creds', [list]),
  wrong('write-back-target', 'write-back-target: kustomize'),
  wrong('write-back-target', 'write-back-target: helmvalues:../../../x.yaml'),
  wrong('write-back-target', 'write-back-target: helmvalues:/.git/config'),
  wrong('write-back-target', 'write-back-target: helmvalues:a.yaml,b.yaml'),
  wrong('write-back-target', 'write-back-target: my-values.yaml'),
  wrong('write-back-target', 'write-back-target: helmvalues:kustomization.yaml'),
  wrong('write-back-target', 'write-back-target: manifests', [list]),
  wrong('write-back-source', 'write-back-source: "7"'),
  wrong('git-branch', 'git-branch: "main:a:b"'),
  wrong('git-branch', 'git-branch: "main:{{.Nope"'),
  wrong('git-branch', 'git-branch: refs/tags/v1'),
  wrong('git-commit-trailers', 'git-commit-trailers: "yes"'),
  wrong('git-branch', 'git-branch: main', [list]),
  wrong('git-repository', 'git-repository: https://git.example.com/y.git', [list]),
  {
    title: 'an annotation that is no text',
    rule: 'application-shape',
    text: app([list, git, 'web.force-update: true # ⟵']),
  },
  {
    title: 'a field of another type',
    rule: 'application-shape',
    text: app([list, git], 'source:\n    repoURL: https://git.example.com/x.git\n    path: 7 # ⟵'),
  },
  {
    title: 'the same annotation twice',
    rule: 'duplicate-annotation',
    text: app([list, git, `${git} # ⟵`]),
  },
  {
    title: 'no YAML',
    rule: 'yaml-syntax',
    text: app([list, git]).replace('  name: shop', '  name: shop: web # ⟵'),
  },
  {
    title: 'an unknown key of the ConfigMap',
    rule: 'config-map-key',
    text: configMap('  intervall: 5m # ⟵'),
  },
  {
    title: 'a value of the ConfigMap',
    rule: 'config-map-value',
    text: configMap('  log.level: inform # ⟵'),
  },
  {
    title: 'a policy that there is not, for one project',
    rule: 'config-map-value',
    text: configMap('  defaults: "projects: {shop: {mni-age: 3d}}" # ⟵'),
  },
  {
    title: 'a commit template',
    rule: 'commit-template',
    text: configMap('  git.commit-message-template: "{{ .AppNme }}" # ⟵'),
  },
  {
    title: 'a template of commits of several Applications',
    rule: 'commit-template',
    text: configMap('  git.commit-group-message-template: "{{ .AppName }}" # ⟵'),
  },
  {
    title: 'registries.conf in the ConfigMap',
    rule: 'registries-conf',
    text: configMap(
      '  registries.conf: |\n    registries:\n    - name: A\n      prefix: a.example\n      api_url: https://a.example\n      defualt: true # ⟵',
    ),
  },
  {
    title: 'registries.conf with a text for a number',
    rule: 'registries-conf',
    text: registries('- name: A\n  prefix: a.example\n  api_url: https://a.example\n  limit: "20" # ⟵'),
  },
  {
    title: 'registries.conf with credentials that are none',
    rule: 'registries-conf',
    text: registries('- name: A\n  prefix: a.example\n  api_url: https://a.example\n  credentials: mine # ⟵'),
  },
  {
    title: 'a Secret of a repository',
    rule: 'secret',
    text: `apiVersion: v1
kind: Secret
metadata:
  name: deploy
  labels: {argocd.argoproj.io/secret-type: repository}
data:
  url: https://git.example.com # ⟵
`,
  },
  {
    title: 'an ApplicationSet',
    rule: 'update-strategy',
    text: `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  template:
    metadata:
      name: '{{name}}'
      annotations:
        ${prefix}image-list: web={{registry}}/acme/web:~2.1
        ${prefix}web.update-strategy: newst # ⟵
    spec:
      source: {repoURL: '{{url}}', path: '{{path}}'}
`,
  },
  {
    title: 'the second document of a stream',
    rule: 'unknown-key',
    text: `${app([list, git])}---\n${app([list, git, 'web.allow-tgs: any # ⟵']).replace('name: shop', 'name: other')}`,
  },
  {
    title: 'an item of a List',
    rule: 'force-update',
    text: `apiVersion: v1
kind: List
items:
- apiVersion: argoproj.io/v1alpha1
  kind: Application
  metadata:
    name: shop
    annotations:
      ${prefix}image-list: nginx
      ${prefix}force-update: "yes" # ⟵
  spec:
    source: {repoURL: https://git.example.com/x.git, path: a}
`,
  },
];
