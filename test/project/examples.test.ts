/** The examples of the documentation do what they show. */
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { annotationPrefix, readConfig } from '../../src/core/config/annotations.ts';
import { readApplication } from '../../src/core/config/application.ts';
import { applyEdit } from '../../src/core/apply-edit.ts';
import type { Decision } from '../../src/core/decide/decision.ts';
import { findDockerCredential } from '../../src/core/registries/docker-config.ts';
import { withVersion } from '../../src/core/image/image.ts';
import { planApplication } from '../../src/core/plan.ts';
import { makeEndpointTable, parseRegistriesConf } from '../../src/core/registries/registries.ts';
import { accessWithSecret } from '../../src/git/login/credential.ts';
import { readRepositorySecret } from '../../src/git/login/repository-secret.ts';
import { parseRemoteUrl } from '../../src/git/login/url.ts';
import { checkPolicies } from '../../src/cli/validate/check-policies.ts';
import { HoldsBook } from '../../src/core/policy/holds/holds-book.ts';
import { readDefaultsDocument } from '../../src/core/policy/read/defaults-document.ts';
import { Zones } from '../../src/core/policy/words/zone.ts';
import { codeBlocks, documents, readText, section } from './markdown.ts';

interface Example {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly registries?: readonly unknown[];
}

const yamlBlocks = documents.flatMap((document) =>
  codeBlocks(readText(document))
    .filter(({ info }) => info.startsWith('yaml'))
    .map(({ text }, index) => ({ title: `${document} #${index + 1}`, text })),
);

const examples = yamlBlocks.flatMap(({ title, text }) =>
  parseAllDocuments(text).map((document) => ({ title, text, example: document.toJS() as Example })),
);

/** An Application of the type that its annotations want, around what an example shows of it. */
function applicationOf({ metadata }: Example, sourceType: string) {
  const block = { Helm: { helm: {} }, Kustomize: { kustomize: {} }, Directory: { directory: {} } }[
    sourceType
  ];
  return readApplication({
    metadata: { name: 'shop', namespace: 'argocd', ...metadata },
    spec: {
      project: 'default',
      source: {
        repoURL: 'https://git.example.com/acme/deploy.git',
        path: 'apps/shop',
        targetRevision: 'main',
        ...block,
      },
    },
    status: { sourceType },
  });
}

