/** Values files that Argo CD does not read, and values that it takes from elsewhere. */
import { describe, expect, it } from 'vitest';
import { applyEdit, doubtsOf, filesSeenBy } from '../../src/core/apply-edit.ts';
import { readConfig } from '../../src/core/config/annotations.ts';
import { type Application, readApplication } from '../../src/core/config/application.ts';
import { targetEdit } from '../../src/core/target-edit.ts';
import { aRef, valueOf } from './builders.ts';

const prefix = 'argocd-image-updater.argoproj.io/';
const repoURL = 'https://git.example.com/ops/deploy.git';

interface Wanted {
  readonly target: string;
  readonly tagKey?: string;
  readonly source?: Readonly<Record<string, unknown>>;
  readonly sources?: readonly Readonly<Record<string, unknown>>[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: unknown;
}

function application({ target, tagKey, source, sources, annotations, status }: Wanted): Application {
  const own = { repoURL, path: 'apps/shop', targetRevision: 'main', ...source };
  return valueOf(
    readApplication({
      metadata: {
        name: 'shop',
        namespace: 'argocd',
        annotations: Object.fromEntries(
          Object.entries({
            'image-list': 'web=ghcr.io/acme/web',
            'write-back-method': 'git',
            'write-back-target': target,
            'web.helm.image-tag': tagKey ?? 'image.tag',
            ...annotations,
          }).map(([key, value]) => [`${prefix}${key}`, value]),
        ),
      },
      spec: { project: 'default', ...(sources === undefined ? { source: own } : { sources }) },
      status,
    }),
  );
}

/** The warnings of an edit, or why it is refused. */
function told(wanted: Wanted, files: Readonly<Record<string, string>>): readonly string[] | string {
  const config = readConfig(application(wanted), {
    argocdNamespace: 'argocd',
    defaultPlatform: 'linux/amd64',
  });
  const writeBack = valueOf(config.writeBack);
  if (writeBack.kind !== 'git') throw new Error('not written to git');
  const image = valueOf(
    config.images[0]?.image ?? { ok: false, failure: { kind: 'config', message: 'none' } },
  );
  const edit = targetEdit(config, writeBack, [{ image, to: aRef('ghcr.io/acme/web:1.1.0') }]);
  if (edit.kind !== 'helmvalues') throw new Error(edit.kind);
  const texts = new Map([edit.path, ...filesSeenBy(edit)].map((path) => [path, files[path] ?? null]));
  const edited = applyEdit(edit, texts);
  if (!edited.ok) return edited.failure.message;
  return [...edited.value.flatMap(({ warnings }) => warnings ?? []), ...doubtsOf(edit, texts)];
}

const values = 'image:\n  repository: ghcr.io/acme/web\n  tag: 1.0.0\n';

describe('fault C3: a values file that is not there', () => {
  it.each<[string, Wanted, string]>([
    [
      'a typing error',
      { target: 'helmvalues:value.yaml' },
      'did you mean write-back-target: helmvalues:/apps/shop/values.yaml?',
    ],
    [
      'a path from the root without a slash',
      { target: 'helmvalues:apps/shop/values.yaml' },
      'did you mean write-back-target: helmvalues:/apps/shop/values.yaml?',
    ],
    [
      'a path from the root without a slash, to a value file',
      {
        target: 'helmvalues:environments/dev/values.yaml',
        source: { helm: { valueFiles: ['../../environments/dev/values.yaml'] } },
      },
      'did you mean write-back-target: helmvalues:/environments/dev/values.yaml?',
    ],
    [
      'no value file',
      { target: 'helmvalues:stage.yaml', source: { helm: { valueFiles: ['prod.yaml'] } } },
      'it reads apps/shop/values.yaml, apps/shop/prod.yaml',
    ],
    [
      'beside the chart of a source that only reads others',
      {
        target: 'helmvalues:/env/prd.yaml',
        sources: [
          {
            repoURL: 'https://charts.example.com',
            chart: 'shop',
            targetRevision: '1.x',
            helm: { valueFiles: ['$values/env/prod.yaml'] },
          },
          { repoURL, ref: 'values', targetRevision: 'main' },
        ],
        annotations: { 'git-repository': repoURL, 'git-branch': 'main' },
      },
      'did you mean write-back-target: helmvalues:/env/prod.yaml?',
    ],
    [
      'a repository of no source',
      {
        target: 'helmvalues:/x.yaml',
        annotations: { 'git-repository': 'https://git.example.com/ops/other.git', 'git-branch': 'main' },
      },
      'Argo CD would not read it',
    ],
    [
      'a chart from a chart repository without value files',
      {
        target: 'helmvalues:/x.yaml',
        source: { repoURL: 'https://charts.example.com', chart: 'shop' },
        annotations: { 'git-repository': repoURL, 'git-branch': 'main' },
      },
      'no value files in this repository',
    ],
  ])('is refused: %s', (_, wanted, says) => {
    expect(told(wanted, {})).toContain(says);
  });

  it.each<[string, Wanted]>([
    ["the chart's own", { target: 'helmvalues' }],
    [
      'a value file',
      {
        target: 'helmvalues:prod.yaml',
        source: { helm: { valueFiles: ['./prod.yaml'], ignoreMissingValueFiles: true } },
      },
    ],
    [
      'a value file from the root',
      { target: 'helmvalues:/env/p.yaml', source: { helm: { valueFiles: ['/env/p.yaml'] } } },
    ],
    [
      'a name that Argo CD fills in',
      {
        target: 'helmvalues:values-shop.yaml',
        source: { helm: { valueFiles: ['values-${ARGOCD_APP_NAME}.yaml'] } },
      },
    ],
    [
      'a name that only Argo CD knows',
      { target: 'helmvalues:values-eu.yaml', source: { helm: { valueFiles: ['values-$REGION.yaml'] } } },
    ],
    ['values of a chart inside the chart', { target: 'helmvalues:charts/web/values.yaml' }],
    [
      'a value file under another name of the repository',
      {
        target: 'helmvalues:prod.yaml',
        source: { helm: { valueFiles: ['prod.yaml'] } },
        annotations: { 'git-repository': 'ssh://git@git.internal/ops/deploy.git', 'git-branch': 'main' },
      },
    ],
    ['a plugin may read it', { target: 'helmvalues:x.yaml', source: { plugin: {} } }],
    ['a kustomization may read it', { target: 'helmvalues:x.yaml', source: { kustomize: {} } }],
  ])('is made: %s', (_, wanted) => {
    expect(told(wanted, {})).toEqual([]);
  });
});

describe('fault C3: what is written without effect is told', () => {
  it.each<[string, Wanted, Readonly<Record<string, string>>, string]>([
    [
      'a file that is not read',
      { target: 'helmvalues:ci.yaml' },
      { 'apps/shop/ci.yaml': values },
      'apps/shop/ci.yaml is written, but Argo CD does not read it',
    ],
    [
      'a key nobody has',
      { target: 'helmvalues', tagKey: 'image.tga' },
      { 'apps/shop/values.yaml': values },
      'the key image.tga is new, and no values file of the source has it; did you mean image.tag?',
    ],
    [
      'a key nobody has, in a new file',
      { target: 'helmvalues:p.yaml', tagKey: 'image.tga', source: { helm: { valueFiles: ['p.yaml'] } } },
      { 'apps/shop/values.yaml': values },
      'did you mean image.tag?',
    ],
    [
      'a name beside the one that the chart reads',
      { target: 'helmvalues', annotations: { 'web.helm.image-name': 'image.name' } },
      { 'apps/shop/values.yaml': values },
      'did you mean image.repository?',
    ],
    [
      'a later value file',
      { target: 'helmvalues', source: { helm: { valueFiles: ['p.yaml'] } } },
      { 'apps/shop/values.yaml': values, 'apps/shop/p.yaml': values },
      'apps/shop/p.yaml sets it too',
    ],
    [
      'an override file left behind',
      { target: 'helmvalues' },
      {
        'apps/shop/values.yaml': values,
        'apps/shop/.argocd-source-shop.yaml': 'helm:\n  parameters:\n  - name: image.tag\n    value: 1.0.0\n',
      },
      'apps/shop/.argocd-source-shop.yaml sets it too',
    ],
  ])('%s', (_, wanted, files, says) => {
    expect(told(wanted, files)).toEqual([expect.stringContaining(says)]);
  });

  it.each<[string, Wanted, Readonly<Record<string, string>>]>([
    ['a key that is there', { target: 'helmvalues' }, { 'apps/shop/values.yaml': values }],
    [
      'a key that the chart has',
      { target: 'helmvalues:p.yaml', source: { helm: { valueFiles: ['p.yaml'] } } },
      { 'apps/shop/values.yaml': values, 'apps/shop/p.yaml': 'image: {}\n' },
    ],
    [
      'a new key that is like no other',
      { target: 'helmvalues', tagKey: 'worker.version' },
      { 'apps/shop/values.yaml': values },
    ],
    [
      'a weaker value file',
      { target: 'helmvalues:p.yaml', source: { helm: { valueFiles: ['p.yaml'] } } },
      { 'apps/shop/values.yaml': values, 'apps/shop/p.yaml': values },
    ],
  ])('not where it has one: %s', (_, wanted, files) => {
    expect(told(wanted, files)).toEqual([]);
  });
});

describe('fault C3: what the Application itself sets wins over its values files, and is told in every cycle', () => {
  const warningsOf = (helm: Readonly<Record<string, unknown>>, tagKey?: string): readonly string[] => {
    const wanted = { target: 'helmvalues', source: { helm }, ...(tagKey === undefined ? {} : { tagKey }) };
    const config = readConfig(application(wanted), {
      argocdNamespace: 'argocd',
      defaultPlatform: 'linux/amd64',
    });
    return config.warnings.map(({ message }) => message);
  };
  const hidden = (field: string): readonly string[] => [
    `image.tag of apps/shop/values.yaml has no effect: the Application sets it in helm.${field}, which Argo CD takes; remove it there`,
  ];
  const inline = 'image:\n  tag: 1.0.0\n';

  it.each<[string, Readonly<Record<string, unknown>>]>([
    [
      'parameters',
      { parameters: [{ name: 'image.tag', value: '1' }], valuesObject: { image: { tag: '1' } } },
    ],
    ['valuesObject', { valuesObject: { image: { tag: '1' } }, values: inline }],
    ['values', { values: inline }],
    ['values', { values: '"image.tag": 1.0.0\n' }],
    ['fileParameters', { fileParameters: [{ name: 'image.tag', path: 'tag' }] }],
  ])('helm.%s: %j', (field, helm) => {
    expect(warningsOf(helm)).toEqual(hidden(field));
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['another key', { values: 'image:\n  pullPolicy: Always\n' }],
    ['values that valuesObject hides', { valuesObject: { replicas: 2 }, values: inline }],
    ['no YAML', { values: 'image: {tag: [' }],
    ['a mapping in its place', { valuesObject: { image: { tag: { of: 1 } } } }],
    ['more than is looked into', { values: `${inline}# ${'x'.repeat(70_000)}` }],
    ['another shape', { fileParameters: 'x', values: 7, valuesObject: [] }],
  ])('silent: %s', (_, helm) => {
    expect(warningsOf(helm)).toEqual([]);
  });
});
