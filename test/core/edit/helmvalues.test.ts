import { describe, expect, it } from 'vitest';
import { editHelmValues, readHelmValue } from '../../../src/core/edit/helmvalues.ts';
import type { ValueEdit } from '../../../src/core/edit/edit.ts';

type Short = readonly [key: string, value: string, role?: ValueEdit['role'], alias?: string];

function edit(text: string | null, ...values: readonly Short[]) {
  return editHelmValues(
    'values.yaml',
    text,
    values.map(([key, value, role = 'tag', alias = 'web']) => ({ key, value, role, alias })),
  );
}

/** The text after the edit, the text before if nothing differs, else what stands against it. */
function result(text: string | null, ...values: readonly Short[]): string {
  const edited = edit(text, ...values);
  return edited.ok ? (edited.value?.text ?? text ?? '') : edited.failure.message;
}

interface Case {
  readonly row: string;
  readonly before: string;
  readonly values: readonly Short[];
  readonly after: string;
}

const b64 = 'b'.repeat(64);

describe('key paths (writeback.md appendix B)', () => {
  it.each<Case>([
    {
      row: 'literal root key',
      before: 'image.tag: v1\n',
      values: [['image.tag', 'v2']],
      after: 'image.tag: v2\n',
    },
    {
      row: 'literal root key wins over nesting',
      before: 'image: {tag: n}\nimage.tag: l\n',
      values: [['image.tag', 'v2']],
      after: 'image: {tag: n}\nimage.tag: v2\n',
    },
    {
      row: 'a dotted key in the middle is not found',
      before: 'a.b: {c: v}\n',
      values: [['a.b.c', 'w']],
      after: 'a.b: {c: v}\na:\n  b:\n    c: w\n',
    },
    { row: 'but with quotes', before: 'a.b: {c: v}\n', values: [['"a.b".c', 'w']], after: 'a.b: {c: w}\n' },
    {
      row: 'list item',
      before: 'images:\n- tag: a\n- tag: b\n',
      values: [['images[1].tag', 'v3']],
      after: 'images:\n- tag: a\n- tag: v3\n',
    },
    { row: 'list item by number', before: 'i: [{t: a}]\n', values: [['i.0.t', 'b']], after: 'i: [{t: b}]\n' },
    { row: 'list in a list', before: 'i: [[a, b]]\n', values: [['i[0][1]', 'c']], after: 'i: [[a, c]]\n' },
    {
      row: 'scalar item',
      before: 'images: [a, b]\n',
      values: [['images[1]', 'c']],
      after: 'images: [a, c]\n',
    },
    {
      row: 'empty flow mapping',
      before: 'image: {}\n',
      values: [
        ['image.tag', 'v1'],
        ['image.name', 'a/b', 'name'],
      ],
      after: 'image: {tag: v1, name: a/b}\n',
    },
    {
      row: 'empty file in flow',
      before: '{}\n',
      values: [['image.tag', '1.2']],
      after: '{image: {tag: "1.2"}}\n',
    },
    {
      row: 'key under an anchor',
      before: 'a: &a\n  x: 1\nb: *a\n',
      values: [['b.name', 'web', 'name']],
      after: 'a: &a\n  x: 1\n  name: web\nb: *a\n',
    },
    {
      row: 'beside a merge key',
      before: 'b: &b {tag: v1}\nimage:\n  <<: *b # all\n',
      values: [['image.tag', 'v2']],
      after: 'b: &b {tag: v1}\nimage:\n  <<: *b # all\n  tag: v2\n',
    },
    {
      row: 'a merge key that supplies the value already',
      before: 'b: &b {tag: v1}\nimage:\n  <<: *b\n',
      values: [['image.tag', 'v1']],
      after: 'b: &b {tag: v1}\nimage:\n  <<: *b\n',
    },
    {
      row: 'unquoted template braces elsewhere',
      before: 'x: {{ .Values.x }}\ntag: v1\n',
      values: [['tag', 'v2']],
      after: 'x: {{ .Values.x }}\ntag: v2\n',
    },
    {
      row: 'null in the middle',
      before: 'image:\n',
      values: [['image.tag', 'v1']],
      after: 'image:\n  tag: v1\n',
    },
    { row: '4.3 float', before: 'tag: 1.0\n', values: [['tag', 'v1.1']], after: 'tag: v1.1\n' },
    { row: '4.3 null', before: 'tag:\n', values: [['tag', 'v1.1']], after: 'tag: v1.1\n' },
    {
      row: '4.3 alias',
      before: 'a: &a v1\ntag: *a\n',
      values: [['tag', 'v2']],
      after: 'a: &a v2\ntag: *a\n',
    },
    {
      row: '4.3 anchored mapping',
      before: 'global: {attrs: &a {tag: v1}}\nimage: {attrs: *a}\n',
      values: [['image.attrs.tag', 'v2']],
      after: 'global: {attrs: &a {tag: v2}}\nimage: {attrs: *a}\n',
    },
    {
      row: '4.3 layout',
      before:
        'web:\n  image:\n    name: acme/web   # repo\n    tag: v1.0.0 # pinned\n\n# other\nreplicas:   3\n',
      values: [['web.image.tag', 'v1.1.0']],
      after:
        'web:\n  image:\n    name: acme/web   # repo\n    tag: v1.1.0 # pinned\n\n# other\nreplicas:   3\n',
    },
    {
      row: 'several documents: the first',
      before: '---\ntag: v1\n---\ntag: v1\n',
      values: [['tag', 'v2']],
      after: '---\ntag: v2\n---\ntag: v1\n',
    },
    { row: 'only comments', before: '# none\n', values: [['tag', 'v2']], after: '# none\ntag: v2\n' },
  ])('$row: $before', ({ before, values, after }) => {
    expect(result(before, ...values)).toBe(after);
  });

  it.each<{ text: string; key: string; reason: string }>([
    { text: 'images: [a]\n', key: 'images[-1]', reason: 'index -1 is out of range: images has 1 items' },
    { text: 'images: [a]\n', key: 'images[1]', reason: 'index 1 is out of range: images has 1 items' },
    {
      text: 'images: [a]\n',
      key: 'images.tag',
      reason: 'images is a list: an index is needed, as in images[0]',
    },
    { text: 'images: {a: 1}\n', key: 'images[0]', reason: 'images is no list but a mapping' },
    { text: 'x: 1\n', key: 'images[0].tag', reason: 'there is no list images' },
    { text: 'a: {x: 1}\n', key: 'a.images[0].tag', reason: 'there is no list images in a' },
    { text: 'tag: v1\n', key: 'tag.x', reason: 'unexpected type: tag is a scalar, not a mapping' },
    { text: 'image: {tag: {x: 1}}\n', key: 'image.tag', reason: 'unexpected type: a mapping, not a scalar' },
    { text: 'image: {tag: [x]}\n', key: 'image.tag', reason: 'unexpected type: a list, not a scalar' },
    { text: 'l: [&x {tag: 1}, *x]\n', key: 'l[1].tag', reason: 'l[1] is an alias' },
    { text: 'a: {tag: 1, tag: 2}\n', key: 'a.tag', reason: 'tag is there more than once' },
    { text: 'a: {tag: 1}\na: {tag: 2}\n', key: 'a.tag', reason: 'a is there more than once' },
    { text: 'tag: |\n  v1\n', key: 'tag', reason: 'the value is a block scalar' },
    { text: 'tag: !!int 1\n', key: 'tag', reason: 'explicit tag' },
    { text: 'b: &b {i: {tag: 1, x: 2}}\na: {<<: *b}\n', key: 'a.i.tag', reason: 'would hide its other keys' },
    { text: '- a\n', key: 'tag', reason: 'the file holds no mapping but a list' },
    { text: 'null\n', key: 'tag', reason: 'the file holds no mapping but a null' },
    { text: 'a: 1\n', key: 'a..b', reason: 'a segment is empty' },
  ])('$key in $text is refused: $reason', ({ text, key, reason }) => {
    const edited = edit(text, [key, 'v2']);

    expect(edited).toMatchObject({ ok: false, failure: { kind: 'edit', path: 'values.yaml', key } });
    expect(result(text, [key, 'v2'])).toContain(`values.yaml: key ${key}: `);
    expect(result(text, [key, 'v2'])).toContain(reason);
  });

  it('refuses a file that is not YAML', () => {
    expect(result('a: [\n', ['a', 'b'])).toContain('values.yaml: not valid YAML');
  });

  it('names each path that leads to a changed anchor', () => {
    const edited = edit('a: &a\n  tag: v1\nb: *a\nc:\n  <<: *a\n', ['b.tag', 'v2']);

    expect(edited.ok && edited.value?.changes).toEqual(
      ['a.tag', 'b.tag', 'c.tag'].map((key) => ({ path: 'values.yaml', key, from: 'v1', to: 'v2' })),
    );
  });
});

