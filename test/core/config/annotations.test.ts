/** Annotations -> what is tracked and where it is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationKeys, imageOnlyKeys, sharedKeys } from '../../../src/core/config/keys/annotation-keys.ts';
import {
  type AppConfig,
  annotationPrefix,
  readConfig,
  type TrackedImage,
} from '../../../src/core/config/annotations.ts';
import { splitImageList } from '../../../src/core/config/keys/image-list.ts';
import { openToAll } from '../../../src/core/tenants/tenant-rules.ts';
import { anApplication, withoutStatus } from '../applications.ts';
import { generatedRuns } from '../../generated-runs.ts';

const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };

type Texts = Readonly<Record<string, string>>;

function config(annotations: Texts, types: readonly string[] = ['Helm']): AppConfig {
  return readConfig(anApplication({ annotations, types }), options);
}

/** The only image of `image-list: web=acme/web`, or what else is listed. */
function image(annotations: Texts): TrackedImage {
  const [configured] = config({ 'image-list': 'web=acme/web', ...annotations }).images;
  if (!configured?.image.ok) throw new Error(JSON.stringify(configured?.image));
  return configured.image.value;
}

function failures(annotations: Texts, types?: readonly string[]): readonly (string | undefined)[] {
  return config(annotations, types).images.map(({ image: outcome }) =>
    outcome.ok ? undefined : outcome.failure.message,
  );
}

function warnings(annotations: Texts): readonly string[] {
  return config({ 'image-list': 'web=acme/web', ...annotations }).warnings.map(({ message }) => message);
}

describe('keys of an alias', () => {
  it.each([
    ['A-01', 'dummy=foo/bar:1.12', 'dummy.update-strategy', 'digest'],
    ['A-02', 'foo=foo/bar:1.12', 'dummy.update-strategy', 'semver'],
    ['A-03, 11-9', 'foo/dummy=foo/bar:1.12', 'foo_dummy.update-strategy', 'digest'],
    ['A-04', 'argoproj/argocd=quay.io/argoproj/argocd:v1', 'argoproj_argocd.update-strategy', 'digest'],
    ['A-05, 11-14', 'nginx', 'nginx.update-strategy', 'semver'],
    ['A-05 no alias, empty key', 'nginx', '.update-strategy', 'semver'],
    ['A-08', 'gcr.io/p/img:v1=ghcr.io/p/img:1', 'update-strategy', 'digest'],
    ['A-06', 'a = nginx:1', 'a.update-strategy', 'digest'],
  ])('%s %s with %s: %s', (_, list, key, strategy) => {
    expect(image({ 'image-list': list, [key]: 'digest' }).strategy.kind).toBe(strategy);
  });
});

describe('precedence by presence', () => {
  it.each([
    [
      'A-10',
      { 'web.update-strategy': 'alphabetical', 'update-strategy': 'newest-build' },
      { strategy: { kind: 'alphabetical' } },
    ],
    ['A-11', { 'update-strategy': 'newest-build' }, { strategy: { kind: 'newest-build' } }],
    [
      'A-12',
      { 'image-list': 'web=acme/web:1', 'update-strategy': 'digest' },
      { strategy: { kind: 'digest' } },
    ],
    [
      '11-11, A-13',
      { 'web.update-strategy': '', 'update-strategy': 'alphabetical' },
      { strategy: { kind: 'semver' } },
    ],
    ['A-14', { 'web.force-update': 'true', 'force-update': 'false' }, { forceUpdate: true }],
    ['A-15', { 'web.force-update': '', 'force-update': 'true' }, { forceUpdate: false }],
    ['A-16', { 'force-update': 'false' }, { forceUpdate: false }],
    [
      'A-17',
      { 'web.allow-tags': 'regexp:^[0-9]', 'allow-tags': 'regexp:^v' },
      { filter: { allow: '^[0-9]', ignore: [] } },
    ],
    ['A-18', { 'allow-tags': 'regexp:^v' }, { filter: { allow: '^v', ignore: [] } }],
    ['A-19', { 'web.allow-tags': '', 'allow-tags': 'regexp:^v' }, { filter: { ignore: [] } }],
    [
      'A-20',
      { 'web.allow-tags': '', 'web.tag-match': 'regexp:^x', 'allow-tags': 'regexp:^v' },
      { filter: { allow: '^x', ignore: [] } },
    ],
    [
      'A-21',
      { 'web.tag-match': 'regexp:^x', 'allow-tags': 'regexp:^v' },
      { filter: { allow: '^v', ignore: [] } },
    ],
    [
      'A-22',
      { 'web.ignore-tags': 'tag1, tag2', 'ignore-tags': 'tag3' },
      { filter: { ignore: ['tag1', 'tag2'] } },
    ],
    ['A-23', { 'ignore-tags': 'tag3, tag4' }, { filter: { ignore: ['tag3', 'tag4'] } }],
    [
      'A-24',
      { 'web.pull-secret': 'pullsecret:a/b', 'pull-secret': 'env:X' },
      { credentials: { kind: 'pullsecret', namespace: 'a', name: 'b' } },
    ],
    ['A-25', { 'pull-secret': 'env:X' }, { credentials: { kind: 'env', name: 'X' } }],
  ])('%s', (_, annotations, expected) => {
    expect(image(annotations)).toMatchObject(expected);
  });

  it('an empty pull-secret hides that of the application', () => {
    expect(image({ 'web.pull-secret': '', 'pull-secret': 'env:X' })).not.toHaveProperty('credentials');
  });
});

