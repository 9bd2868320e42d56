import { describe, expect, it } from 'vitest';
import type { AppConfig, TrackedImage, WriteTarget } from '../../src/core/config/annotations.ts';
import type { ApplicationSource, SourceType } from '../../src/core/config/application.ts';
import type { Decision } from '../../src/core/decide/decision.ts';
import { configFailure } from '../../src/core/base/outcome.ts';
import { planApplication } from '../../src/core/plan.ts';
import type { TargetEdit } from '../../src/core/edit/edit.ts';
import { aRef, anApplication, anImage } from './builders.ts';

const digest = `sha256:${'b'.repeat(64)}`;
const trace = { dropped: [] };

function updated(image: TrackedImage, from: string | undefined, to: string): Decision {
  const { index, alias, entry } = image;
  const parts = { index, alias, entry, trace, kind: 'update', image, to: aRef(to) } as const;
  return from === undefined ? parts : { ...parts, from: aRef(from) };
}

function current(image: TrackedImage, at: string): Decision {
  const { index, alias, entry } = image;
  return { index, alias, entry, trace, kind: 'current', image, at: aRef(at) };
}

function config(
  target: WriteTarget,
  sourceType: SourceType,
  source: Partial<ApplicationSource> = {},
): AppConfig {
  const app = anApplication({
    sources: [
      {
        repoURL: 'https://git.example.com/ops/deploy.git',
        path: 'apps/shop',
        targetRevision: 'main',
        ...source,
      },
    ],
  });
  const writeBack = {
    kind: 'git',
    repoURL: 'https://git.example.com/ops/deploy.git',
    credentials: { kind: 'repocreds' },
    target,
    sourceIndex: 0,
  } as const;
  return { app, images: [], writeBack: { ok: true, value: writeBack }, sourceType, warnings: [] };
}

function editOf(appConfig: AppConfig, decisions: readonly Decision[]): TargetEdit {
  const plan = planApplication(appConfig, decisions);
  if (plan.kind !== 'git') throw new Error(plan.kind === 'failed' ? plan.failure.message : plan.kind);
  return plan.edit;
}

const web = anImage();
const api = anImage({
  alias: 'api',
  entry: 'api=ghcr.io/acme/api',
  index: 1,
  ref: aRef('ghcr.io/acme/api'),
  helm: { spec: 'api.image' },
});
const override: WriteTarget = { kind: 'override', path: 'apps/shop/.argocd-source-shop.yaml' };

