/** What is written, by write-format, keys and target: one row a cell of spec/policies.md 8.1. */
import { describe, expect, it } from 'vitest';
import { applyEdit, type TargetTexts } from '../../src/core/apply-edit.ts';
import { type AppConfig, readConfig, type TrackedImage } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { heldVersion } from '../../src/core/current.ts';
import { deciding } from '../../src/core/decide/decide.ts';
import type { Decision } from '../../src/core/decide/decision.ts';
import type { KnownVersion } from '../../src/core/decide/live.ts';
import { stepBackInGit } from '../../src/core/held-back.ts';
import { livePatch } from '../../src/core/live-patch.ts';
import { type Plan, planApplication } from '../../src/core/plan.ts';
import { tagRule } from '../../src/core/version/tag-rule.ts';
import { anApplication } from './applications.ts';
import { aRef, valueOf } from './builders.ts';

const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };
const old = `sha256:${'a'.repeat(64)}`;
const S = `sha256:${'5c'.repeat(32)}`;

type Annotations = Readonly<Record<string, string>>;

function configOf(annotations: Annotations, more: Partial<Application> = {}): AppConfig {
  const all = { 'image-list': 'web=reg.example/web:~2.1', 'write-back-method': 'git', ...annotations };
  const types =
    annotations['write-back-target'] === undefined && more.sources?.[0]?.kustomize !== undefined
      ? ['Kustomize']
      : ['Helm'];
  return readConfig(anApplication({ annotations: all, types, ...more }), options);
}

function imageOf({ images }: AppConfig): TrackedImage {
  const [configured] = images;
  if (configured === undefined) throw new Error('no image');
  return valueOf(configured.image);
}

interface World {
  readonly tags?: readonly string[];
  /** What a tag names; those that are missing are not there. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Digest that the running tag was first seen with. */
  readonly recorded?: string | undefined;
}

/** The decision, and the tags whose digest was asked for. */
function decide(
  image: TrackedImage,
  live: KnownVersion,
  { tags = ['2.1.4', '2.1.5'], digests = { '2.1.4': old, '2.1.5': S }, recorded }: World = {},
): { readonly decision: Decision; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const answer = { ok: true, value: { kind: 'tags', tags } } as const;
  const work = deciding(image, live, answer, valueOf(tagRule(image.filter)), { recorded });
  let step = work.next();
  while (step.done !== true) {
    if (step.value === undefined) {
      step = work.next();
      continue;
    }
    const tag = step.value.candidate.tag ?? '';
    asked.push(tag);
    step = work.next({ digest: digests[tag] ?? null });
  }
  return { decision: step.value, asked };
}

function running(version: string): KnownVersion {
  return version === '' ? { kind: 'unversioned' } : { kind: 'live', ref: aRef(`reg.example/web${version}`) };
}

function edited(plan: Plan, texts: TargetTexts): string | undefined {
  if (plan.kind === 'failed') return plan.failure.message;
  if (plan.kind !== 'git') throw new Error(plan.kind);
  return valueOf(applyEdit(plan.edit, texts))[0]?.text;
}

/** Writes 2.1.5 over the file, and says whether what it holds then is current. */
function written(annotations: Annotations, path: string, before: string, world: World = {}) {
  const config = configOf(annotations);
  const image = imageOf(config);
  const { decision } = decide(image, running(':2.1.4'), world);
  const plan = planApplication(config, [decision]);
  const after = edited(plan, new Map([[path, before]]));
  if (plan.kind !== 'git') throw new Error('nothing planned');
  const held = heldVersion(config, image, plan.edit, new Map([[path, after ?? before]]));
  return { after, isCurrent: decide(image, held, world).decision.kind === 'current' };
}

const values = { 'write-back-target': 'helmvalues' };
const tagKey = { 'web.helm.image-tag': 'tag' };
const both = { ...tagKey, 'web.helm.image-digest': 'digest' };
const digestKey = { 'web.helm.image-digest': 'digest' };
const specKey = { 'web.helm.image-spec': 'image' };
const valuesFile = 'apps/web/values.yaml';
const manifest = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;
const manifests = { 'write-back-target': 'manifests' };
const kustomization = { 'write-back-target': 'kustomization' };
const form = (value: string) => ({ 'web.write-format': value });