describe('values', () => {
  it.each([
    ['A-30', { 'web.update-strategy': 'AlphaBetical' }, { strategy: { kind: 'alphabetical' } }],
    ['A-31', { 'web.update-strategy': 'latest' }, { strategy: { kind: 'newest-build' } }],
    ['A-31', { 'web.update-strategy': 'name' }, { strategy: { kind: 'alphabetical' } }],
    ['A-33 trimmed', { 'web.update-strategy': ' alphabetical ' }, { strategy: { kind: 'alphabetical' } }],
    ...['true', 'True', 'TRUE', '1', 't', 'T', ' true'].map(
      (word) => ['A-34, A-35', { 'web.force-update': word }, { forceUpdate: true }] as const,
    ),
    ...['false', '0', 'F', ' '].map(
      (word) => ['A-35', { 'web.force-update': word }, { forceUpdate: false }] as const,
    ),
    [
      'A-36',
      { 'web.ignore-tags': 'tag1, ,tag2,  tag3  , tag4' },
      { filter: { ignore: ['tag1', 'tag2', 'tag3', 'tag4'] } },
    ],
    ['A-37', { 'web.ignore-tags': ' , ' }, { filter: { ignore: [] } }],
    ['A-39', { 'web.ignore-tags': 'dev,,test' }, { filter: { ignore: ['dev', 'test'] } }],
    ['T-01', {}, { platforms: ['linux/amd64'] }],
    [
      'T-02 sorted',
      { 'web.platforms': 'linux/arm64, linux/amd64,linux/amd64' },
      { platforms: ['linux/amd64', 'linux/arm64'] },
    ],
    ['11-31 as written', { 'web.platforms': 'linux/arm64/v8' }, { platforms: ['linux/arm64/v8'] }],
    ['T-07 11-33', { 'web.platforms': '' }, { platforms: ['linux/amd64'] }],
    ['T-08', { 'web.platforms': 'linux/arm64,' }, { platforms: ['linux/arm64'] }],
    ['11-30 platforms are per image', { platforms: 'linux/arm64' }, { platforms: ['linux/amd64'] }],
    [
      'keys of Helm',
      { 'web.helm.image-name': ' a.b ', 'web.helm.image-tag': '', 'web.helm.image-spec': 'c' },
      { helm: { name: 'a.b', spec: 'c' } },
    ],
    ['P-62', { 'web.kustomize.image-name': 'baz' }, { kustomizeName: { name: 'baz', registry: '' } }],
    [
      'manifests',
      { 'web.manifests.path': 'spec.image', 'web.manifests.name': 'app' },
      { manifests: { path: 'spec.image', container: 'app' } },
    ],
  ] as const)('%s %j', (_, annotations, expected) => {
    expect(image(annotations)).toMatchObject(expected);
  });

  it('a constraint belongs to semver, and a tag to digest', () => {
    expect(image({ 'image-list': 'web=acme/web:~1.2' })).toMatchObject({
      strategy: { kind: 'semver', constraint: { text: '~1.2' } },
      constraintText: '~1.2',
    });
    expect(image({ 'image-list': 'web=acme/web:latest', 'web.update-strategy': 'digest' }).strategy).toEqual({
      kind: 'digest',
      tag: 'latest',
    });
  });
});