describe('two values for one place', () => {
  it.each<{ text: string; values: readonly Short[]; reason: string }>([
    {
      text: 'a: &a {tag: v1}\nb: *a\n',
      values: [
        ['a.tag', 'v2'],
        ['b.tag', 'v3', 'tag', 'other'],
      ],
      reason: 'key b.tag: another image gives this value the text "v2"',
    },
    {
      text: 'a: {}\n',
      values: [
        ['a.tag', 'v2'],
        ['a.tag', 'v3', 'tag', 'other'],
      ],
      reason: 'another image writes another text to it',
    },
    {
      text: 'a: {}\n',
      values: [
        ['a.tag', 'v2'],
        ['a.tag.x', 'v3', 'tag', 'other'],
      ],
      reason: 'another image makes tag a value',
    },
  ])('$values is refused', ({ text, values, reason }) => {
    expect(result(text, ...values)).toContain(reason);
  });

  it('is fine where both are the same', () => {
    const values: Short[] = [
      ['a.tag', 'v2'],
      ['a.tag', 'v2', 'tag', 'other'],
      ['m.tag', 'v2'],
      ['m.tag', 'v2', 'tag', 'other'],
    ];

    expect(result('a: {tag: v1}\n', ...values)).toBe('a: {tag: v2}\nm:\n  tag: v2\n');
  });
});

