/** Applications read from unknown objects. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appKey, projectName, readApplication } from '../../../src/core/config/application.ts';

const prefix = 'argocd-image-updater.argoproj.io/';
const source = { repoURL: 'https://git.example/ops.git', path: 'apps/web', targetRevision: 'main' };

function read(object: unknown) {
  const application = readApplication(object);
  if (!application.ok) throw new Error(application.failure.message);
  return application.value;
}

function problem(object: unknown): string {
  const application = readApplication(object);
  return application.ok ? 'read' : application.failure.message;
}

describe('readApplication', () => {
  it('keeps what is needed and nothing else', () => {
    const application = read({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'web',
        namespace: 'argocd',
        uid: 'u-1',
        resourceVersion: '42',
        annotations: {
          [`${prefix}image-list`]: 'nginx',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
        labels: { team: 'a' },
        ownerReferences: [{ kind: 'ApplicationSet', name: 'webs', controller: true }],
        managedFields: [{ manager: 'x' }],
      },
      spec: {
        project: 'default',
        destination: { server: 'https://kubernetes.default.svc' },
        source: {
          ...source,
          helm: { parameters: [{ name: 'a', value: 'b' }], valueFiles: ['v.yaml'], releaseName: 'x' },
          directory: { recurse: true },
        },
      },
      status: { sourceType: 'Helm', summary: { images: ['nginx:1.0'] }, health: {} },
    });

    expect(application).toEqual({
      namespace: 'argocd',
      name: 'web',
      uid: 'u-1',
      resourceVersion: '42',
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc' },
      annotations: { [`${prefix}image-list`]: 'nginx' },
      labels: { team: 'a' },
      applicationSet: 'webs',
      sourceKind: 'single',
      sources: [
        {
          ...source,
          helm: { parameters: [{ name: 'a', value: 'b', forceString: false }], valueFiles: ['v.yaml'] },
          directory: { recurse: true, include: '', exclude: '' },
        },
      ],
      state: expect.any(String),
      status: { sourceTypes: ['Helm'], images: ['nginx:1.0'] },
    });
    expect(appKey(application)).toBe('argocd/web');
  });

  it.each([
    [
      { name: 'in-cluster', server: '', namespace: 'web' },
      { name: 'in-cluster', namespace: 'web' },
    ],
    [{ server: null }, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('policies.md 5.2: keeps the destination %j as it is written', (destination, expected) => {
    expect(read({ metadata: { name: 'web' }, spec: { source, destination } }).destination).toEqual(expected);
  });

  it.each([
    ['', 'default'],
    ['shop', 'shop'],
  ])('takes project %j for %s', (project, expected) => {
    expect(projectName(read({ metadata: { name: 'web' }, spec: { source, project } }))).toBe(expected);
  });

  it('takes null for absent', () => {
    const application = read({
      metadata: { name: 'web', namespace: null, annotations: null, labels: null, ownerReferences: null },
      spec: {
        sources: null,
        sourceHydrator: null,
        source: { ...source, helm: null, kustomize: {}, plugin: null },
      },
      status: null,
    });

    expect(application.sources).toEqual([{ ...source, kustomize: { images: [] } }]);
    expect(application).not.toHaveProperty('status');
  });

  it.each([
    [
      'a hydrator before sources',
      { sourceHydrator: { drySource: { repoURL: 'h' } }, sources: [{}], source: {} },
      'hydrator',
      ['h'],
    ],
    [
      'sources before source',
      { sources: [{ repoURL: 'a' }, { repoURL: 'b' }], source: { repoURL: 'c' } },
      'multi',
      ['a', 'b'],
    ],
    ['source where sources are empty', { sources: [], source: { repoURL: 'c' } }, 'single', ['c']],
  ])('takes %s', (_, spec, kind, urls) => {
    const application = read({ metadata: { name: 'web' }, spec });

    expect(application.sourceKind).toBe(kind);
    expect(application.sources.map(({ repoURL }) => repoURL)).toEqual(urls);
  });

  it('aligns types and revisions of a multi-source status with the sources', () => {
    const application = read({
      metadata: { name: 'web' },
      spec: { sources: [{}, {}, {}] },
      status: {
        sourceType: 'Directory',
        sourceTypes: ['Helm', ''],
        sync: { revision: 'no', revisions: ['c0', 'c1'] },
      },
    });

    expect(application.status?.sourceTypes).toEqual(['Helm', '', '']);
    expect(application.status?.revisions).toEqual(['c0', 'c1', '']);
  });

  it('reads the revision of a single source', () => {
    const status = { sync: { revision: 'c0', revisions: ['no'] } };

    const application = read({ metadata: { name: 'web' }, spec: { source: {} }, status });

    expect(application.status?.revisions).toEqual(['c0']);
  });

  it.each([
    ['spec.source', { metadata: { name: 'a' }, spec: {} }],
    ['metadata.name', { metadata: {}, spec: { source } }],
    ['metadata', { spec: { source } }],
    ['spec', { metadata: { name: 'a' } }],
    ['spec.source.path', { metadata: { name: 'a' }, spec: { source: { path: 5 } } }],
    [
      'spec.sources[1].helm.parameters[0].value',
      {
        metadata: { name: 'a' },
        spec: { sources: [{}, { helm: { parameters: [{ name: 'x', value: 3 }] } }] },
      },
    ],
    [
      'metadata.annotations',
      { metadata: { name: 'a', annotations: { [`${prefix}x.force-update`]: true } }, spec: { source } },
    ],
    [
      'status.summary.images',
      { metadata: { name: 'a' }, spec: { source }, status: { summary: { images: 'x' } } },
    ],
  ])('names %s where it cannot be used', (path, object) => {
    expect(problem(object)).toMatch(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}.*: .*expected`));
  });

  it.each([undefined, null, 3, 'x', [], { metadata: [] }])('refuses %j', (object) => {
    expect(problem(object)).toContain('expected object');
  });

  it('shows at most three mistakes', () => {
    const sources = Array.from({ length: 1000 }, () => ({ path: 5 }));

    expect(problem({ metadata: { name: 'a' }, spec: { sources } })).toMatch(/; and 997 more$/);
  });

  it('takes any object without throwing', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), fc.anything({ maxDepth: 4 }), (metadata, spec) => {
        expect(typeof readApplication({ metadata, spec }).ok).toBe('boolean');
      }),
    );
  });
});

it('fault C12: several dry sources of a hydrator are told for what they are', () => {
  const hydrator = { drySources: [source, source], syncSource: { targetBranch: 'env/dev', path: 'web' } };
  const spec = { sourceHydrator: hydrator };

  expect(problem({ metadata: { name: 'web' }, spec })).toBe(
    'spec.sourceHydrator.drySources: several dry sources are not supported; with one, in drySource, the Application is updated',
  );
  const both = { sourceHydrator: { ...hydrator, drySource: source } };
  expect(read({ metadata: { name: 'web' }, spec: both }).sourceKind).toBe('hydrator');
});