describe('mistakes about one image', () => {
  it.each([
    [
      '11-10',
      { 'web.update-strategy': 'newst' },
      'web.update-strategy',
      'web.update-strategy "newst": expected one of semver, newest-build, alphabetical, digest, numeric',
    ],
    ['11-10 app-wide', { 'update-strategy': 'newst' }, 'update-strategy', 'update-strategy "newst"'],
    ['11-12', { 'web.allow-tags': 'regexp:(' }, 'web.allow-tags', 'regexp:('],
    ['11-12', { 'web.allow-tags': '^v' }, 'web.allow-tags', 'expected any or regexp:'],
    [
      'fault A6',
      { 'web.ignore-tags': Array.from({ length: 101 }, (_, index) => `*a${index}`).join(',') },
      'web.ignore-tags',
      'web.ignore-tags: 101 patterns of 395 characters; at most 100 patterns of 4096 characters together',
    ],
    [
      'fault A6',
      { 'ignore-tags': Array.from({ length: 5 }, (_, index) => `${index}${'*a'.repeat(500)}`).join(',') },
      'ignore-tags',
      'ignore-tags: 5 patterns of 5005 characters; at most 100 patterns of 4096 characters together',
    ],
    ['11-12 tag-match', { 'web.tag-match': '^v' }, 'web.tag-match', 'expected any or regexp:'],
    [
      '11-11',
      { 'web.force-update': 'yes' },
      'web.force-update',
      'web.force-update "yes": expected true or false',
    ],
    [
      '11-S6, A-40',
      { 'web.pull-secret': 'foo/bar' },
      'web.pull-secret',
      'credential source "foo/bar": expected one of pullsecret:',
    ],
    ['kustomize name', { 'web.kustomize.image-name': 'a b' }, 'web.kustomize.image-name', '"a b"'],
    ['constraint', { 'image-list': 'web=acme/web:>>1' }, 'image-list', '>>1'],
    ['S-05', { 'image-list': 'web=acme/web:latest' }, 'image-list', 'constraint "latest"'],
    ['S-33', { 'image-list': 'web=acme/web:stable' }, 'image-list', 'constraint "stable"'],
    [
      'O-06 digest without tag',
      { 'web.update-strategy': 'digest' },
      'image-list',
      'needs the tag to follow, and the entry names none',
    ],
    [
      'digest with a range',
      { 'image-list': 'web=acme/web:~1', 'web.update-strategy': 'digest' },
      'image-list',
      '"~1" is none',
    ],
    ['entry', { 'image-list': 'web=https://acme/web' }, 'image-list', 'https://acme/web'],
  ])('%s', (_, annotations, annotation, message) => {
    const [configured] = config({ 'image-list': 'web=acme/web', ...annotations }).images;

    expect(configured?.image).toMatchObject({
      ok: false,
      failure: { kind: 'config', annotation, message: expect.stringContaining(message) },
    });
  });

  it('leave the other images alone', () => {
    const annotations = { 'image-list': 'a=x/a, b=x/b, c=ht tp://, d=x/d', 'b.force-update': 'yes' };

    expect(failures(annotations).map((message) => message === undefined)).toEqual([true, false, false, true]);
    expect(config(annotations).images.map(({ index, entry }) => [index, entry])).toEqual([
      [0, 'a=x/a'],
      [1, 'b=x/b'],
      [2, 'c=ht tp://'],
      [3, 'd=x/d'],
    ]);
  });

  it('a bad regexp does not matter where the image has its own', () => {
    expect(failures({ 'image-list': 'a=x/a, b=x/b', 'a.allow-tags': 'any', 'allow-tags': 'nope' })).toEqual([
      undefined,
      expect.stringContaining('allow-tags'),
    ]);
  });

  it('S-35, S-43 a constraint, even a bad one, matters for semver only', () => {
    expect(failures({ 'image-list': 'a=x/a:not-a-version', 'a.update-strategy': 'alphabetical' })).toEqual([
      undefined,
    ]);
  });
});

it('fault A6: equal ignore-tags are tried once', () => {
  const patterns = Array.from({ length: 5_000 }, () => '*-rc*').join(',');

  expect(image({ 'web.ignore-tags': patterns }).filter.ignore).toEqual(['*-rc*']);
});

