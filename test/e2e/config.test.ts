/** Applications with mistakes in them: each is told once and clearly, hurts only itself, and ends with its correction. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectSeed } from '../fakes/kube-api.ts';
import { type Bench, type Cycle, startBench } from './support/bench.ts';
import { parseLogLine, problemsIn, problemsOf } from './support/log.ts';
import { annotationPrefix, anApplication } from './support/objects.ts';

interface Mistake {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** What every line about it says; parts of the messages, in order. */
  readonly says: readonly string[];
  /** Key after the prefix that the first line names. */
  readonly annotation?: string;
  /** `warning`: the application is updated all the same. */
  readonly level: 'warning' | 'error';
}

const good = { 'image-list': 'web=reg.test/acme/web:1.x', 'write-back-method': 'git' };
const images = ['reg.test/acme/web:1.0.0', 'reg.test/acme/api:1.0.0'];

const imageLists: readonly Mistake[] = [
  ['upper-case', 'web=reg.test/Acme/Web:1.x', '"Acme/Web" is no repository path'],
  ['scheme', 'web=https://reg.test/acme/web:1.x', '"https:" is no registry host'],
  ['two-equals', 'a=b=reg.test/acme/web:1.x', '"b=reg.test" is no registry host'],
  ['digest', 'web=reg.test/acme/web:1.x@sha256:zz', 'digest "sha256:zz" is not of the form sha256:'],
  ['no-image', 'web=reg.test/:1', 'no image is named'],
  ['endless', `web=${'a'.repeat(3000)}`, 'longer than 2048 characters'],
  [
    'constraint',
    'web=reg.test/acme/web:>=1.x <<2',
    'constraint ">=1.x <<2": expected versions with operators',
  ],
  ['tag-for-constraint', 'web=reg.test/acme/web:latest', 'constraint "latest": expected versions'],
].map(([name = '', list = '', says = '']) => ({
  name: `list-${name}`,
  annotations: { 'image-list': list },
  says: [says],
  annotation: 'image-list',
  level: 'error',
}));

const sources =
  'expected one of pullsecret:<namespace>/<name>, secret:<namespace>/<name>#<field>, env:<variable>';
const strategies = 'expected one of semver, newest-build, alphabetical, digest, numeric';
const methods = 'expected one of argocd, git, git:repocreds, git:secret:<namespace>/<name>';

/** One annotation beside good ones; its line names it. */
const single: readonly Mistake[] = (
  [
    ['error', 'web.update-strategy', 'newst', `web.update-strategy "newst": ${strategies}`],
    ['error', 'update-strategy', 'latestt', `update-strategy "latestt": ${strategies}`],
    ['error', 'web.allow-tags', 'regexp:(', 'allowed tags "regexp:(": not a usable RE2 pattern: '],
    ['error', 'web.allow-tags', 'regexp:^(?!a)', 'not a usable RE2 pattern: '],
    ['error', 'web.allow-tags', '^v1', 'allowed tags "^v1": expected any or regexp:<RE2 pattern>'],
    ['error', 'allow-tags', 'foo:bar', 'allowed tags "foo:bar": expected any or regexp:<RE2 pattern>'],
    ['warning', 'web.ignore-tags', '[', 'web.ignore-tags: "[" is a malformed pattern and ignores no tag'],
    ['error', 'web.force-update', 'maybe', 'web.force-update "maybe": expected true or false'],
    ['error', 'web.pull-secret', 'nonsense', `credential source "nonsense": ${sources}`],
    ['error', 'web.pull-secret', 'pullsecret:other', `credential source "pullsecret:other": ${sources}`],
    ['error', 'web.pull-secret', 'bot:hunter2', `credential source "bot:…": ${sources}`],
    [
      'warning',
      'web.platforms',
      'linux,linux/amd64',
      '"linux" fits no image; expected os/arch or os/arch/variant',
    ],
    ['error', 'web.kustomize.image-name', 'Bad Name', 'image "Bad Name": "Bad Name" is no repository path'],
    ['error', 'write-back-method', 'gti', `write-back-method "gti": ${methods}`],
    ['error', 'write-back-method', 'git:secret:nope', `write-back-method "git:secret:nope": ${methods}`],
    ['error', 'write-back-method', '', `write-back-method "": ${methods}`],
    ['error', 'write-back-target', 'kustomization:../../..', 'the path leads out of the repository'],
    ['error', 'write-back-target', 'helmvalues:/.git/config', 'the path leads into .git'],
    ['error', 'write-back-target', 'manifests:[', '"[" is a malformed pattern'],
    ['error', 'write-back-target', 'folder/', 'it names no file; expected a file, kustomization[:folder]'],
    ['error', 'write-back-target', 'kustomisation', 'did you mean kustomization?'],
    [
      'error',
      'write-back-source',
      '7',
      'there is no such source; expected the name of a source or its position: 0',
    ],
    ['error', 'git-branch', 'a:b:c', 'expected <base>, <base>:<write> or :<write>'],
    ['error', 'git-branch', 'a..b', 'git-branch "a..b" is no branch name'],
    ['error', 'git-branch', '0'.repeat(40), 'is a commit, to which nothing can be committed'],
    ['error', 'git-branch', '>=1.0', 'is a version range, to which nothing can be committed'],
    ['error', 'git-branch', 'main:{{range', 'git-branch "main:{{range": template: line 1: '],
    ['error', 'git-branch', 'main:{{.Nope}}', 'the template "{{.Nope}}" gives no branch name'],
    ['error', 'git-repository', 'my repo', 'git-repository "my repo": expected https://'],
    [
      'warning',
      'web.update-stategy',
      'semver',
      'is unknown and has no effect; did you mean web.update-strategy?',
    ],
    ['warning', 'wbe.update-strategy', 'semver', 'has no effect: no image of image-list has the alias "wbe"'],
    ['warning', 'platforms', 'linux/amd64', 'is read per image only: write <alias>.platforms'],
    ['warning', 'web.git-branch', 'main', 'write git-branch without alias'],
  ] as const
).map(([level, key, value, says], index) => ({
  name: `single-${index}`,
  annotations: { [key]: value },
  says: [says],
  annotation: key,
  level,
}));