describe('names keep the spelling of the file (4.1)', () => {
  it.each<{ role: 'name' | 'spec'; file: string; wanted: string; after: string }>([
    { role: 'name', file: 'acme/web', wanted: 'ghcr.io/acme/web', after: 'acme/web' },
    { role: 'name', file: 'acme/old', wanted: 'ghcr.io/acme/web', after: 'ghcr.io/acme/web' },
    { role: 'name', file: 'ghcr.io/acme/old', wanted: 'ghcr.io/acme/web', after: 'ghcr.io/acme/web' },
    { role: 'name', file: 'nginx', wanted: 'docker.io/library/nginx', after: 'nginx' },
    { role: 'name', file: 'docker.io/library/nginx', wanted: 'nginx', after: 'docker.io/library/nginx' },
    { role: 'name', file: 'index.docker.io/acme/web', wanted: 'acme/web', after: 'index.docker.io/acme/web' },
    { role: 'name', file: 'localhost:5000/acme/web', wanted: 'ghcr.io/acme/web', after: 'ghcr.io/acme/web' },
    { role: 'name', file: '""', wanted: 'ghcr.io/acme/web', after: '"ghcr.io/acme/web"' },
    { role: 'name', file: 'acme/web:v1', wanted: 'ghcr.io/acme/web', after: 'acme/web' },
    { role: 'spec', file: 'acme/job:1.0', wanted: 'ghcr.io/acme/job:1.1', after: 'acme/job:1.1' },
    {
      role: 'spec',
      file: 'ghcr.io/acme/job:1.0',
      wanted: 'ghcr.io/acme/job:1.1',
      after: 'ghcr.io/acme/job:1.1',
    },
    {
      role: 'spec',
      file: 'docker.io/library/nginx:1',
      wanted: 'nginx:1',
      after: 'docker.io/library/nginx:1',
    },
    {
      role: 'spec',
      file: 'acme/job@sha256:aa',
      wanted: `ghcr.io/acme/job@sha256:${b64}`,
      after: `acme/job@sha256:${b64}`,
    },
    { role: 'spec', file: 'acme/job:1@sha256:aa', wanted: 'acme/job:2', after: 'acme/job:2' },
    { role: 'spec', file: "'{{ .x }}'", wanted: 'ghcr.io/acme/job:1', after: "'ghcr.io/acme/job:1'" },
  ])('$role $file, wanted $wanted -> $after', ({ role, file, wanted, after }) => {
    expect(result(`i: ${file} # c\n`, ['i', wanted, role])).toBe(`i: ${after} # c\n`);
  });

  it('looks through merge keys for the spelling', () => {
    const text = 'b: &b\n  name: acme/old\nimage:\n  <<: *b\n';

    expect(result(text, ['image.name', 'ghcr.io/acme/web', 'name'])).toBe(
      `${text}  name: ghcr.io/acme/web\n`,
    );
  });
});

