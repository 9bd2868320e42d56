/** Kustomizations and manifests that Argo CD does not build an Application from: fault C3. */
import { describe, expect, it } from 'vitest';
import { targetDoubts } from '../../../src/app/repository/target-effect.ts';
import type { ApplicationSource } from '../../../src/core/config/application.ts';
import type { TargetEdit } from '../../../src/core/edit/edit.ts';
import { folderReads } from '../../../src/core/edit/folder-reads.ts';
import type { TargetContent } from '../../../src/ports/git.ts';
import { anApplication } from '../../core/builders.ts';
import { filesInPlace } from '../../fakes/file-work.ts';

const repoURL = 'https://git.example.com/ops/deploy.git';
const shop: ApplicationSource = { repoURL, path: 'apps/shop', targetRevision: 'main' };
const deployment = 'spec: {containers: [{image: "ghcr.io/acme/web:1.0.0"}]}\n';

type Files = Readonly<Record<string, string>>;

interface Built {
  readonly sources?: readonly ApplicationSource[];
  readonly types?: readonly string[];
}

function editOf(
  kind: 'kustomization' | 'manifests',
  { sources = [shop], types = ['Kustomize'] }: Built,
): TargetEdit {
  const app = anApplication({ sources, status: { sourceTypes: types, images: [] } });
  const reads = folderReads(app, repoURL);
  const read = reads === undefined ? {} : { reads };
  if (kind === 'kustomization') return { kind, directory: 'overlays/prod', images: [], ...read };
  const image = { alias: 'web', registry: 'ghcr.io', repository: 'acme/web', tag: '1.1.0' };
  return { kind, images: [image], paths: ['deploy'], recurse: false, include: '', exclude: '', ...read };
}

async function told(edit: TargetEdit, files: Files): Promise<readonly string[]> {
  const content = (path: string): TargetContent | null => {
    const text = files[path];
    return text === undefined ? null : { kind: 'file', bytes: Buffer.from(text), executable: false };
  };
  const repository = {
    read: async (_: string, paths: readonly string[]) => new Map(paths.map((path) => [path, content(path)])),
    list: async () => [],
  };
  const folder = edit.kind === 'manifests' ? 'deploy/' : 'overlays/prod/';
  const targets = { 'overlays/prod/kustomization.yaml': 'images: []\n', ...files };
  const texts = new Map(Object.entries(targets).filter(([path]) => path.startsWith(folder)));
  const { signal } = new AbortController();
  const doubts = await targetDoubts(
    repository,
    'c0ffee',
    edit,
    { texts, executable: new Set() },
    { files: filesInPlace, signal },
  );
  return doubts.map(({ message }) => message);
}

const kustomization = (lines: string): Files => ({ 'apps/shop/kustomization.yaml': lines });

