import { describe, expect, it } from 'vitest';
import type { HelmParameter } from '../../../../src/core/config/application.ts';
import {
  editHelmOverride,
  editKustomizeOverride,
  mergeHelmParameters,
  mergeKustomizeImages,
  readHelmOverride,
  readKustomizeOverride,
} from '../../../../src/core/edit/override/override.ts';

const path = '.argocd-source-shop.yaml';

function parameter(name: string, value: string, forceString = true): HelmParameter {
  return { name, value, forceString };
}

const newTag = [parameter('web.tag', '2.1.0')];

function helm(text: string | null, parameters: readonly HelmParameter[] = newTag): unknown {
  const edited = editHelmOverride(path, text, parameters);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

function kustomize(text: string | null, ...images: string[]): unknown {
  const edited = editKustomizeOverride(path, text, images);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

const canonical = `helm:
  parameters:
  - name: web.tag
    value: 2.1.0
    forcestring: true
`;

describe('editHelmOverride', () => {
  it.each([
    ['no file', null],
    ['an empty file', ''],
    ['white space', ' \n\t\r\n'],
    ['a byte order mark', '\ufeff'],
    ['an older value', canonical.replace('2.1.0', '2.0.0')],
    ['a missing flag', canonical.replace('    forcestring: true\n', '')],
    ['a false flag', canonical.replace('true', 'false')],
    ['a flag that is a string', canonical.replace('true', '"true"')],
    ['an empty list', 'helm:\n  parameters: []\n'],
    ['flow style', 'helm: {parameters: [{value: 2.0.0, name: web.tag}]}'],
    ['another indentation', 'helm:\n    parameters:\n        -   name: web.tag\n            value: 2.0.0\n'],
    ['the name twice', `${canonical.replace('2.1.0', '1')}`],
  ])('prints a file of its list alone as 0.18 does: %s', (_, text) => {
    expect(helm(text)).toBe(canonical);
  });

  it('keeps parameters that nobody asked for, and their order (writeback.md 2.3)', () => {
    const text = `helm:
  parameters:
  - name: web.tag
    value: 2.0.0
    forcestring: true
  - name: debug
    value: "1.10"
    forcestring: false
`;

    expect(
      helm(text, [parameter('replicas', '3', false), ...newTag, parameter('web.image', 'ghcr.io/acme/web')]),
    ).toBe(
      `helm:
  parameters:
  - name: web.tag
    value: 2.1.0
    forcestring: true
  - name: debug
    value: "1.10"
    forcestring: false
  - name: replicas
    value: "3"
    forcestring: false
  - name: web.image
    value: ghcr.io/acme/web
    forcestring: true
`,
    );
  });

  it('leaves doubles in a fresh file, and lets the last one win in a merge', () => {
    const doubles = [parameter('a', '1'), parameter('b', '2'), parameter('a', '3')];

    expect(readHelmOverride(String(helm(null, doubles)))).toEqual(doubles);
    expect(readHelmOverride(String(helm(canonical, doubles))).slice(1)).toEqual([
      parameter('a', '3'),
      parameter('b', '2'),
    ]);
  });

  it('writes each double of the file', () => {
    const text = `${canonical}  - name: web.tag\n    value: 1.0.0\n    forcestring: true\n`;

    expect(readHelmOverride(String(helm(text)))).toEqual([...newTag, ...newTag]);
  });

  it.each([
    ['the same file', canonical],
    ['another formatting', 'helm: {parameters: [{value: "2.1.0", name: web.tag, forcestring: true}]}'],
    ['a comment', `# owned by team shop\n${canonical}`],
    ['camel case', canonical.replace('forcestring', 'forceString')],
  ])('changes nothing where everything is there: %s', (_, text) => {
    expect(helm(text)).toBe('no change');
  });

  it('quotes a plain number, which Argo CD refuses', () => {
    const text = '# x\nhelm:\n  parameters:\n  - name: a\n    value: 1.10\n    forcestring: true\n';

    expect(helm(text, [parameter('a', '1.10')])).toBe(text.replace('1.10', '"1.10"'));
  });

  it('splices files of people', () => {
    const text = `# owned by team shop
helm:
  valueFiles: [prod.yaml] # as in staging

  parameters:
    - name: web.tag
      value: 2.0.0   # the tag
      forceString: true
    - {name: debug, value: 1.10}
`;

    expect(
      helm(text, [...newTag, parameter('replicas', '3', false), parameter('debug', '1.10', false)]),
    ).toBe(
      `# owned by team shop
helm:
  valueFiles: [prod.yaml] # as in staging

  parameters:
    - name: web.tag
      value: 2.1.0   # the tag
      forceString: true
    - {name: debug, value: "1.10", forcestring: false}
    - {name: replicas, value: "3", forcestring: false}
`,
    );
  });

  it('keeps CRLF, byte order mark and further documents', () => {
    const text =
      "\ufeff---\r\nhelm:\r\n  parameters:\r\n  - name: web.tag\r\n    value: '2.0.0'\r\n    forcestring: false\r\n---\r\na: 1\r\n";

    expect(helm(text)).toBe(text.replace('2.0.0', '2.1.0').replace('false', 'true'));
  });

  it.each([
    ['the block is missing', 'kustomize:\n  namePrefix: a\n', 'kustomize:\n  namePrefix: a\n' + canonical],
    ['the list is missing', 'helm:\n  releaseName: a\n', `helm:\n  releaseName: a\n${canonical.slice(6)}`],
    ['the block is null', 'a: 1\nhelm:\n', `a: 1\n${canonical}`],
    ['the list is null', 'a: 1\nhelm:\n  parameters:\n', `a: 1\n${canonical}`],
    ['there are comments alone', '# nothing yet\n', `# nothing yet\n${canonical}`],
    [
      'keys are in another case',
      'Helm:\n  Parameters:\n  - Name: web.tag\n    Value: "1"\n    ForceString: true\n',
      'Helm:\n  Parameters:\n  - Name: web.tag\n    Value: "2.1.0"\n    ForceString: true\n',
    ],
    [
      'both spellings of the flag are there',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    value: 2.1.0\n    forceString: true\n    forcestring: false\n',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    value: 2.1.0\n    forceString: true\n    forcestring: true\n',
    ],
    [
      'the value is missing',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    forcestring: true\n',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    forcestring: true\n    value: 2.1.0\n',
    ],
    [
      'the value is null',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    value:\n    forcestring: true\n',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    value: 2.1.0\n    forcestring: true\n',
    ],
  ])('writes where %s', (_, text, expected) => {
    expect(helm(text)).toBe(expected);
  });

  it.each([
    ['no YAML', 'helm: [\n'],
    ['tabs', 'helm:\n\tparameters: []\n'],
    ['a list', '- a\n'],
    ['a text', 'hello\n'],
    ['a block that is a text', 'helm: x\n'],
    ['a list that is a mapping', 'helm:\n  parameters: {a: 1}\n'],
    ['items without name', 'helm:\n  parameters:\n  - value: 1\n'],
    ['items that are texts', 'helm:\n  parameters:\n  - a\n'],
    ['a value that is a list', 'helm:\n  parameters:\n  - name: web.tag\n    value: [1]\n'],
    ['the block twice', 'helm:\n  parameters: []\nHelm:\n  parameters: []\n'],
    ['an alias', 'a: &a {parameters: []}\nhelm: *a\n'],
    [
      'an anchored value',
      'helm:\n  parameters:\n  - name: web.tag\n    value: &v 2.0.0\n  - name: b\n    value: *v\n',
    ],
    [
      'a block scalar with a comment beside it',
      '# c\nhelm:\n  parameters:\n  - name: web.tag\n    value: |-\n      2.0.0\n    forcestring: true\n',
    ],
    ['a directory of its own', 'helm:\n  parameters: !include x\n'],
  ])('fails on %s, and loses nothing', (_, text) => {
    expect(helm(text)).toMatchObject({ kind: 'edit', path });
  });

  it('says what changed', () => {
    const text = canonical.replace('2.1.0', '2.0.0').replace('true', 'false');

    expect(editHelmOverride(path, text, [...newTag, parameter('b', '1')])).toMatchObject({
      ok: true,
      value: {
        changes: [
          { path, key: 'helm.parameters[web.tag]', from: '2.0.0', to: '2.1.0' },
          { path, key: 'helm.parameters[web.tag].forcestring', from: 'false', to: 'true' },
          { path, key: 'helm.parameters[b]', to: '1' },
        ],
      },
    });
  });
});

describe('editKustomizeOverride', () => {
  it('writes the file as 0.18 does (writeback.md 2.4)', () => {
    expect(kustomize(null, 'ghcr.io/acme/web:2.1.0', 'nginx=ghcr.io/acme/nginx:1.27@sha256:0123')).toBe(
      'kustomize:\n  images:\n  - ghcr.io/acme/web:2.1.0\n  - nginx=ghcr.io/acme/nginx:1.27@sha256:0123\n',
    );
  });

  it('leaves other images alone', () => {
    const text = 'kustomize:\n  images:\n  - other=ghcr.io/acme/other:1\n  - web=ghcr.io/acme/web:2.0.0\n';

    expect(kustomize(text, 'web=ghcr.io/acme/web:2.1.0')).toBe(text.replace('2.0.0', '2.1.0'));
    expect(kustomize(text, 'web=ghcr.io/acme/web:2.0.0')).toBe('no change');
  });

  it('keeps two names of one repository apart (#1614)', () => {
    const text = 'kustomize:\n  images:\n  - web=ghcr.io/acme/app:1\n  - worker=ghcr.io/acme/app:1\n';

    expect(kustomize(text, 'worker=ghcr.io/acme/app:2')).toBe(
      text.replace('worker=ghcr.io/acme/app:1', 'worker=ghcr.io/acme/app:2'),
    );
  });

  it('splices files of people', () => {
    const text = "# ours\nkustomize:\n  namePrefix: a-\n  images:\n    - 'nginx:1.0' # pinned\n";

    expect(kustomize(text, 'docker.io/nginx:1.1', 'ghcr.io/acme/web:2')).toBe(
      "# ours\nkustomize:\n  namePrefix: a-\n  images:\n    - 'nginx:1.1' # pinned\n    - ghcr.io/acme/web:2\n",
    );
  });

  it.each([
    ['items that are mappings', 'kustomize:\n  images:\n  - name: a\n'],
    ['null items', 'kustomize:\n  images:\n  -\n'],
    ['a text', 'kustomize:\n  images: a\n'],
  ])('fails on %s', (_, text) => {
    expect(kustomize(text, 'a:1')).toMatchObject({ kind: 'edit', path });
  });
});

describe('reading', () => {
  it('finds parameters and images in any case', () => {
    expect(
      readHelmOverride('HELM: {Parameters: [{Name: a, Value: 1.10, forceString: TRUE}, {name: b}]}'),
    ).toEqual([parameter('a', '1.10'), parameter('b', '', false)]);
    expect(readKustomizeOverride('kustomize:\n  images:\n  - a:1\n  - b=c:2\n')).toEqual(['a:1', 'b=c:2']);
  });

  it.each(['', 'a', 'helm: [', 'helm:\n  parameters: a\n', '- a'])('finds nothing in %j', (text) => {
    expect([...readHelmOverride(text), ...readKustomizeOverride(text)]).toEqual([]);
  });
});

describe('merging', () => {
  it('replaces parameters in place and appends new ones', () => {
    const present = [parameter('a', '1'), parameter('b', '1', false), parameter('a', '2')];

    expect(
      mergeHelmParameters(present, [parameter('c', '1'), parameter('a', '3'), parameter('c', '2')]),
    ).toEqual([parameter('a', '3'), parameter('b', '1', false), parameter('a', '3'), parameter('c', '2')]);
  });

  it.each([
    { title: 'a newer version', present: ['a:1'], wanted: ['a:2'], merged: ['a:2'] },
    { title: 'a digest', present: ['a:1'], wanted: ['a@sha256:0123'], merged: ['a@sha256:0123'] },
    { title: 'the name of the spec', present: ['a=b:1'], wanted: ['a=c:2'], merged: ['a=c:2'] },
    {
      title: 'another spelling of docker.io',
      present: ['nginx:1'],
      wanted: ['docker.io/nginx:2'],
      merged: ['nginx:2'],
    },
    {
      title: 'the exact spelling first',
      present: ['docker.io/nginx:1', 'nginx:1'],
      wanted: ['nginx:2'],
      merged: ['docker.io/nginx:1', 'nginx:2'],
    },
    {
      title: 'a name left of = in another spelling',
      present: ['nginx=b:1'],
      wanted: ['docker.io/nginx=c:2'],
      merged: ['nginx=c:2'],
    },
    { title: 'a rename', present: ['nginx:1'], wanted: ['nginx=c:2'], merged: ['nginx=c:2'] },
    {
      title: 'no other registry',
      present: ['ghcr.io/a/b:1'],
      wanted: ['a/b:2'],
      merged: ['ghcr.io/a/b:1', 'a/b:2'],
    },
    { title: 'nothing by an image without version', present: ['a:1'], wanted: ['a'], merged: ['a:1'] },
    { title: 'every double', present: ['a:1', 'a:2'], wanted: ['a:3'], merged: ['a:3', 'a:3'] },
    { title: 'the last of two', present: [], wanted: ['a:1', 'b:1', 'a:2'], merged: ['a:2', 'b:1'] },
    {
      title: 'a text that is no reference',
      present: ['???'],
      wanted: ['???', 'a:1'],
      merged: ['???', 'a:1'],
    },
  ])('replaces $title', ({ present, wanted, merged }) => {
    expect(mergeKustomizeImages(present, wanted)).toEqual(merged);
  });
});
