import { describe, expect, it } from 'vitest';
import { livePatch } from '../../src/core/live-patch.ts';
import { Failed } from '../../src/core/base/outcome.ts';
import type { LiveIntention } from '../../src/core/plan.ts';
import { anApplication } from './builders.ts';

const repoURL = 'https://git.example.com/ops/deploy.git';

function helm(changes: Partial<LiveIntention> = {}): LiveIntention {
  const app = anApplication();
  return {
    kind: 'argocd',
    app,
    key: 'argocd/shop',
    sourceIndex: 0,
    edit: { kind: 'helm', parameters: wantedParameters },
    changes: [],
    ...changes,
  };
}

const wantedParameters = [
  { name: 'image.name', value: 'ghcr.io/acme/web', forceString: true },
  { name: 'image.tag', value: '2.1.0', forceString: true },
];

/** Nothing that can be spelled in two ways. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string' || Object.values(item as object).every(isScalar));
  }
  return isScalar(value);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean';
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

  it('adds the block where there is none, under a test that there is none', () => {
    const operations = livePatch(helm(), live({ path: 'apps/shop' }));

    expect(operations.slice(1)).toEqual([
      { op: 'test', path: '/spec/source/helm', value: null },
      { op: 'add', path: '/spec/source/helm', value: { parameters: wantedParameters } },
    ]);
  });

  it('adds the list where the block has none', () => {
    const operations = livePatch(helm(), live({ helm: { valueFiles: ['prod.yaml'] } }));

    expect(operations.slice(1)).toEqual([
      { op: 'test', path: '/spec/source/helm/parameters', value: null },
      { op: 'add', path: '/spec/source/helm/parameters', value: wantedParameters },
    ]);
  });

  it.each([
    ['no list', { values: 'a: &x 1', valuesObject: { big: 2 ** 60, deep: { rate: 1.5 } } }],
    ['a list', { valuesObject: { big: 2 ** 60 }, parameters: [{ name: 'image.tag', value: '2.0.0' }] }],
  ])('fault D1: tests nothing but texts, booleans and lists of them, with %s', (_, block) => {
    const tested = livePatch(helm(), live({ helm: block })).flatMap((operation) =>
      operation.op === 'test' ? [operation.value] : [],
    );

    expect(tested.every(isPlain)).toBe(true);
  });

  it('fault C12: leaves a parameter of somebody else as it is written', () => {
    const theirs = [{ name: 'a', value: '1' }, { name: 'b', value: '2', forceString: false }, { name: 'c' }];

    const written = livePatch(helm(), live({ helm: { parameters: theirs } })).at(-1);

    expect(written).toMatchObject({ value: [...theirs, ...wantedParameters] });
    expect(JSON.stringify(written)).toContain(JSON.stringify(theirs).slice(1, -1));
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
