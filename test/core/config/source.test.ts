/** Source, type and repository of an application. */
import { describe, expect, it } from 'vitest';
import type { Application, ApplicationSource } from '../../../src/core/config/application.ts';
import { locateRepository, resolveSource, unsupportedType } from '../../../src/core/config/source.ts';
import {
  overrideFileName,
  resolveWriteTarget,
  targetKeyword,
} from '../../../src/core/config/write-target.ts';
import { anApplication, chartSource, gitSource, withoutStatus } from '../applications.ts';

const helm = { parameters: [], valueFiles: [] };
const kustomize = { images: [] };
const other: ApplicationSource = {
  repoURL: 'https://git.example/other',
  path: 'x',
  targetRevision: 'dev',
  name: 'other',
};

function multi(sources: readonly ApplicationSource[], types: readonly string[]): Application {
  return anApplication({ sources, types, sourceKind: 'multi' });
}

function resolve(app: Application, target?: string, wanted?: string, foundType?: 'Helm' | 'Kustomize') {
  const source = resolveSource(app, { keyword: targetKeyword(target), wanted, foundType });
  if (!source.ok) throw new Error(source.failure.message);
  return source.value;
}

describe('type of the source', () => {
  it.each([
    ['F-01', anApplication({ types: ['Plugin'] }), 'kustomization:.', 'Kustomize'],
    ['F-02', anApplication({ types: ['Directory'] }), 'helmvalues', 'Helm'],
    ['F-02 only as a word', anApplication({ types: ['Kustomize'] }), 'helmvalues.yaml', 'Kustomize'],
    ['F-03', multi([gitSource, other, other], ['', 'Kustomize', 'Helm']), undefined, 'Kustomize'],
    ['F-03 plugin', multi([gitSource, other], ['Plugin', 'Helm']), undefined, 'Plugin'],
    ['F-04', multi([gitSource, other], ['Directory', '']), undefined, 'Directory'],
    ['F-05', anApplication({ types: ['Kustomize'] }), undefined, 'Kustomize'],
    ['unknown to the status', anApplication({ types: [''] }), undefined, undefined],
    ['unknown word', anApplication({ types: ['Jsonnet'] }), undefined, undefined],
    ['manifests', anApplication({ types: ['Helm'] }), 'manifests', 'Directory'],
    [
      'block of a dry source',
      anApplication({ sourceKind: 'hydrator', types: ['Directory'], sources: [{ ...gitSource, helm }] }),
      undefined,
      'Helm',
    ],
    [
      'untyped dry source',
      anApplication({ sourceKind: 'hydrator', types: ['Directory'] }),
      undefined,
      'Directory',
    ],
    [
      'no status, block',
      withoutStatus(anApplication({ sources: [{ ...gitSource, kustomize }] })),
      undefined,
      'Kustomize',
    ],
    ['no status, chart', withoutStatus(anApplication({ sources: [chartSource] })), undefined, 'Helm'],
    ['no status, nothing', withoutStatus(anApplication()), undefined, undefined],
  ])('%s', (_, app, target, type) => {
    expect(resolve(app, target).sourceType).toBe(type);
  });

  it('is the one found in the repository only where nothing else tells it', () => {
    expect(resolve(withoutStatus(anApplication()), undefined, undefined, 'Kustomize').sourceType).toBe(
      'Kustomize',
    );
    expect(resolve(anApplication({ types: ['Helm'] }), undefined, undefined, 'Kustomize').sourceType).toBe(
      'Helm',
    );
  });

  it('is that of the source that write-back-source names', () => {
    const app = multi(
      [
        { ...gitSource, kustomize },
        { ...other, helm },
      ],
      ['Kustomize', 'Helm'],
    );

    expect(resolve(app, undefined, 'other')).toMatchObject({ index: 1, sourceType: 'Helm' });
  });

  it.each([
    ['Plugin', 'source type Plugin: only Helm and Kustomize'],
    ['Directory', 'source type Directory: only Helm and Kustomize'],
    ['', 'not known yet'],
  ])('%j is left alone with a reason', (type, reason) => {
    const app = anApplication({ types: [type] });

    expect(unsupportedType(app, resolve(app).sourceType)).toContain(reason);
  });

  it('of a dry source without blocks is not known, whatever it is hydrated to', () => {
    const app = anApplication({ sourceKind: 'hydrator', types: ['Directory'] });

    expect(unsupportedType(app, 'Directory')).toMatch(/^source type not known: the dry source has no helm/);
  });

  it.each(['Helm', 'Kustomize'] as const)('%s is supported', (type) => {
    expect(unsupportedType(anApplication({ types: [type] }), type)).toBeUndefined();
  });

  it('may be found later where there is no status', () => {
    expect(unsupportedType(withoutStatus(anApplication()), undefined)).toBeUndefined();
  });
});