describe('fault C8: keys of Helm that can only be a mistake', () => {
  it.each([
    ['.Values.image.tag', 'did you mean image.tag?'],
    ['Values.image.tag', 'did you mean image.tag?'],
    ['{{ .Values.image.tag }}', 'it is no template'],
    ['image.tag,web.tag', 'did you mean image.tag?'],
    ['v1.2.3', 'it is a version'],
    ['ghcr.io/acme/web', 'it is no key'],
    ['image: tag', 'it is no key'],
    ['image..tag', 'did you mean image.tag?'],
    ['image.tag.', 'did you mean image.tag?'],
    ['...', 'a part of the key is empty; expected keys like image.tag or images[0].tag'],
    [',image.tag', 'one key is written; expected keys like image.tag or images[0].tag'],
    ['image.name', 'it is the key of the name too'],
  ])('%s', (key, says) => {
    const annotations = {
      'image-list': 'web=x/web',
      'web.helm.image-tag': key,
      'web.helm.image-name': 'image.name',
    };

    expect(failures(annotations)).toEqual([expect.stringContaining(`web.helm.image-tag "${key}"`)]);
    expect(failures(annotations)).toEqual([expect.stringContaining(says)]);
  });

  it.each([
    'tag',
    'image.tag',
    'images[0].tag',
    'web."app.kubernetes.io/version"',
    'a\\.b.tag',
    'image-tag',
    '1tag',
  ])('takes %s', (key) => {
    expect(failures({ 'image-list': 'web=x/web', 'web.helm.image-tag': key })).toEqual([undefined]);
  });
});

describe('fault O-S3-27: platforms that nothing runs on are told', () => {
  it.each([
    ['linux/amd46', '"linux/amd46" has no known architecture; did you mean amd64?'],
    ['linux/x86_64', 'did you mean amd64?'],
    ['linus/arm64', 'has no known operating system; did you mean linux?'],
  ])('%s', (platforms, says) => {
    const { warnings: given } = config({ 'image-list': 'web=x/web', 'web.platforms': platforms });

    const told = given.map(({ message }) => message).filter((message) => message.includes('no known'));
    expect(told).toEqual([expect.stringContaining(says)]);
  });

  it.each(['linux/arm/v7', 'linux/amd64,linux/arm64', 'windows/amd64'])('not %s', (platforms) => {
    const { warnings: given } = config({ 'image-list': 'web=x/web', 'web.platforms': platforms });

    expect(given.filter(({ message }) => message.includes('no known'))).toEqual([]);
  });
});

describe('fault C11: one problem, one line', () => {
  it.each([
    ['no commas', 'api=x/api:~1\nweb=x/web:~1'],
    ['no commas behind the first', 'api=x/api:~1\nx/more:~1,web=y/z'],
    ['no commas, with Windows line ends', 'api=x/api\r\nweb=x/web'],
  ])('%s', (_, list) => {
    const { images, warnings: given } = config({
      'image-list': list,
      'api.update-strategy': 'semver',
      'web.update-strategy': 'semver',
    });
    const messages = images.flatMap(({ image: outcome }) => (outcome.ok ? [] : [outcome.failure.message]));

    expect(messages).toEqual([
      expect.stringContaining('entries are parted by commas, and none stands behind'),
    ]);
    expect(messages[0]?.length).toBeLessThan(200);
    expect(given.filter(({ message }) => message.includes('no image of image-list'))).toEqual([]);
  });

  it('takes lines that go on with a constraint for one entry', () => {
    const { images } = config({ 'image-list': 'web=x/web:>=1.0\n  <2.0' });

    expect(images.map(({ image: outcome }) => outcome.ok)).toEqual([true]);
  });

  it('does not tell of an alias as well whose entry cannot be read', () => {
    const { warnings: given } = config({
      'image-list': 'web=https://x/web',
      'web.update-strategy': 'semver',
    });

    expect(given).toEqual([]);
  });

  it.each([
    ['web.semver-constraint', 'write the constraint behind the image'],
    ['git-commit-message', '--git-commit-message-path'],
    ['web.image-pull-secret', 'write pull-secret'],
    ['update-interval', '--interval'],
    ['write-branch', 'write git-branch'],
  ])('has a hint for %s', (key, says) => {
    const { warnings: given } = config({ 'image-list': 'web=x/web', [key]: 'x' });

    expect(given.map(({ message }) => message)).toEqual([expect.stringContaining(says)]);
  });
});