describe('plans', () => {
  it('write nothing unless an image is updated', () => {
    expect(planApplication(config(override, 'Helm'), [current(web, 'ghcr.io/acme/web:1')])).toEqual({
      kind: 'nothing',
    });
  });

  it('O-14 hold the parameters of the spec, updated and current images in order', () => {
    const parameters = [
      { name: 'replicas', value: '3', forceString: false },
      { name: 'image.tag', value: '1', forceString: false },
    ];
    const appConfig = config(override, 'Helm', { helm: { parameters, valueFiles: [] } });

    const edit = editOf(appConfig, [
      current(web, 'ghcr.io/acme/web:1'),
      updated(api, 'ghcr.io/acme/api:1', 'ghcr.io/acme/api:2'),
    ]);

    expect(edit).toEqual({
      kind: 'override-helm',
      path: override.path,
      parameters: [
        { name: 'replicas', value: '3', forceString: false },
        { name: 'image.tag', value: '1', forceString: true },
        { name: 'image.name', value: 'ghcr.io/acme/web', forceString: true },
        { name: 'api.image', value: 'ghcr.io/acme/api:2', forceString: true },
      ],
    });
  });

  it('leave it to the file whether the spec has the version already (writeback.md 12 #28)', () => {
    const parameters = [{ name: 'image.tag', value: '2', forceString: true }];
    const appConfig = config(override, 'Helm', { helm: { parameters, valueFiles: [] } });

    const edit = editOf(appConfig, [updated(web, 'ghcr.io/acme/web:1', 'ghcr.io/acme/web:2')]);

    expect(edit).toMatchObject({ parameters: [{ name: 'image.tag', value: '2' }, { name: 'image.name' }] });
  });

  it('leave out a tag that is not known (writeback.md 12 #14)', () => {
    const edit = editOf(config(override, 'Helm'), [
      current(web, `ghcr.io/acme/web@${digest}`),
      updated(api, undefined, 'ghcr.io/acme/api:2'),
    ]);

    expect(edit).toMatchObject({ parameters: [{ name: 'image.name' }, { name: 'api.image' }] });
  });

  it.each([
    { helm: {}, keys: ['image.tag', 'image.name'] },
    { helm: { tag: 'web.tag' }, keys: ['web.tag'] },
    { helm: { name: 'web.image' }, keys: ['web.image'] },
    { helm: { name: 'web.image', tag: 'web.tag' }, keys: ['web.tag', 'web.image'] },
    { helm: { spec: 'web.ref', tag: 'web.tag' }, keys: ['web.ref'] },
  ])('write the values $keys for $helm', ({ helm, keys }) => {
    const target: WriteTarget = { kind: 'helmvalues', path: 'values.yaml' };

    const edit = editOf(config(target, 'Helm'), [
      updated(anImage({ helm }), undefined, 'ghcr.io/acme/web:2'),
    ]);

    expect(edit.kind === 'helmvalues' && edit.values.map(({ key }) => key)).toEqual(keys);
  });

  it('name kustomize images by annotation', () => {
    const image = anImage({ kustomizeName: aRef('web') });
    const decisions = [updated(image, undefined, `ghcr.io/acme/web:2@${digest}`)];
    const source = { kustomize: { images: ['web=ghcr.io/acme/web:1', 'nginx:1'] } };

    expect(editOf(config(override, 'Kustomize', source), decisions)).toMatchObject({
      images: [`web=ghcr.io/acme/web:2@${digest}`, 'nginx:1'],
    });
    expect(
      editOf(config({ kind: 'kustomization', directory: 'base' }, 'Kustomize', source), decisions),
    ).toMatchObject({
      images: [
        { name: 'web', named: true, newName: 'ghcr.io/acme/web', tag: '2', digest },
        { name: 'nginx', newName: 'nginx', tag: '1' },
      ],
    });
  });

  it('tell changes with digests before tags, and nothing of an unknown old version', () => {
    const plan = planApplication(config(override, 'Helm'), [
      updated(web, 'ghcr.io/acme/web:1', `ghcr.io/acme/web:2@${digest}`),
      updated(api, undefined, 'ghcr.io/acme/api:2'),
    ]);

    expect(plan).toMatchObject({
      changes: [
        { alias: 'web', name: 'acme/web', fullName: 'ghcr.io/acme/web', oldTag: '1', newTag: digest },
        { alias: 'api', oldTag: '', newTag: '2' },
      ],
    });
  });

  it('fail with the annotation that is wrong', () => {
    const wrong = {
      ...config(override, 'Helm'),
      writeBack: { ok: false, failure: configFailure('no', 'write-back-method') } as const,
    };

    expect(planApplication(wrong, [updated(web, undefined, 'ghcr.io/acme/web:2')])).toMatchObject({
      kind: 'failed',
      failure: { annotation: 'write-back-method' },
    });
  });

  it('11-23 let two aliases of one image share the key of its name', () => {
    const one = anImage({ helm: { tag: 'a.tag' } });
    const other = anImage({ alias: 'b', entry: 'b=ghcr.io/acme/web', index: 1, helm: { tag: 'b.tag' } });

    const edit = editOf(config(override, 'Helm'), [
      current(one, 'ghcr.io/acme/web:1'),
      updated(other, undefined, 'ghcr.io/acme/web:2'),
    ]);

    expect(edit).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'a.tag', value: '1' }),
        expect.objectContaining({ name: 'b.tag', value: '2' }),
        expect.objectContaining({ name: 'image.name', value: 'ghcr.io/acme/web' }),
      ]) as unknown,
    });
  });

  it('refuse two images that want different values for one key', () => {
    const other = anImage({ alias: 'b', entry: 'b=ghcr.io/acme/web', index: 1 });

    const plan = planApplication(config(override, 'Helm'), [
      updated(web, undefined, 'ghcr.io/acme/web:1'),
      updated(other, undefined, 'ghcr.io/acme/web:2'),
    ]);

    expect(plan).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('image.tag') as unknown },
    });
  });

  it('fault H4: leave out kustomize images of which no version is known', () => {
    const target: WriteTarget = { kind: 'kustomization', directory: 'apps/shop' };

    const edit = editOf(config(target, 'Kustomize'), [
      current(web, 'ghcr.io/acme/web'),
      updated(api, undefined, 'ghcr.io/acme/api:2'),
    ]);

    expect(edit).toMatchObject({
      kind: 'kustomization',
      directory: 'apps/shop',
      images: [
        { name: 'ghcr.io/acme/api', named: false, newName: 'ghcr.io/acme/api', alias: 'api', tag: '2' },
      ],
    });
  });

  describe('fault C1: one name key for two images', () => {
    const named = (alias: string, index: number, helm: TrackedImage['helm']): TrackedImage =>
      anImage({
        alias,
        entry: `${alias}=ghcr.io/acme/${alias}`,
        index,
        ref: aRef(`ghcr.io/acme/${alias}`),
        helm,
      });
    const both = (
      one: TrackedImage['helm'],
      other: TrackedImage['helm'],
      tags: readonly [string, string],
    ) => [
      updated(named('one', 0, one), undefined, `ghcr.io/acme/one:${tags[0]}`),
      updated(named('two', 1, other), undefined, `ghcr.io/acme/two:${tags[1]}`),
    ];
    const values: WriteTarget = { kind: 'helmvalues', path: 'apps/shop/values.yaml' };
    const filler = both({ name: 'not.used', tag: 'a' }, { name: 'not.used', tag: 'b' }, ['1', '2']);

    it('goes to the last of them in parameters', () => {
      expect(editOf(config(override, 'Helm'), filler)).toMatchObject({
        parameters: [
          { name: 'not.used', value: 'ghcr.io/acme/two' },
          { name: 'a', value: '1' },
          { name: 'b', value: '2' },
        ],
      });
    });

    it('goes to the last of them in a values file, once', () => {
      expect(editOf(config(values, 'Helm'), filler)).toMatchObject({
        values: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
          { key: 'not.used', value: 'ghcr.io/acme/two' },
        ],
      });
    });

    it.each<[string, WriteTarget, TrackedImage['helm'], TrackedImage['helm'], readonly [string, string]]>([
      ['the tag key is shared too', override, { name: 'n', tag: 't' }, { name: 'n', tag: 't' }, ['1', '1']],
      ['the tag key is shared', override, { name: 'n', tag: 't' }, { name: 'm', tag: 't' }, ['1', '2']],
      ['the default tag is shared', override, { name: 'n' }, { name: 'n' }, ['1', '1']],
      ['no tag is written beside it', values, { name: 'n' }, { name: 'n' }, ['1', '2']],
      [
        "it is the other one's tag key",
        override,
        { name: 'n', tag: 'x' },
        { name: 'm', tag: 'n' },
        ['1', '2'],
      ],
      ["it is the other one's spec key", values, { name: 'n', tag: 'x' }, { spec: 'n' }, ['1', '2']],
      ['a spec key is shared', values, { spec: 's' }, { spec: 's' }, ['1', '1']],
    ])('stays refused where %s', (_, target, one, other, tags) => {
      expect(planApplication(config(target, 'Helm'), both(one, other, tags))).toMatchObject({
        kind: 'failed',
        failure: { message: expect.stringContaining('want different values for') },
      });
    });
  });

  it('let the last default name win beside annotated tags, as 0.18 does', () => {
    const first = anImage({ helm: { tag: 'web.tag' } });
    const second = anImage({
      alias: 'api',
      index: 1,
      ref: aRef('ghcr.io/acme/api'),
      helm: { tag: 'api.tag' },
    });

    const edit = editOf(config(override, 'Helm'), [
      updated(first, undefined, 'ghcr.io/acme/web:1'),
      updated(second, undefined, 'ghcr.io/acme/api:2'),
    ]);

    expect(edit).toMatchObject({
      parameters: [
        { name: 'image.name', value: 'ghcr.io/acme/api' },
        { name: 'web.tag', value: '1' },
        { name: 'api.tag', value: '2' },
      ],
    });
  });
});
