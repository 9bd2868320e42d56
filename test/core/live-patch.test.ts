import { describe, expect, it } from 'vitest';
import { livePatch } from '../../src/core/live-patch.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import type { LiveIntention } from '../../src/core/plan.ts';
import { anApplication } from './builders.ts';

const repoURL = 'https://git.example.com/ops/deploy.git';

function helm(changes: Partial<LiveIntention> = {}): LiveIntention {
  const parameters = [
    { name: 'image.name', value: 'ghcr.io/acme/web', forceString: true },
    { name: 'image.tag', value: '2.1.0', forceString: true },
  ];
  const app = anApplication();
  return {
    kind: 'argocd',
    app,
    key: 'argocd/shop',
    sourceIndex: 0,
    edit: { kind: 'helm', parameters },
    changes: [],
    ...changes,
  };
}

function live(source: object): unknown {
  return { spec: { source: { repoURL, ...source } } };
}

describe('patches of live Applications', () => {
  it('replaces the list under a test of what was read, and keeps every other entry', () => {
    const parameters = [
      { name: 'image.tag', value: '2.0.0' },
      { name: 'replicas', value: '3' },
    ];

    expect(livePatch(helm(), live({ helm: { parameters } }))).toEqual([
      { op: 'test', path: '/spec/source/repoURL', value: repoURL },
      { op: 'test', path: '/spec/source/helm/parameters', value: parameters },
      {
        op: 'replace',
        path: '/spec/source/helm/parameters',
        value: [
          { name: 'image.tag', value: '2.1.0', forceString: true },
          { name: 'replicas', value: '3' },
          { name: 'image.name', value: 'ghcr.io/acme/web', forceString: true },
        ],
      },
    ]);
  });

  it('adds the block where there is none, under a test of the source', () => {
    const operations = livePatch(helm(), live({ path: 'apps/shop' }));

    expect(operations.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'test /spec/source/repoURL',
      'test /spec/source',
      'add /spec/source/helm',
    ]);
  });

  it('adds the list where the block has none', () => {
    const operations = livePatch(helm(), live({ helm: { valueFiles: ['prod.yaml'] } }));

    expect(operations.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'test /spec/source/repoURL',
      'test /spec/source/helm',
      'add /spec/source/helm/parameters',
    ]);
  });

  it('sends nothing where nothing differs', () => {
    const parameters = [
      { name: 'image.name', value: 'ghcr.io/acme/web' },
      { name: 'image.tag', value: '2.1.0' },
    ];
    expect(livePatch(helm(), live({ helm: { parameters } }))).toEqual([]);
  });

  it('counts the last of several values wanted for one name', () => {
    const wanted = [
      { name: 'image.name', value: 'ghcr.io/acme/web', forceString: true },
      { name: 'image.name', value: 'ghcr.io/acme/api', forceString: true },
    ];
    const intention = helm({ edit: { kind: 'helm', parameters: wanted } });

    expect(livePatch(intention, live({ helm: { parameters: [wanted[1]] } }))).toEqual([]);
    expect(livePatch(intention, live({ helm: { parameters: [wanted[0]] } })).at(-1)).toMatchObject({
      value: [wanted[1]],
    });
  });

  it('names the source of a multi-source application by index', () => {
    const source = { repoURL, path: 'a', targetRevision: 'main' };
    const app = anApplication({
      sourceKind: 'multi',
      sources: [{ ...source, repoURL: 'https://charts.example.com' }, source],
    });
    const object = { spec: { sources: [{ repoURL: 'https://charts.example.com' }, { repoURL }] } };

    const [guard] = livePatch(helm({ app, sourceIndex: 1 }), object);

    expect(guard).toEqual({ op: 'test', path: '/spec/sources/1/repoURL', value: repoURL });
  });

  it('refuses a source that is another one by now', () => {
    expect(() =>
      livePatch(helm(), { spec: { source: { repoURL: 'https://git.example.com/other.git' } } }),
    ).toThrow(Failed);
    expect(() => livePatch(helm(), { spec: {} })).toThrow(Failed);
  });

  it('rewrites kustomize images by name', () => {
    const images = ['web=ghcr.io/acme/web:2.1.0'];
    const intention = helm({ edit: { kind: 'kustomize', images } });

    expect(
      livePatch(intention, live({ kustomize: { images: ['web=ghcr.io/acme/web:2.0.0', 'nginx:1'] } })).at(-1),
    ).toEqual({
      op: 'replace',
      path: '/spec/source/kustomize/images',
      value: ['web=ghcr.io/acme/web:2.1.0', 'nginx:1'],
    });
    expect(livePatch(intention, live({ kustomize: { images } }))).toEqual([]);
  });
});