const doubtfulSource = 'whoever may annotate Applications can have this sent to any host';
const twoAliases = 'share the annotations web.*';

const several: readonly Mistake[] = [
  {
    name: 'aliases-one-key',
    annotations: { 'image-list': 'web=reg.test/acme/web:1.x, web=reg.test/acme/web:2.x' },
    says: [`${twoAliases} and write the same key reg.test/acme/web: give them different aliases`],
    annotation: 'image-list',
    level: 'error',
  },
  {
    name: 'aliases-two-keys',
    annotations: { 'image-list': 'web=reg.test/acme/web:1.x, web=reg.test/acme/api:1.x' },
    says: [`${twoAliases}: give them different aliases`],
    annotation: 'image-list',
    level: 'warning',
  },
  {
    name: 'one-bad-image',
    annotations: { 'image-list': 'web=reg.test/acme/web:1.x, api=reg.test/:1' },
    says: ['no image is named'],
    annotation: 'image-list',
    level: 'warning',
  },
  {
    name: 'old-and-bad',
    annotations: { 'web.tag-match': '(' },
    says: ['is deprecated: write allow-tags', 'expected any or regexp:<RE2 pattern>'],
    annotation: 'web.tag-match',
    level: 'error',
  },
  // What annotations refer to may be missing too.
  ...(
    [
      ['no-pull-secret', 'pullsecret:argocd/none', 'there is no such Secret', []],
      [
        'of-argocd',
        'secret:argocd/git-credentials#no',
        "the Secret has the label argocd.argoproj.io/secret-type, it is one of Argo CD's",
        [],
      ],
      ['no-variable', 'env:NONE', 'the variable is not set', [doubtfulSource]],
      ['no-program', 'ext:/nonexistent/login.sh', 'cannot be run: ENOENT', [doubtfulSource]],
    ] as const
  ).map(
    ([name, source, problem, doubts]): Mistake => ({
      name,
      annotations: { 'web.pull-secret': source },
      says: [...doubts, `list tags of reg.test/acme/web: credentials from ${source}: ${problem}`],
      level: 'error',
    }),
  ),
  {
    name: 'no-git-secret',
    annotations: { 'write-back-method': 'git:secret:argocd/none' },
    says: ['credentials from git:secret:argocd/none: there is no such Secret'],
    level: 'error',
  },
  {
    name: 'no-branch',
    annotations: { 'git-branch': 'nope' },
    says: ['has no branch nope'],
    level: 'error',
  },
];

const blank: readonly Mistake[] = ['', ' , '].map((list, index) => ({
  name: `blank-list-${index}`,
  annotations: { 'image-list': list },
  says: ['image-list names no image'],
  annotation: 'image-list',
  level: 'error',
}));

const mistakes = [...imageLists, ...single, ...several, ...blank];

/** Objects that are no Applications as Argo CD means them: what a field holds instead, and what the line says. */
const misshapen = [
  { name: 'no-spec', field: ['spec'], value: undefined, says: 'spec: ' },
  { name: 'no-source', field: ['spec', 'source'], value: undefined, says: 'spec.source: expected a source' },
  { name: 'empty-sources', field: ['spec'], value: { sources: [] }, says: 'spec.source: expected a source' },
  { name: 'source-text', field: ['spec', 'source'], value: 'x', says: 'spec.source: ' },
  { name: 'url-number', field: ['spec', 'source', 'repoURL'], value: 7, says: 'spec.source.repoURL: ' },
  { name: 'path-list', field: ['spec', 'source', 'path'], value: [], says: 'spec.source.path: ' },
  {
    name: 'parameters-map',
    field: ['spec', 'source', 'helm'],
    value: { parameters: {} },
    says: 'spec.source.helm.parameters: ',
  },
  {
    name: 'images-text',
    field: ['status', 'summary', 'images'],
    value: 'x',
    says: 'status.summary.images: ',
  },
  {
    name: 'image-number',
    field: ['status', 'summary', 'images'],
    value: [7],
    says: 'status.summary.images[0]: ',
  },
  {
    name: 'annotation-number',
    field: ['metadata', 'annotations', `${annotationPrefix}web.force-update`],
    value: 7,
    says: `metadata.annotations["${annotationPrefix}web.force-update"]: `,
  },
] as const;