function configOf(example: Example, sourceType: string) {
  const app = applicationOf(example, sourceType);
  if (!app.ok) throw new Error(app.failure.message);
  return readConfig(app.value, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
}

describe('YAML examples', () => {
  it.each(yamlBlocks)('$title is YAML', ({ text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
  });
});

describe('annotations in examples', () => {
  const annotated = examples.filter(({ example }) =>
    Object.keys(example.metadata?.annotations ?? {}).some((key) => key.startsWith(annotationPrefix)),
  );

  it.each(annotated)('are understood without a warning in $title', ({ example }) => {
    const type = example.metadata?.annotations?.[`${annotationPrefix}web.kustomize.image-name`];
    const config = configOf(example, type === undefined ? 'Helm' : 'Kustomize');

    expect(config.warnings).toEqual([]);
    expect(checkPolicies(config, Date.UTC(2026, 10, 28))).toEqual([]);
    expect(config.images.filter(({ image }) => !image.ok)).toEqual([]);
    expect(config.writeBack).toMatchObject({ ok: true });
  });
});

describe('policies in ConfigMaps of examples', () => {
  const dataOf = (name: string) =>
    examples.flatMap(({ example }) => (example.metadata?.name === name ? [example.data ?? {}] : []));

  it('are read without a mistake', () => {
    const holds = dataOf('argocd-image-updater-holds').map((data) => new HoldsBook(data, new Zones()));
    const defaults = dataOf('argocd-image-updater-config').flatMap(({ defaults: text = '' }) => text || []);

    expect(holds.flatMap(({ byKey }) => [...byKey.values()].flatMap(({ mistakes }) => mistakes))).toEqual([]);
    expect(holds.map(({ freeze }) => freeze?.value.reason)).toEqual(['incident 7']);
    expect(defaults).toHaveLength(1);
    for (const text of defaults) {
      const { projects, namespaces, mistakes } = readDefaultsDocument(text);
      const scopes = [...projects.values(), ...namespaces.values()];
      expect([...mistakes, ...scopes.flatMap((scope) => scope.mistakes)]).toEqual([]);
    }
  });
});

describe('examples of registries.conf', () => {
  const inConfigMaps = examples.flatMap(({ title, example }) => {
    const text = example.data?.['registries.conf'];
    return text === undefined ? [] : [{ title, text }];
  });
  const alone = examples.filter(({ example }) => example.registries !== undefined);

  it.each([...alone, ...inConfigMaps])('are read without a warning in $title', ({ text }) => {
    expect(parseRegistriesConf(text)).toMatchObject({ ok: true, value: { warnings: [] } });
  });
});

describe('Secrets in examples', () => {
  const secrets = examples.filter(({ example }) => example.kind === 'Secret');
  const repositories = secrets.flatMap(({ title, example }) => {
    const url = example.stringData?.['url'];
    return url === undefined ? [] : [{ title, name: example.metadata?.name, url, example }];
  });

  it.each(repositories)('open a repository: $name in $title', ({ url, example }) => {
    const { stringData: values = {}, metadata } = example;
    const secret = readRepositorySecret({ namespace: 'argocd', name: '', labels: {}, type: '', values });

    const { credential } = accessWithSecret(parseRemoteUrl(url), secret);

    expect(metadata?.labels?.['argocd.argoproj.io/secret-type']).toMatch(/^(?:repository|repo-creds)$/);
    expect(credential.kind === 'anonymous').toBe(secret.tlsClientCertData !== '');
  });

  it('hold a Docker config for the registry of the examples', () => {
    const json = secrets.map(({ example }) => example.stringData?.['.dockerconfigjson']).find(Boolean) ?? '';
    const endpoint = { apiUrl: 'https://registry.example.com', prefix: 'registry.example.com' };

    expect(findDockerCredential(json, '.dockerconfigjson', endpoint, 'acme/web')).toMatchObject({ ok: true });
  });
});

describe('files before and after', () => {
  const targets = section(readText('docs/write-back.md'), 'Targets')
    .split('<!-- example: ')
    .slice(1)
    .map((text) => {
      const [annotations, before, after] = codeBlocks(text);
      return {
        title: text.split(' -->')[0] ?? '',
        annotations: parse(annotations?.text ?? '') as Example,
        before: before?.text ?? '',
        after: after?.text ?? '',
      };
    });

  it('show every target', () => {
    const titles = targets.map(({ title }) => title);

    expect(titles).toEqual([
      'override Helm',
      'override Kustomize',
      'helmvalues',
      'kustomization',
      'manifests',
    ]);
  });

  it.each(targets)('of the target $title are what an edit makes', ({ title, annotations, before, after }) => {
    const config = configOf(annotations, title.endsWith('Kustomize') ? 'Kustomize' : 'Helm');
    const plan = planApplication(config, config.images.map(updateOf));
    if (plan.kind !== 'git') throw new Error(`nothing is planned: ${JSON.stringify(plan)}`);

    const edited = applyEdit(plan.edit, new Map([[pathOf(plan.edit), before]]));

    expect(edited).toMatchObject({ ok: true, value: [{ text: after }] });
  });

  function updateOf({ image, ...identity }: ReturnType<typeof configOf>['images'][number]): Decision {
    if (!image.ok) throw new Error(image.failure.message);
    const [from, to] = ['2.0.0', '2.1.0'].map((tag) => withVersion(image.value.ref, { tag }));
    if (from === undefined || to === undefined) throw new Error('no versions');
    return { ...identity, kind: 'update', image: image.value, from, to, trace: { dropped: [] } };
  }

  function pathOf(edit: Parameters<typeof applyEdit>[0]): string {
    if ('path' in edit) return edit.path;
    return edit.kind === 'kustomization' ? `${edit.directory}/kustomization.yaml` : (edit.paths[0] ?? '');
  }
});

describe('the built-in registries', () => {
  it('are those of the table', () => {
    const { default: hub } = makeEndpointTable([]);

    expect(readText('docs/configuration.md')).toContain(`${hub.limitPerSecond} for Docker Hub`);
  });
});