describe('images that write the same key', () => {
  const list = 'a/b=x/one, a_b=x/two';

  it.each([
    ['P-63 one alias twice, Helm', { 'image-list': 'a=x/one, a=x/two' }, ['Helm']],
    ['A-07 two aliases of one key, Helm', { 'image-list': list }, ['Helm']],
    [
      'A-07 two aliases of one key, Kustomize',
      { 'image-list': list, 'a_b.kustomize.image-name': 'app' },
      ['Kustomize'],
    ],
    ['two aliases alike for one image', { 'image-list': 'a=x/one:~1, a=x/one:~2' }, ['Kustomize']],
  ])('%s: both fail', (_, annotations, types) => {
    const messages = failures(annotations, types);

    expect(messages).toHaveLength(2);
    for (const message of messages) expect(message).toContain('write the same key');
  });

  it('A-07 is a warning where the keys differ', () => {
    const { images, warnings: given } = config({ 'image-list': list }, ['Kustomize']);

    expect(images.every(({ image: outcome }) => outcome.ok)).toBe(true);
    expect(given).toEqual([
      { annotation: 'image-list', message: expect.stringContaining('share the annotations a_b.*') },
    ]);
  });

  it('different aliases with the defaults of Helm are a warning: one may not be live', () => {
    const { images, warnings: given } = config({ 'image-list': 'a=x/one, b=x/two' });

    expect(images.every(({ image: outcome }) => outcome.ok)).toBe(true);
    expect(given.map(({ message }) => message)).toContain(
      'image-list entries "a=x/one" and "b=x/two" write the same key image.name',
    );
  });

  it('fault C1: says who wins a name key that two images share beside tag keys of their own', () => {
    const annotations = {
      'image-list': 'a=x/one, b=x/two',
      'a.helm.image-name': 'not.used',
      'a.helm.image-tag': 'a.tag',
      'b.helm.image-name': 'not.used',
      'b.helm.image-tag': 'b.tag',
    };

    expect(config(annotations).warnings.map(({ message }) => message)).toEqual([
      'image-list entries "a=x/one" and "b=x/two" write the same key not.used; the last of them that is updated wins',
    ]);
  });

  it('values files take a lone key without the default of the other', () => {
    const annotations = {
      'image-list': 'a=x/one, b=x/two',
      'a.helm.image-tag': 'a.tag',
      'b.helm.image-tag': 'b.tag',
    };
    const values = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };

    expect(config(annotations).warnings).toHaveLength(1);
    expect(config({ ...annotations, ...values }).warnings).toEqual([]);
  });

  it('a list of 50 000 equal entries is read in one go', () => {
    const { images } = config({ 'image-list': Array.from({ length: 50_000 }, () => 'a=x').join(',') });

    expect(images).toHaveLength(50_000);
    expect(images.some(({ image: outcome }) => outcome.ok)).toBe(false);
  });
});