describe('chosen source', () => {
  it.each([
    [
      'first with a block of the type',
      multi([other, { ...gitSource, kustomize }, { ...gitSource, helm }], ['', 'Kustomize', 'Helm']),
      undefined,
      1,
    ],
    [
      'block of the type that the target forces',
      multi(
        [
          { ...gitSource, kustomize },
          { ...other, helm },
        ],
        ['Kustomize', 'Helm'],
      ),
      'helmvalues',
      1,
    ],
    ['reported type where there is no block', multi([other, gitSource], ['', 'Helm']), undefined, 1],
    [
      'any with a tool block',
      multi([other, { ...gitSource, plugin: true }], ['', 'Plugin']),
      'kustomization',
      1,
    ],
    [
      'fault C10: a folder before a chart from a chart repository, for a kustomization',
      multi([{ ...chartSource, helm: { parameters: [], valueFiles: [] } }, gitSource], ['', '']),
      'kustomization',
      1,
    ],
    [
      'fault C10: a folder before a source that is only referenced',
      multi([{ ...gitSource, path: '', ref: 'values' }, gitSource], ['', '']),
      'manifests',
      1,
    ],
    ['source 0 otherwise', multi([other, gitSource], ['', '']), 'kustomization', 0],
  ])('%s', (_, app, target, index) => {
    expect(resolve(app, target).index).toBe(index);
  });

  it.each([
    ['other', 1],
    ['1', 1],
    ['0', 0],
    ['', 0],
  ])('write-back-source %j names source %d', (wanted, index) => {
    expect(resolve(multi([gitSource, other], ['Helm', 'Helm']), undefined, wanted).index).toBe(index);
  });

  it.each(['2', '-1', 'nope', '1e0', '99999999999999999999'])(
    'write-back-source %j is refused with the names',
    (wanted) => {
      const source = resolveSource(multi([gitSource, other], ['Helm', 'Helm']), { wanted });

      expect(source).toMatchObject({
        ok: false,
        failure: {
          annotation: 'write-back-source',
          message: expect.stringContaining('position: "other", 0 to 1'),
        },
      });
    },
  );
});

const valuesFile = '$vals/apps/web/values.yaml';
const chartWithValues: ApplicationSource = {
  ...chartSource,
  helm: { parameters: [], valueFiles: [valuesFile] },
};
const valuesSource: ApplicationSource = {
  repoURL: 'https://git.example/deploy.git',
  path: '',
  targetRevision: 'prod',
  ref: 'vals',
};

function locate(app: Application, target?: string, gitRepository?: string) {
  const source = resolve(app, target);
  const written = resolveWriteTarget(target, source.source, overrideFileName(app, 'argocd'));
  if (!written.ok) throw new Error(written.failure.message);
  const repository = locateRepository(app, source, written.value, gitRepository);
  return repository.ok ? repository.value : repository.failure.message;
}