describe('values files', () => {
  it.each<[string, Annotations, string, string]>([
    ['tag, image-tag', { ...tagKey, ...form('tag') }, 'tag: 2.1.4\n', 'tag: 2.1.5\n'],
    [
      'tag@digest, image-tag',
      { ...tagKey, ...form('tag@digest') },
      'tag: "2.1.4" # kept\n',
      `tag: "2.1.5@${S}" # kept\n`,
    ],
    [
      'WF-06 tag, both keys',
      { ...both, ...form('tag') },
      `tag: "2.1.4" # kept\ndigest: ${old}\n`,
      'tag: "2.1.5" # kept\ndigest: ""\n',
    ],
    ['tag, both keys, none there', { ...both, ...form('tag') }, 'tag: 2.1.4\n', 'tag: 2.1.5\n'],
    ['tag, both keys, empty', { ...both, ...form('tag') }, 'tag: 2.1.4\ndigest:\n', 'tag: 2.1.5\ndigest:\n'],
    [
      'tag@digest, both keys',
      both,
      `tag: "2.1.4" # kept\ndigest: ${old}\n`,
      `tag: "2.1.5" # kept\ndigest: ${S}\n`,
    ],
    ['WF-05 tag@digest, created', both, 'tag: 2.1.4\n', `tag: 2.1.5\ndigest: ${S}\n`],
    [
      'WF-05 tag@digest, nested and created',
      { 'web.helm.image-tag': 'image.tag', 'web.helm.image-digest': 'image.digest' },
      'image:\n  tag: 2.1.4\nother: 1\n',
      `image:\n  tag: 2.1.4\n  digest: ${S}\nother: 1\n`.replace('2.1.4', '2.1.5'),
    ],
    [
      'digest, both keys',
      { ...both, ...form('digest') },
      `tag: 2.1.4\ndigest: ${old}\n`,
      `tag: 2.1.4\ndigest: ${S}\n`,
    ],
    [
      'tag@digest, image-digest only',
      digestKey,
      `tag: 2.1.4\ndigest: ${old}\n`,
      `tag: 2.1.4\ndigest: ${S}\n`,
    ],
    [
      'digest, image-digest only',
      { ...digestKey, ...form('digest') },
      `digest: '${old}'\n`,
      `digest: '${S}'\n`,
    ],
    [
      'tag, image-spec',
      { ...specKey, ...form('tag') },
      'image: reg.example/web:2.1.4\n',
      'image: reg.example/web:2.1.5\n',
    ],
    [
      'tag@digest, image-spec',
      { ...specKey, ...form('tag@digest') },
      'image: reg.example/web:2.1.4\n',
      `image: reg.example/web:2.1.5@${S}\n`,
    ],
    [
      'digest, image-spec',
      { ...specKey, ...form('digest') },
      'image: reg.example/web:2.1.4\n',
      `image: reg.example/web@${S}\n`,
    ],
  ])('%s', (_row, annotations, before, after) => {
    expect(written({ ...values, ...annotations }, valuesFile, before)).toEqual({ after, isCurrent: true });
  });
});