describe('warnings', () => {
  it.each([
    [
      '11-8',
      { 'image-list': 'web=acme/web:~1', 'web.update-strategy': 'newest-build' },
      'strategy newest-build ignores the constraint "~1"',
    ],
    [
      '11-22',
      { 'image-list': 'web=acme/web:^*' },
      'image-list entry "web=acme/web:^*": ^* admits 0.0.0 alone',
    ],
    ['11-13', { 'web.ignore-tags': '[a' }, 'web.ignore-tags: "[a" is a malformed pattern'],
    ['11-13', { 'ignore-tags': '[!v]*' }, 'ignore-tags: "[!v]*" takes the ! for a member of the class'],
    [
      '11-S1',
      { 'web.pull-secret': 'env:TOKEN' },
      'web.pull-secret "env:TOKEN": whoever may annotate Applications can have this sent to any host, here docker.io',
    ],
    ['11-S1', { 'pull-secret': 'ext:/login.sh' }, 'pull-secret "ext:/login.sh": whoever may annotate'],
    [
      '11-S2',
      { 'web.pull-secret': 'pullsecret:team-b/pull' },
      'the Secret is in namespace team-b, the Application in argocd',
    ],
    [
      '11-S2',
      { 'pull-secret': 'secret:team-b/login#creds' },
      'pull-secret "secret:team-b/login#creds": the Secret',
    ],
    [
      '11-S2',
      { 'write-back-method': ' git:secret:team-b/git ' },
      'write-back-method "git:secret:team-b/git": the Secret is in namespace team-b, the Application in argocd; keep both in one, or use git:repocreds with a repository Secret of Argo CD',
    ],
    [
      'A-31',
      { 'web.update-strategy': 'latest' },
      'update-strategy "latest" is deprecated: write newest-build',
    ],
    ['tag-match', { 'web.tag-match': 'any' }, 'web.tag-match is deprecated: write allow-tags'],
    [
      'tag-match beside allow-tags',
      { 'web.tag-match': 'any', 'allow-tags': 'any' },
      'web.tag-match has no effect beside allow-tags',
    ],
    [
      'fault C5',
      { 'web.platforms': 'linux/amd64' },
      'web.platforms has no effect with update-strategy semver: web.verify-platform: true has the choice checked',
    ],
    ['fault R4', { 'web.build-date': 'created' }, 'web.build-date has no effect with update-strategy semver'],
    ['T-06', { 'web.platforms': 'amd64' }, 'web.platforms: "amd64" fits no image; expected os/arch'],
    [
      'misspelt',
      { 'web.update-stratgy': 'digest' },
      'web.update-stratgy is unknown and has no effect; did you mean web.update-strategy?',
    ],
    [
      'misspelt',
      { 'write-back-metod': 'git' },
      'write-back-metod is unknown and has no effect; did you mean write-back-method?',
    ],
    ['misspelt, nothing near', { 'something-else': 'x' }, 'something-else is unknown and has no effect'],
    [
      'per alias',
      { 'web.write-back-target': 'x' },
      'web.write-back-target has no effect: write write-back-target without alias',
    ],
    [
      'app-wide',
      { 'helm.image-name': 'x' },
      'helm.image-name is read per image only: write <alias>.helm.image-name',
    ],
    ['app-wide', { platforms: 'x' }, 'platforms is read per image only'],
    [
      'unknown alias',
      { 'wbe.helm.image-name': 'x' },
      'has no effect: no image of image-list has the alias "wbe"',
    ],
    ['unused', { 'git-branch': 'main' }, 'git-branch has no effect with write-back-method argocd'],
    ['blank list', { 'image-list': ' , ' }, 'image-list names no image'],
  ])('%s %j', (_, annotations, message) => {
    expect(warnings(annotations)).toEqual([expect.stringContaining(message)]);
  });

  it('11-13, A-38 a class is cut at its comma, and both halves are told', () => {
    expect(warnings({ 'web.ignore-tags': '[a,b]*' })).toEqual([
      'web.ignore-tags: "[a" is a malformed pattern and ignores no tag',
      'web.ignore-tags: "b]*" ignores no tag: none can hold "]"',
    ]);
  });

  it('11-S2 there is none for a Secret in the namespace of the Application', () => {
    expect(warnings({ 'web.pull-secret': 'pullsecret:argocd/pull' })).toEqual([]);
    expect(warnings({ 'write-back-method': 'git:secret:argocd/git' })).toEqual([]);
  });

  it('11-S2 a rule of the administrator that admits the Secret leaves nothing to tell', () => {
    const annotations = {
      'image-list': 'web=acme/web',
      'write-back-method': 'git:secret:team-b/git',
      'web.pull-secret': 'pullsecret:team-b/pull',
    };
    const tenants = { ...openToAll, secretNamespaces: ['own', 'team-b'] };

    expect(readConfig(anApplication({ annotations }), { ...options, tenants }).warnings).toEqual([]);
  });

  it('I-18 the same entry twice is a warning, and two images', () => {
    const { images, warnings: given } = config({ 'image-list': 'nginx:1.x, nginx:1.x' }, ['Kustomize']);

    expect(images.map(({ image: outcome }) => outcome.ok)).toEqual([true, true]);
    expect(given.map(({ message }) => message)).toEqual([
      'image-list entries "nginx:1.x" and "nginx:1.x" write the same key nginx',
    ]);
  });

  it('there are none for a good application', () => {
    const annotations = Object.fromEntries(
      [...imageOnlyKeys, ...sharedKeys].map((key) => [`web.${key}`, '']),
    );

    expect(warnings({ ...annotations, 'write-back-target': '', 'update-strategy': 'semver' })).toEqual([]);
  });

  it('tells that an ApplicationSet may revert what argocd sets', () => {
    const app = anApplication({ annotations: { 'image-list': 'nginx' }, applicationSet: 'webs' });

    expect(readConfig(app, options).warnings).toEqual([
      { annotation: 'write-back-method', message: expect.stringContaining('ApplicationSet webs') },
    ]);
  });
});