describe('locateRepository', () => {
  const single = anApplication();
  const chartAndValues = multi([chartWithValues, valuesSource], ['Helm', '']);
  const bothGit = multi(
    [{ ...gitSource, helm: { parameters: [], valueFiles: [valuesFile] } }, valuesSource],
    ['Helm', ''],
  );

  it.each([
    ['the source itself', single, undefined, undefined, gitSource.repoURL, 'main'],
    [
      'git-repository with the source’s branch',
      single,
      undefined,
      'https://git.example/x',
      'https://git.example/x',
      'main',
    ],
    [
      'git-repository that another source has',
      multi([gitSource, other], ['Helm', '']),
      undefined,
      'git@git.example:other.git',
      'git@git.example:other.git',
      'dev',
    ],
    [
      'ref source of the values file of a chart',
      chartAndValues,
      'helmvalues:/apps/web/values.yaml',
      undefined,
      valuesSource.repoURL,
      'prod',
    ],
    [
      'ref source, relative path',
      chartAndValues,
      'helmvalues:apps/web/values.yaml',
      undefined,
      valuesSource.repoURL,
      'prod',
    ],
    [
      'git-repository spelt otherwise',
      chartAndValues,
      'helmvalues:/x.yaml',
      'https://git.example/deploy',
      'https://git.example/deploy',
      'prod',
    ],
    [
      'ref source of the values file of a Git chart',
      bothGit,
      'helmvalues:/apps/web/values.yaml',
      undefined,
      valuesSource.repoURL,
      'prod',
    ],
    [
      'the source where the file is not referenced',
      bothGit,
      'helmvalues:/other.yaml',
      undefined,
      gitSource.repoURL,
      'main',
    ],
    [
      'dry source',
      anApplication({ sourceKind: 'hydrator', sources: [{ ...gitSource, helm }] }),
      undefined,
      undefined,
      gitSource.repoURL,
      'main',
    ],
  ])('%s', (_, app, target, gitRepository, repoURL, revision) => {
    expect(locate(app, target, gitRepository)).toEqual({ repoURL, revision });
  });

  it('stays with the source whose own value file has the same path', () => {
    const own = {
      ...gitSource,
      path: '',
      helm: { parameters: [], valueFiles: ['apps/web/values.yaml', valuesFile] },
    };

    expect(
      locate(multi([own, valuesSource], ['Helm', '']), 'helmvalues:/apps/web/values.yaml'),
    ).toMatchObject({ repoURL: own.repoURL });
  });

  it('knows no branch of a repository that no source has, for a chart', () => {
    expect(
      locate(anApplication({ sources: [chartSource] }), 'helmvalues:/v.yaml', 'https://git.example/x'),
    ).toEqual({
      repoURL: 'https://git.example/x',
    });
  });

  it.each([
    [
      '#26 chart without target',
      chartAndValues,
      undefined,
      undefined,
      'argocd-image-updater.argoproj.io/write-back-target: helmvalues:/apps/web/values.yaml',
    ],
    [
      '#26 chart without target but with a repository',
      anApplication({ sources: [chartSource] }),
      undefined,
      'https://g/x',
      'write-back-target: helmvalues:/path/to/values.yaml',
    ],
    [
      'chart without repository',
      anApplication({ sources: [chartSource] }),
      'helmvalues:/v.yaml',
      undefined,
      'argocd-image-updater.argoproj.io/git-repository',
    ],
    [
      'source that is only referenced',
      anApplication({ sources: [valuesSource] }),
      undefined,
      undefined,
      'never reads',
    ],
    [
      'source without repoURL',
      anApplication({ sources: [{ ...gitSource, repoURL: '' }] }),
      undefined,
      undefined,
      'no repoURL',
    ],
    [
      'git-repository that is no URL',
      anApplication(),
      undefined,
      'my repo',
      'git-repository "my repo": expected https://, ssh://, user@host:path or an absolute path',
    ],
    [
      'git-repository that may hold a password, without quoting it',
      anApplication(),
      undefined,
      'hunter2@host/x',
      'git-repository: expected https://',
    ],
  ])('refuses %s and says what to add', (_, app, target, gitRepository, remedy) => {
    expect(locate(app, target, gitRepository)).toContain(remedy);
  });
});