describe('fault C2: a name means the chosen image, however the chart spells it', () => {
  const web = 'ghcr.io/acme/web';

  it.each<{ row: string; file: string; key?: string; wanted?: string; after: string }>([
    { row: 'a fresh chart', file: 'repository: nginx', after: `repository: ${web}` },
    { row: 'another path of Docker Hub', file: 'repository: acme/site', after: `repository: ${web}` },
    {
      row: 'back to Docker Hub',
      file: 'repository: ghcr.io/acme/web',
      wanted: 'nginx',
      after: 'repository: nginx',
    },
    { row: "the host is the template's", file: 'repository: acme/web', after: 'repository: acme/web' },
    {
      row: 'three keys',
      file: 'registry: ghcr.io\n  repository: acme/old',
      after: 'registry: ghcr.io\n  repository: acme/web',
    },
    {
      row: 'three keys, same image',
      file: 'registry: docker.io\n  repository: nginx',
      wanted: 'docker.io/library/nginx',
      after: 'registry: docker.io\n  repository: nginx',
    },
    {
      row: 'three keys of Docker Hub',
      file: 'registry: docker.io\n  repository: acme/old',
      wanted: 'nginx',
      after: 'registry: docker.io\n  repository: library/nginx',
    },
    {
      row: 'three keys, the host is empty',
      file: 'registry: ""\n  repository: nginx',
      after: `registry: ""\n  repository: ${web}`,
    },
    {
      row: 'a whole name beside a host key',
      file: 'registry: ""\n  repository: ghcr.io/acme/old',
      after: `registry: ""\n  repository: ${web}`,
    },
    {
      row: 'a host with a folder',
      file: 'registry: ghcr.io/acme/\n  repository: old',
      after: 'registry: ghcr.io/acme/\n  repository: web',
    },
    {
      row: 'hub and image',
      key: 'image.image',
      file: 'hub: ghcr.io/acme\n  image: old',
      after: 'hub: ghcr.io/acme\n  image: web',
    },
    {
      row: 'folder and name',
      key: 'image.name',
      file: 'repository: ghcr.io/acme\n  name: web',
      after: 'repository: ghcr.io/acme\n  name: web',
    },
    {
      row: 'keys with a word in front',
      key: 'image.webRepository',
      file: 'webRegistry: ghcr.io\n  webRepository: old',
      after: 'webRegistry: ghcr.io\n  webRepository: acme/web',
    },
    {
      row: 'a missing name behind a host',
      file: 'registry: ghcr.io',
      after: 'registry: ghcr.io\n  repository: acme/web',
    },
  ])('$row', ({ file, key = 'image.repository', wanted = web, after }) => {
    expect(result(`image:\n  ${file}\n`, [key, wanted, 'name'])).toBe(`image:\n  ${after}\n`);
  });

  it('one key for name and tag', () => {
    expect(result('image: nginx:1.0\n', ['image', `${web}:1.1`, 'spec'])).toBe(`image: ${web}:1.1\n`);
  });

  it.each([
    ['registry: docker.io\n  repository: library/nginx', 'image.registry is "docker.io"'],
    ['registry: docker.io\n  repository: acme/web', 'image.registry is "docker.io"'],
    ['registry: quay.io\n  tag: v1', 'image.registry is "quay.io"'],
    ['hub: docker.io/istio\n  repository: pilot', 'image.hub is "docker.io/istio"'],
  ])('is refused where another key names another host: %j', (file, says) => {
    const told = result(`image:\n  ${file}\n`, ['image.repository', web, 'name']);

    expect(told).toContain(`key image.repository: ${says}, so no name here means ${web}`);
  });

  it('looks at the one registry for all images first', () => {
    const text = 'global: {imageRegistry: quay.io}\nimage: {registry: ghcr.io, repository: acme/old}\n';

    expect(result(text, ['image.repository', web, 'name'])).toContain('global.imageRegistry is "quay.io"');
  });

  it('never puts a key in front of itself', () => {
    const text = 'global: {imageRegistry: nginx}\n';

    expect(result(text, ['global.imageRegistry', web, 'name'])).toBe(`global: {imageRegistry: ${web}}\n`);
  });

  it('takes a host at the root for that of a website', () => {
    expect(result('host: shop.example.com\nrepository: nginx\n', ['repository', web, 'name'])).toBe(
      `host: shop.example.com\nrepository: ${web}\n`,
    );
  });
});