describe('fault C3: a kustomization that the source', () => {
  it.each<[string, Built, Files]>([
    ['is', { sources: [{ ...shop, path: 'overlays/prod' }] }, {}],
    ['is, by another spelling', { sources: [{ ...shop, path: './overlays//prod/' }] }, {}],
    ['names among its resources', {}, kustomization('resources: [../../overlays/prod]\n')],
    ['names among its bases', {}, kustomization('bases:\n- ../../overlays/prod/\n')],
    [
      'reaches through a base of a component',
      {},
      {
        ...kustomization('components: [../parts]\n'),
        'apps/parts/Kustomization': 'resources: [../../bases/web]\n',
        'bases/web/kustomization.yml': 'resources: [../../overlays/prod]\n',
      },
    ],
    [
      'names by its URL',
      {},
      kustomization('resources: ["https://git.example.com/ops/deploy//overlays/prod?ref=main"]\n'),
    ],
    [
      'adds as a component',
      { sources: [{ ...shop, kustomize: { images: [], components: ['../../overlays/prod'] } }] },
      {},
    ],
    ['may name, as a plugin', { sources: [{ ...shop, plugin: true }] }, {}],
    ['leads away from further than anybody looks', {}, endlessChain(9)],
    [
      'or another source names',
      { sources: [shop, { ...shop, path: 'overlays/prod' }], types: ['Helm', 'Kustomize'] },
      {},
    ],
  ])('%s is told nothing of', async (_, built, files) => {
    expect(await told(editOf('kustomization', built), files)).toEqual([]);
  });

  it.each<[string, Built, Files, string]>([
    [
      'does not name',
      {},
      kustomization('resources: [../base, deployment.yaml]\n'),
      'it uses the kustomization in apps/shop, and what that names',
    ],
    [
      'names in a list of images alone',
      {},
      kustomization('images: [{name: ../../overlays/prod}]\n'),
      'the kustomization in apps/shop',
    ],
    [
      'does not name in a circle',
      {},
      kustomization('resources: [../shop, .]\n'),
      'the kustomization in apps/shop',
    ],
    ['cannot have, being a chart', { types: ['Helm'] }, {}, 'it uses the chart in apps/shop'],
    [
      'cannot have, being plain',
      { types: ['Directory'] },
      {},
      'it uses the manifests in apps/shop, without folders below it',
    ],
    [
      'has no kustomization to name with, whatever its type',
      { types: [''] },
      {},
      'it uses what is in apps/shop',
    ],
    [
      'would name in a broken file',
      {},
      kustomization('resources: [../../overlays/prod\n'),
      'the kustomization in apps/shop',
    ],
  ])('%s is told', async (_, built, files, used) => {
    expect(await told(editOf('kustomization', built), files)).toEqual([
      expect.stringMatching(
        /^the kustomization in overlays\/prod is written, but Argo CD does not build from it: /,
      ),
    ]);
    expect((await told(editOf('kustomization', built), files))[0]).toContain(used);
  });

  function endlessChain(length: number): Files {
    return Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `${i === 0 ? 'apps/shop' : `apps/n${i}`}/kustomization.yaml`,
        `resources: [../n${i + 1}]\n`,
      ]),
    );
  }
});

describe('fault C3: manifests that the source', () => {
  const files = { 'deploy/web.yaml': deployment };
  it.each<[string, Built, Files]>([
    ['is', { sources: [{ ...shop, path: 'deploy' }], types: ['Directory'] }, files],
    [
      'is, at the root',
      { sources: [{ ...shop, path: '.', directory: { recurse: true, include: '', exclude: '' } }] },
      files,
    ],
    ['names among its resources', {}, { ...files, ...kustomization('resources: [../../deploy/web.yaml]\n') }],
    ['names as a patch', {}, { ...files, ...kustomization('patches: [{path: ../../deploy/web.yaml}]\n') }],
    ['may read, as a chart', { sources: [{ ...shop, path: 'deploy' }], types: ['Helm'] }, files],
    ['may be', { sources: [{ ...shop, path: 'deploy' }], types: [''] }, files],
    [
      'has in part',
      { sources: [{ ...shop, path: 'deploy' }], types: ['Directory'] },
      { ...files, 'deploy/b/web.yaml': deployment },
    ],
  ])('%s are told nothing of', async (_, built, all) => {
    expect(await told(editOf('manifests', built), all)).toEqual([]);
  });

  it.each<[string, Built, Files, string]>([
    [
      'is not',
      { types: ['Directory'] },
      files,
      'deploy/web.yaml is written, but Argo CD does not apply it: it uses the manifests in apps/shop',
    ],
    [
      'has below it alone',
      { sources: [{ ...shop, path: 'deploy' }], types: ['Directory'] },
      { 'deploy/b/web.yaml': deployment },
      'without folders below it',
    ],
    [
      'does not name',
      { sources: [{ ...shop, path: 'deploy' }] },
      { ...files, 'deploy/kustomization.yaml': 'resources: [other.yaml]\n' },
      'it uses the kustomization in deploy, and what that names',
    ],
    [
      'has none of',
      { types: ['Directory'] },
      Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`deploy/${i}.yaml`, deployment])),
      'deploy/0.yaml, deploy/1.yaml, deploy/2.yaml and 2 more are written, but Argo CD does not apply them',
    ],
  ])('%s are told', async (_, built, all, text) => {
    const [warning, ...others] = await told(editOf('manifests', built), all);

    expect(others).toEqual([]);
    expect(warning).toContain(text);
  });
});