describe('kustomizations and manifests', () => {
  const list = (lines: readonly string[]) =>
    `images:\n${['- name: reg.example/web', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;

  it.each<[string, readonly string[], readonly string[]]>([
    ['tag', ['newTag: 2.1.4'], ['newTag: 2.1.5']],
    ['tag', [`digest: ${old}`], ['newTag: 2.1.5']],
    ['tag@digest', ['newTag: 2.1.4'], ['newTag: 2.1.5', `digest: ${S}`]],
    ['tag@digest', ['newTag: 2.1.4', `digest: ${old}`], ['newTag: 2.1.5', `digest: ${S}`]],
    ['digest', ['newTag: 2.1.4'], [`digest: ${S}`]],
    ['digest', [`digest: ${old}`], [`digest: ${S}`]],
  ])('WF-04: kustomization, %s, over %j', (format, before, after) => {
    const path = 'apps/web/kustomization.yaml';
    expect(written({ ...kustomization, ...form(format) }, path, list(before))).toEqual({
      after: list(after),
      isCurrent: true,
    });
  });

  it.each([
    ['tag', 'reg.example/web:2.1.4', 'reg.example/web:2.1.5'],
    ['tag@digest', 'reg.example/web:2.1.4', `reg.example/web:2.1.5@${S}`],
    ['digest', `reg.example/web:2.1.4@${old}`, `reg.example/web@${S}`],
  ])('WF-10: manifests, %s, over %s', (format, before, after) => {
    const path = 'apps/web/pod.yaml';
    expect(written({ ...manifests, ...form(format) }, path, manifest(before))).toEqual({
      after: manifest(after),
      isCurrent: true,
    });
  });
});

describe('the override file and the live Application', () => {
  type Parameters = readonly (readonly [string, string])[];
  const parameters = (list: Parameters) => list.map(([name, value]) => ({ name, value, forceString: true }));
  const name = ['image.name', 'reg.example/web'] as const;

  it.each<[string, Annotations, Parameters, Parameters]>([
    ['tag', form('tag'), [['image.tag', '2.1.4']], [['image.tag', '2.1.5'], name]],
    ['tag@digest', form('tag@digest'), [], [name, ['image.tag', `2.1.5@${S}`]]],
    [
      'tag, both keys, a digest there',
      { ...both, ...form('tag') },
      [
        ['digest', old],
        ['tag', '2.1.4'],
      ],
      [['digest', ''], ['tag', '2.1.5'], name],
    ],
    ['tag, both keys, none there', { ...both, ...form('tag') }, [], [name, ['tag', '2.1.5']]],
    ['tag@digest, both keys', both, [], [name, ['tag', '2.1.5'], ['digest', S]]],
    [
      'digest, both keys',
      { ...both, ...form('digest') },
      [['tag', '2.1.4']],
      [['tag', '2.1.4'], name, ['digest', S]],
    ],
    ['tag@digest, image-digest only', digestKey, [], [['digest', S]]],
    ['digest, image-digest only', { ...digestKey, ...form('digest') }, [['digest', old]], [['digest', S]]],
    [
      'tag@digest, image-spec',
      { ...specKey, ...form('tag@digest') },
      [],
      [['image', `reg.example/web:2.1.5@${S}`]],
    ],
    ['digest, image-spec', { ...specKey, ...form('digest') }, [], [['image', `reg.example/web@${S}`]]],
  ])('WF-09: Helm parameters, %s', (_row, annotations, before, after) => {
    const config = configOf({ ...annotations, 'write-back-method': 'argocd' });
    const { decision } = decide(imageOf(config), running(':2.1.4'));
    const plan = planApplication(config, [decision]);
    if (plan.kind !== 'argocd') throw new Error(plan.kind);
    const source = (list: Parameters) => ({
      spec: { source: { repoURL: 'https://git.example/ops.git', helm: { parameters: parameters(list) } } },
    });
    const change = livePatch(plan, source(before)).at(-1);

    expect(change).toMatchObject({ path: '/spec/source/helm/parameters', value: parameters(after) });
    expect(livePatch(plan, source(after))).toEqual([]);
    const file = '.argocd-source-web.yaml';
    const inFile = (list: Parameters) =>
      `helm:\n  parameters:\n${list.map(([key, value]) => `  - name: ${key}\n    value: ${value === '' ? '""' : value}\n    forcestring: true\n`).join('')}`;
    const git = configOf(annotations);
    const edit = planApplication(git, [decision]);
    expect(edited(edit, new Map([[`apps/web/${file}`, before.length === 0 ? null : inFile(before)]]))).toBe(
      inFile(after),
    );
    const texts = new Map([[`apps/web/${file}`, inFile(after)]]);
    expect(edited(edit, texts)).toBeUndefined();
    if (edit.kind !== 'git') throw new Error(edit.kind);
    const held = heldVersion(git, imageOf(git), edit.edit, texts);
    expect(decide(imageOf(git), held).decision.kind).toBe('current');
  });

  it('a digest of the spec is emptied in the override file too', () => {
    const sources = [
      {
        repoURL: 'https://git.example/ops.git',
        path: 'apps/web',
        targetRevision: 'main',
        helm: { parameters: parameters([['digest', old]]) },
      },
    ];
    const config = configOf({ ...both, ...form('tag') }, { sources } as unknown as Partial<Application>);
    const { decision } = decide(imageOf(config), running(':2.1.4'));

    expect(edited(planApplication(config, [decision]), new Map())).toContain(
      '- name: digest\n    value: ""\n',
    );
  });

  it.each([
    ['tag', 'reg.example/web:2.1.5'],
    ['tag@digest', `reg.example/web:2.1.5@${S}`],
    ['digest', `reg.example/web@${S}`],
  ])('Kustomize images, %s', (format, expected) => {
    const sources = [
      {
        repoURL: 'https://git.example/ops.git',
        path: 'apps/web',
        targetRevision: 'main',
        kustomize: { images: [] },
      },
    ];
    const config = configOf({ ...form(format), 'write-back-method': 'argocd' }, { sources });
    const { decision } = decide(imageOf(config), running(':2.1.4'));

    expect(planApplication(config, [decision])).toMatchObject({
      edit: { kind: 'kustomize', images: [expected] },
    });
  });
});

describe('formats that the keys cannot hold', () => {
  it.each<[string, Annotations, string]>([
    [
      'WF-03',
      { ...values, ...tagKey, ...form('digest') },
      'a digest alone cannot stand behind name: in the key of a tag; give the digest its own key, web.helm.image-digest, or the whole image one, web.helm.image-spec',
    ],
    [
      'WF-03, parameters',
      form('digest'),
      'web.helm.image-digest, or the whole image one, web.helm.image-spec',
    ],
    [
      'a tag and a key for digests',
      { ...values, ...digestKey, ...form('tag') },
      'there is nothing to write, for digest is the key of a digest; give web.helm.image-tag',
    ],
    ['a word', form('both'), 'web.write-format "both": expected one of tag, digest, tag@digest'],
    [
      'strategy digest',
      { 'image-list': 'web=reg.example/web:main', 'web.update-strategy': 'digest', ...form('tag') },
      'expected digest or tag@digest',
    ],
    [
      'one key for two',
      { 'web.helm.image-digest': 'image.tag', 'web.helm.image-tag': 'image.tag' },
      'it is the key of the name or the tag too',
    ],
    [
      'a reaction',
      { 'web.on-moved-tag': 'ignore' },
      'web.on-moved-tag "ignore": expected one of warn, follow, hold',
    ],
  ])('%s', (_row, annotations, expected) => {
    const image = configOf(annotations).images[0]?.image;

    expect(image?.ok === false ? image.failure.message : 'read').toContain(expected);
  });
});

describe('what is current', () => {
  it.each<[string, Annotations, string, string, readonly string[]]>([
    ['WF-02: the digest is missing', form('tag@digest'), ':2.1.5', `update 2.1.5@${S}`, ['2.1.5']],
    ['WF-01: both are there', form('tag@digest'), `:2.1.5@${S}`, `current 2.1.5@${S}`, ['2.1.5']],
    ['the digest alone', { ...specKey, ...form('digest') }, `@${S}`, `current 2.1.5@${S}`, ['2.1.5']],
    ['another digest', { ...specKey, ...form('digest') }, `@${old}`, `update 2.1.5@${S}`, ['2.1.5']],
    ['8.2: a pin under format tag', {}, `:2.1.5@${old}`, `current 2.1.5@${old}`, []],
    ['WF-06: a digest key under format tag', { ...both, ...form('tag') }, `:2.1.5@${S}`, 'update 2.1.5', []],
    ['no digest is asked for without the annotation', {}, ':2.1.4', 'update 2.1.5', []],
  ])('%s', (_row, annotations, live, expected, asks) => {
    const { decision, asked } = decide(imageOf(configOf(annotations)), running(live));

    expect(outcome(decision)).toBe(expected);
    expect(asked).toEqual(asks);
  });

  it.each([
    [
      { ...specKey, ...form('digest'), 'keep-variant': 'true' },
      'a digest runs, so nothing tells the variant that keep-variant keeps',
    ],
    [
      {
        ...specKey,
        ...form('digest'),
        'keep-variant': 'true',
        'image-list': 'web=reg.example/web:2.1-alpine',
      },
      `update 2.1.5-alpine@${S}`,
    ],
  ])('WF-16: a digest tells no variant (%j)', (annotations, expected) => {
    const world = { tags: ['2.1.5', '2.1.5-alpine'], digests: { '2.1.5': S, '2.1.5-alpine': S } };
    const { decision } = decide(
      imageOf(configOf({ 'image-list': 'web=reg.example/web', ...annotations })),
      running(`@${old}`),
      world,
    );

    expect(outcome(decision)).toContain(expected);
  });

  it('8.2: the next version is written without the pin, with one warning', () => {
    const { decision } = decide(imageOf(configOf({})), running(`:2.1.4@${old}`));

    expect(outcome(decision)).toBe('update 2.1.5');
    expect(decision.trace.doubt).toBe(
      '2.1.4 is pinned to a digest, and 2.1.5 is written without one: write-format: tag@digest keeps versions pinned',
    );
  });

  it('WF-08: a candidate that is not there gives way to the next one', () => {
    const { decision, asked } = decide(imageOf(configOf(form('tag@digest'))), running(':2.1.3'), {
      digests: { '2.1.4': S },
    });

    expect(outcome(decision)).toBe(`update 2.1.4@${S}`);
    expect(asked).toEqual(['2.1.5', '2.1.4']);
    expect(decision.trace.dropped).toContainEqual({
      rule: 'listed, but not there',
      count: 1,
      examples: ['2.1.5'],
    });
  });

  it('WF-08: what runs is kept where it is gone', () => {
    const { decision } = decide(imageOf(configOf(form('tag@digest'))), running(`:2.1.5@${S}`), {
      digests: { '2.1.4': old },
    });

    expect(decision).toMatchObject({ kind: 'skipped', reason: 'kept' });
  });

  it('commit messages and Events have the tag, but for the strategy digest', () => {
    const config = configOf(form('tag@digest'));
    const plan = planApplication(config, [decide(imageOf(config), running(`:2.1.4@${old}`)).decision]);

    expect(plan).toMatchObject({ changes: [{ oldTag: '2.1.4', newTag: '2.1.5', digest: S }] });
  });
});

describe('a tag that moved', () => {
  const moved: World = { tags: ['2.1.5'], digests: { '2.1.5': S } };
  const newer: World = { tags: ['2.1.5', '2.1.6'], digests: { '2.1.5': S, '2.1.6': S } };
  const pinned = form('tag@digest');
  const hold = { 'web.on-moved-tag': 'hold' };
  const warn = { 'web.on-moved-tag': 'warn' };
  const follow = { 'web.on-moved-tag': 'follow' };

  it.each<[string, Annotations, World, string, readonly string[]]>([
    ['WF-07 warn is the default', pinned, moved, `current 2.1.5@${old}`, ['2.1.5']],
    ['WF-07 warn', { ...pinned, ...warn }, moved, `current 2.1.5@${old}`, ['2.1.5']],
    ['WF-07 warn, for a tag alone', warn, moved, `current 2.1.5@${old}`, ['2.1.5']],
    ['WF-07 follow', { ...pinned, ...follow }, moved, `update 2.1.5@${S}`, ['2.1.5']],
    ['WF-07 follow cannot, for a tag alone', follow, moved, `current 2.1.5@${old}`, ['2.1.5']],
    ['WF-07 hold', { ...pinned, ...hold }, moved, 'held moved-tag', ['2.1.5']],
    ['WF-07 hold, for a tag alone', hold, moved, 'held moved-tag', ['2.1.5']],
    ['WF-07 hold holds newer ones too', { ...pinned, ...hold }, newer, 'held moved-tag', ['2.1.6', '2.1.5']],
    ['WF-07 hold, newer ones, for a tag alone', hold, newer, 'held moved-tag', ['2.1.5']],
    ['WF-07 warn takes newer ones', { ...pinned, ...warn }, newer, `update 2.1.6@${S}`, ['2.1.6']],
    [
      'WF-07 a tag that vanished did not move',
      { ...pinned, ...hold },
      { ...newer, digests: { '2.1.6': S } },
      `update 2.1.6@${S}`,
      ['2.1.6', '2.1.5'],
    ],
  ])('%s', (_row, annotations, world, expected, asks) => {
    const { decision, asked } = decide(imageOf(configOf(annotations)), running(`:2.1.5@${old}`), world);

    expect(outcome(decision)).toBe(expected);
    expect(asked).toEqual(asks);
    const isTold = expected.startsWith('current');
    expect(decision.trace.doubt ?? '').toMatch(
      isTold ? new RegExp(`2\\.1\\.5 names another image now: ${S}, no more ${old}, which stays`) : /^$/,
    );
  });

  it.each<[string, Annotations, string | undefined, string, readonly string[]]>([
    ['hold', hold, old, 'held moved-tag', ['2.1.5']],
    ['warn', warn, old, 'current 2.1.5', ['2.1.5']],
    ['hold, the same', hold, S, 'current 2.1.5', ['2.1.5']],
    ['hold, never seen', hold, undefined, 'current 2.1.5', []],
    ['without the annotation', {}, old, 'current 2.1.5', []],
  ])(
    'WF-07: what was seen first stands for a digest that is not written (%s)',
    (_row, annotations, recorded, expected, asks) => {
      const { decision, asked } = decide(imageOf(configOf(annotations)), running(':2.1.5'), {
        ...moved,
        recorded,
      });

      expect(outcome(decision)).toBe(expected);
      expect(asked).toEqual(asks);
      const isTold = recorded === old && annotations === warn;
      expect(decision.trace.doubt ?? '').toContain(isTold ? `no more ${old}` : '');
    },
  );

  it.each<[string, Annotations, boolean]>([
    ['warn', pinned, true],
    ['follow', { ...pinned, ...follow }, false],
  ])('%s: what Git holds counts before it runs', (_row, annotations, isKept) => {
    const config = configOf({ ...values, ...both, ...annotations });
    const plan = planApplication(config, [decide(imageOf(config), running(':2.1.4')).decision]);
    if (plan.kind !== 'git') throw new Error(plan.kind);
    const texts = new Map([[valuesFile, `tag: 2.1.5\ndigest: ${old}\n`]]);

    expect(stepBackInGit(plan, texts)?.message.includes('names another image now') ?? false).toBe(isKept);
  });

  it('strategy digest ignores the key with a warning', () => {
    const config = configOf({
      'image-list': 'web=reg.example/web:main',
      'web.update-strategy': 'digest',
      ...hold,
    });

    expect(config.warnings.map(({ message }) => message)).toContain(
      'web.on-moved-tag has no effect with update-strategy digest, which follows the tag',
    );
  });
});

function outcome(decision: Decision): string {
  switch (decision.kind) {
    case 'update':
      return `update ${versionOf(decision.to)}`;
    case 'current':
      return `current ${versionOf(decision.at)}`;
    case 'held':
    case 'waiting':
      return `${decision.kind} ${decision.reason.code}`;
    case 'skipped':
      return `${decision.reason}: ${decision.message}`;
    case 'failed':
      return decision.failure.message;
  }
}

function versionOf({ tag = '', digest }: { readonly tag?: string; readonly digest?: string }): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}