describe('applications', () => {
  it.each([['Plugin'], ['Directory'], ['']])('F-10 of type %j are unsupported, with their images', (type) => {
    const read = config({ 'image-list': 'nginx' }, [type]);

    expect(read.unsupported).toEqual(expect.any(String));
    expect(read.writeBack.ok).toBe(false);
    expect(read.images).toHaveLength(1);
  });

  it('F-13 of type Plugin are supported with a target', () => {
    expect(
      config({ 'image-list': 'nginx', 'write-back-target': 'kustomization:.' }, ['Plugin']),
    ).toMatchObject({
      sourceType: 'Kustomize',
    });
  });

  it('of type Directory are supported with manifests', () => {
    const read = config(
      { 'image-list': 'nginx', 'write-back-method': 'git', 'write-back-target': 'manifests' },
      ['Directory'],
    );

    expect(read).toMatchObject({ sourceType: 'Directory', writeBack: { ok: true } });
    expect(read).not.toHaveProperty('unsupported');
  });

  it('without status are read as far as can be told', () => {
    const app = withoutStatus(
      anApplication({ annotations: { 'image-list': 'nginx', 'write-back-method': 'git' } }),
    );

    const early = readConfig(app, options);
    expect(early).not.toHaveProperty('sourceType');
    expect(early).not.toHaveProperty('unsupported');
    expect(early.writeBack.ok).toBe(true);
    expect(readConfig(app, { ...options, sourceType: 'Kustomize' }).sourceType).toBe('Kustomize');
  });

  it('keep their images where the write-back is wrong', () => {
    const read = config({ 'image-list': 'nginx', 'write-back-method': 'gti' });

    expect(read.images[0]?.image.ok).toBe(true);
    expect(read.writeBack).toMatchObject({ ok: false, failure: { annotation: 'write-back-method' } });
  });

  it('never throw and never lose an entry, whatever is annotated', () => {
    const keys = [
      ...applicationKeys,
      ...sharedKeys,
      ...[...sharedKeys, ...imageOnlyKeys].flatMap((key) => [`a.${key}`, `a_b.${key}`]),
    ];
    const word = fc.constantFrom(
      'a=',
      'a/b=',
      'nginx',
      ':',
      '~1',
      '>=',
      ',',
      ' ',
      'git',
      'secret:',
      '/',
      '..',
      'regexp:',
      '(',
      'digest',
      'helmvalues',
      'manifests',
      '[',
      'true',
      '{{',
      'x.io',
      '@sha256:',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 8 }).map((words) => words.join('')),
    );
    const annotations = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), text);
    const type = fc.constantFrom('Helm', 'Kustomize', 'Directory', 'Plugin', '', 'x');
    fc.assert(
      fc.property(annotations, text, type, (others, list, sourceType) => {
        const app = anApplication({ annotations: { ...others, 'image-list': list }, types: [sourceType] });
        for (const one of [app, withoutStatus(app)]) {
          const { images } = readConfig(one, options);
          expect(images.map(({ index }) => index)).toEqual(splitImageList(list).map((_, index) => index));
        }
      }),
      { numRuns: generatedRuns(500) },
    );
  });

  it('without image-list have no images', () => {
    expect(config({}).images).toEqual([]);
    expect(config({ 'image-list': ' , ' }).images).toEqual([]);
  });

  it('11-6, I-19 a trailing comma makes no image, even with force-update for all', () => {
    const { images } = config({ 'image-list': 'web=acme/web,', 'force-update': 'true' });

    expect(images.map(({ entry }) => entry)).toEqual(['web=acme/web']);
  });

  it('keys are under the prefix of 0.18', () => {
    expect(annotationPrefix).toBe('argocd-image-updater.argoproj.io/');
  });
});