interface Loose {
  [key: string]: unknown;
}

function withField(object: ObjectSeed, field: readonly string[], value: unknown): ObjectSeed {
  const copy: ObjectSeed & Loose = structuredClone(object);
  let parent: Loose = copy;
  for (const key of field.slice(0, -1)) parent = parent[key] as Loose;
  parent[field.at(-1) ?? ''] = value;
  return copy;
}

let bench: Bench;
let repoURL = '';
let first: Cycle;
const names = [...mistakes.map(({ name }) => name), ...misshapen.map(({ name }) => name)];

async function committed(): Promise<readonly string[]> {
  const messages = await bench.commits('deploy');
  return messages.map((message) => /automatic update of (\S+)/.exec(message)?.[1] ?? message);
}

beforeAll(async () => {
  bench = await startBench();
  for (const repository of ['acme/web', 'acme/api']) {
    for (const tag of ['1.0.0', '1.1.0', '2.0.0']) bench.registry().push(repository, tag, {});
  }
  repoURL = await bench.addRepository('deploy', { 'README.md': 'deploy\n' });
  for (const { name, annotations } of mistakes) {
    bench.addApplication(name, { repoURL, images, annotations: { ...good, ...annotations } });
  }
  for (const { name, field, value } of misshapen) {
    bench.kube.objects.put(
      withField(anApplication(name, { repoURL, images, annotations: good }), field, value),
    );
  }
  bench.addApplication('healthy', { repoURL, images, annotations: good });
  first = await bench.cycle();
});

afterAll(() => bench.close());

describe('a mistake', () => {
  it.each(mistakes)('in $annotations: $says', async ({ name, says, annotation, level }) => {
    const problems = problemsOf(first.lines, name);

    expect(problems.map(({ message }) => message)).toEqual(
      says.map((part) => expect.stringContaining(part) as string),
    );
    if (annotation !== undefined)
      expect(problems[0]?.fields['annotation']).toBe(`${annotationPrefix}${annotation}`);
    expect((await committed()).includes(name)).toBe(level === 'warning');
  });

  it.each(misshapen)('of shape ($name) is told with the path of the field', async ({ name, says }) => {
    const problems = problemsOf(first.lines, name);

    expect(problems).toEqual([
      {
        level: 'error',
        message: expect.stringContaining(says) as string,
        fields: {
          application: `argocd/${name}`,
          advice: 'correct the Application; it is left alone until then',
        },
      },
    ]);
    expect(await committed()).not.toContain(name);
  });

  it('of one application is none of the others', async () => {
    expect(problemsOf(first.lines, 'healthy')).toEqual([]);
    expect(await committed()).toContain('healthy');
    const touched = bench.events().map((event) => (event['involvedObject'] as { name: string }).name);
    expect(touched.toSorted()).toEqual((await committed()).toSorted());
  });

  it('says what to do', () => {
    for (const { level, fields } of problemsIn(first.lines)) {
      if (level === 'error') expect(fields['advice']).toMatch(/\w{4,}/);
    }
  });

  it('shows no text that may be a password', () => {
    expect(first.everything).not.toContain('hunter2');
  });

  it('is counted', () => {
    const failing = mistakes.filter(({ name, level }) => level === 'error' && !name.startsWith('blank'));
    const withOneBadImage = 1;
    const alike = 1; // two images fail in one application

    expect(first.report.counters.errors).toBe(failing.length + withOneBadImage + alike + misshapen.length);
  });

  it('is not told again as long as it stays, and ends with its correction', async () => {
    const second = await bench.cycle();
    bench.clock.pass(11 * 60_000);
    const later = await bench.cycle();
    for (const name of names) bench.addApplication(name, { repoURL, images, annotations: good });
    const corrected = await bench.cycle();

    expect(problemsIn(second.lines)).toEqual([]);
    expect(problemsIn(later.lines)).toHaveLength(problemsIn(first.lines).length);
    expect(problemsIn(corrected.lines)).toEqual([]);
    const resolved = corrected.lines
      .map(parseLogLine)
      .filter(({ message }) => message === 'Problem resolved');
    expect(resolved).toHaveLength(problemsIn(first.lines).length);
    expect(new Set(await committed())).toEqual(new Set([...names, 'healthy']));
  });
});
