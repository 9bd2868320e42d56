import fc from 'fast-check';
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

describe('any file', () => {
  const name = fc.constantFrom('a', 'b', 'web.tag', 'y', '1', 'x y', "it's", '- z', 'image\\.name[0]');
  const value = fc.oneof(
    fc.constantFrom(
      '1',
      '1.10',
      'true',
      '',
      'v1',
      'a: b',
      '#',
      "'",
      '"',
      '~',
      '2024-01-02',
      'x'.repeat(300),
      '\u00e9\u{1f600}',
    ),
    fc.string({ maxLength: 12 }),
  );
  const parameters = fc.array(fc.record({ name, value, forceString: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  });
  const anyText = fc.string({ unit: 'binary', maxLength: 8 });
  const anyParameters = fc.array(fc.record({ name: anyText, value: anyText, forceString: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.oneof(parameters, anyParameters), (wanted) => {
        fc.pre(!/[\u2028\u2029]/.test(JSON.stringify(wanted)));
        expect(readHelmOverride(String(helm(null, wanted)))).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  const handmade = fc
    .tuple(
      fc.constantFrom('', '# head\n', '---\n', '\ufeff'),
      fc.constantFrom(
        'helm:\n  parameters:\n',
        'helm:\n  releaseName: x\n  parameters:\n',
        'Helm:\n    Parameters:\n',
      ),
      fc.array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'web.tag', '"1"'),
          fc.constantFrom('1', "'2'", '"3"', '', 'v # c', '[1]', '|-\n        x', '&a 1', 'yes'),
          fc.constantFrom(
            '',
            '\n      forcestring: true',
            '\n      forceString: false # c',
            '\n      other: 1',
          ),
        ),
        { maxLength: 4 },
      ),
      fc.constantFrom('', '\n', '\nkustomize:\n  images: []\n', '\n---\nb: 2\n', '\n# tail'),
      fc.constantFrom('\n', '\r\n'),
    )
    .map(([head, block, items, tail, lineBreak]) => {
      const list = items
        .map(([key, text, flag]) => `    - name: ${key}\n      value: ${text}${flag}`)
        .join('\n');
      return (head + block + list + tail).replaceAll('\n', lineBreak);
    });

  it('is edited once: a second time changes nothing, and it holds what was wanted', () => {
    fc.assert(
      fc.property(handmade, parameters, (text, wanted) => {
        const edited = editHelmOverride(path, text, wanted);
        if (!edited.ok) return;
        const after = edited.value?.text ?? text;
        const held = new Map(readHelmOverride(after).map((each) => [each.name, each]));
        expect(helm(after, wanted)).toBe('no change');
        for (const each of new Map(wanted.map((last) => [last.name, last])).values()) {
          expect(held.get(each.name)).toEqual(each);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives an answer, whatever is in it', () => {
    const piece = fc.constantFrom(
      'helm:',
      'parameters:',
      '- ',
      'name: ',
      'value: ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '|',
      '"',
      "'",
      '#',
      ': ',
      '---\n',
      '\t',
      'kustomize:',
      'images:',
      '<<: ',
      '? ',
      '!!str ',
      '\r\n',
      '\u2028',
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (hostile) => {
        for (const answer of [helm(hostile), kustomize(hostile, 'a:1')]) {
          expect(typeof answer === 'string' || typeof answer === 'object').toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['parameters', `helm:\n  parameters:\n${'  - name: a\n    value: b\n'.repeat(38_000)}`],
    [
      'parameters with a comment',
      `# c\nhelm:\n  parameters:\n${'  - name: a\n    value: b\n'.repeat(38_000)}`,
    ],
    ['open brackets', '['.repeat(1_000_000)],
    ['keys', Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['quotes', `helm: "${'\\"'.repeat(500_000)}"`],
  ])('of a megabyte of %s is answered', (_, text) => {
    expect(helm(text, [parameter('a', 'c')])).toBeDefined();
  });

  it('of tens of thousands of images is answered', () => {
    const text = `# c\nkustomize:\n  images:\n${'  - a:1\n'.repeat(30_000)}`;

    expect(kustomize(text, 'a:2')).toBe(text.replaceAll('a:1', 'a:2'));
  });
});