describe('a tag', () => {
  it.each([
    { file: '1.10', wanted: '1.10', after: '"1.10"' },
    { file: '"1.10"', wanted: '1.10', after: '"1.10"' },
    { file: 'v1', wanted: 'v1', after: 'v1' },
    { file: "'1.9'", wanted: '1.10', after: "'1.10'" },
    { file: 'v1', wanted: '20240102', after: '"20240102"' },
    { file: 'v1', wanted: `2@sha256:${b64}`, after: `2@sha256:${b64}` },
    { file: 'v1', wanted: '', after: 'v1' },
  ])('$file, wanted $wanted -> $after: a number is no tag', ({ file, wanted, after }) => {
    expect(result(`tag: ${file}\n`, ['tag', wanted])).toBe(`tag: ${after}\n`);
  });
});

describe('a missing file', () => {
  const values: Short[] = [
    ['web.image.name', 'ghcr.io/acme/web', 'name'],
    ['web.image.tag', '1.27'],
  ];
  const made =
    '# auto generated by argocd image updater\n\nweb:\n  image:\n    tag: "1.27"\n    name: ghcr.io/acme/web\n';

  it.each([null, '', '\n', ' \n\t\n'])('is made as 0.18 makes it (4.3): %j', (text) => {
    expect(result(text, ...values)).toBe(made);
  });

  it('is left alone the second time', () => {
    expect(edit(made, ...values)).toEqual({ ok: true, value: null });
  });

  it('is not made for nothing', () => {
    expect(edit(null, ['tag', ''])).toEqual({ ok: true, value: null });
  });

  it.each([
    { key: 'images[0].tag', reason: 'there is no such list' },
    { key: 'a..b', reason: 'a segment is empty' },
  ])('is not made for $key', ({ key, reason }) => {
    expect(result(null, [key, 'v1'])).toContain(reason);
  });

  it('says what it holds', () => {
    const edited = edit(null, ['a.tag', 'v1']);

    expect(edited.ok && edited.value?.changes).toEqual([{ path: 'values.yaml', key: 'a.tag', to: 'v1' }]);
  });
});

describe('readHelmValue', () => {
  const text =
    'image.tag: lit\nimage: {tag: nested}\nb: &b {tag: v1}\na:\n  <<: *b\nl: [{n: x}]\nz:\nu: "1.10"\nc: *b\n';

  it.each([
    { key: 'image.tag', value: 'lit' },
    { key: 'a.tag', value: 'v1' },
    { key: 'c.tag', value: 'v1' },
    { key: 'l[0].n', value: 'x' },
    { key: 'u', value: '1.10' },
    { key: 'l[1].n', value: undefined },
    { key: 'z', value: undefined },
    { key: 'image', value: undefined },
    { key: 'none.of.it', value: undefined },
    { key: 'a..b', value: undefined },
  ])('$key is $value', ({ key, value }) => {
    expect(readHelmValue(text, key)).toBe(value);
  });

  it.each(['', 'a: [', '- a\n'])('finds nothing in %j', (broken) => {
    expect(readHelmValue(broken, 'a')).toBeUndefined();
  });
});
