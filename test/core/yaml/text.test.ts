import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/core/yaml/parse.ts';
import { applyChanges, fillBare, isBare, verifyEdit } from '../../../src/core/yaml/text.ts';
import type { YamlChanges } from '../../../src/core/yaml/changes.ts';
import type { NewList, NewMap, NewValue } from '../../../src/core/yaml/new-text.ts';
import {
  entriesNamed,
  followAlias,
  nodesOf,
  type YamlNode,
  type YamlText,
} from '../../../src/core/yaml/tree.ts';
import { indexUses, usesOf } from '../../../src/core/yaml/uses.ts';

function parsed(text: string): YamlText {
  const yaml = parseYaml('f.yaml', text);
  if (!yaml.ok) throw new Error(yaml.failure.message);
  return yaml.value;
}

function refusal(text: string): string {
  const yaml = parseYaml('f.yaml', text);
  return yaml.ok ? 'read' : yaml.failure.message;
}

/** The value of the first key of that name, wherever it is. */
function valueOf(yaml: YamlText, key: string): YamlNode {
  for (const document of yaml.documents) {
    for (const node of nodesOf(document)) {
      const entry = node.kind === 'map' ? entriesNamed(document, node, key)[0] : undefined;
      if (entry !== undefined) return followAlias(document, entry.value);
    }
  }
  throw new Error(`no key ${key}`);
}

const nothing: YamlChanges = { replaced: new Map(), added: new Map(), removed: new Set() };

function result(yaml: YamlText, changes: Partial<YamlChanges>): string {
  const after = applyChanges(yaml, { ...nothing, ...changes });
  return after.ok ? after.value.text : after.failure.message;
}

function replace(text: string, key: string, value: string): string {
  const yaml = parsed(text);
  const node = valueOf(yaml, key);
  if (node.kind !== 'scalar') throw new Error(`${key} is no scalar`);
  return result(yaml, { replaced: new Map([[node, value]]) });
}

function add(text: string, key: string | null, added: NewMap | NewList): string {
  const yaml = parsed(text);
  const node = key === null ? yaml.documents[0]?.root : valueOf(yaml, key);
  if (node === undefined || node.kind === 'alias') throw new Error('nothing to add to');
  return result(yaml, { added: new Map([[node, added]]) });
}

function remove(text: string, key: string): string {
  const yaml = parsed(text);
  for (const document of yaml.documents) {
    for (const node of nodesOf(document)) {
      const entry = node.kind === 'map' ? entriesNamed(document, node, key)[0] : undefined;
      if (entry !== undefined) return result(yaml, { removed: new Set([entry]) });
    }
  }
  throw new Error(`no key ${key}`);
}

const map = (entries: Readonly<Record<string, NewValue>>): NewMap => new Map(Object.entries(entries));

describe('a replaced scalar keeps its style', () => {
  it.each([
    { before: 'tag: v1 # c\n', value: 'v2', after: 'tag: v2 # c\n' },
    { before: 'tag: v1\t# c\n', value: '1.10', after: 'tag: "1.10"\t# c\n' },
    { before: "tag: '1.0' # c\n", value: '1.10', after: "tag: '1.10' # c\n" },
    { before: 'tag: "1.0"\n', value: 'a"b', after: 'tag: "a\\"b"\n' },
    { before: 'tag: "a\n  b"\nx: 1\n', value: 'v2', after: 'tag: "v2"\nx: 1\n' },
    { before: 'tag: a\n  b # c\nx: 1\n', value: 'v2', after: 'tag: v2 # c\nx: 1\n' },
    { before: 'tag: !!str 1.0\n', value: '1.1', after: 'tag: !!str "1.1"\n' },
    { before: 'tag: &t v1\nx: *t\n', value: 'v2', after: 'tag: &t v2\nx: *t\n' },
    { before: 'tag:\nx: 1\n', value: 'v2', after: 'tag: v2\nx: 1\n' },
    { before: 'tag:   # c\n', value: '7', after: 'tag: "7"   # c\n' },
    { before: 'tag: &t\n', value: 'v2', after: 'tag: &t v2\n' },
    { before: 'tag: ~ # c\n', value: 'v2', after: 'tag: v2 # c\n' },
    { before: 'tag:', value: 'v2', after: 'tag: v2' },
    { before: '{tag}', value: 'v2', after: '{tag: v2}' },
    { before: '{tag: , x: 1}', value: 'v2', after: '{tag: v2 , x: 1}' },
    { before: '{tag: v1}', value: 'sha256:aa', after: "{tag: 'sha256:aa'}" },
    { before: '{"tag":"v1"}', value: 'v2', after: '{"tag":"v2"}' },
    { before: '? tag\n: v1\n', value: 'v2', after: '? tag\n: v2\n' },
    { before: '\ufeff# c\r\ntag: v1\r\n', value: 'v2', after: '\ufeff# c\r\ntag: v2\r\n' },
    { before: 'a: 1\n---\n# c\ntag: v1\n...\n', value: 'v2', after: 'a: 1\n---\n# c\ntag: v2\n...\n' },
    { before: '{{ .x }}: 1\ntag: v1\n', value: 'v2', after: '{{ .x }}: 1\ntag: v2\n' },
  ])('$before -> $after', ({ before, value, after }) => {
    expect(replace(before, 'tag', value)).toBe(after);
  });

  it.each([
    { before: 'tag: |\n  v1\n', value: 'v2', reason: 'line 1: the value is a block scalar' },
    { before: 'x: 1\ntag: >-\n  v1\n', value: 'v2', reason: 'line 2: the value is a block scalar' },
    { before: 'tag: !!float 1.0\n', value: 'v2', reason: 'explicit tag tag:yaml.org,2002:float' },
    { before: 'tag: !vault abc\n', value: 'v2', reason: 'explicit tag !vault' },
    { before: 'tag: v1\n', value: 'a\nb: c', reason: 'a control character or a line break' },
    { before: 'tag: v1\n', value: '\ud800', reason: 'not valid Unicode' },
    { before: '? tag\n', value: 'v2', reason: 'the key has no colon' },
  ])('$before with $value is refused: $reason', ({ before, value, reason }) => {
    expect(replace(before, 'tag', value)).toContain(reason);
  });
});

describe('a new entry stands as its siblings do', () => {
  it.each<{ before: string; key: string | null; entry?: Record<string, NewValue>; after: string }>([
    { before: 'a: 1', key: null, after: 'a: 1\ntag: v1' },
    {
      before: 'a: 1 # c\n# d\n\nb: 2 # e\n\n# f\n',
      key: null,
      after: 'a: 1 # c\n# d\n\nb: 2 # e\ntag: v1\n\n# f\n',
    },
    { before: 'i:\n    a: 1\n# c\nz: 1\n', key: 'i', after: 'i:\n    a: 1\n    tag: v1\n# c\nz: 1\n' },
    { before: 'i:\r\n  a: 1\r\nz: 1\r\n', key: 'i', after: 'i:\r\n  a: 1\r\n  tag: v1\r\nz: 1\r\n' },
    { before: 'i:\n  l:\n  - x # c\nz: 1\n', key: 'i', after: 'i:\n  l:\n  - x # c\n  tag: v1\nz: 1\n' },
    { before: 'i:\n  - a: 1\n  - b: 1\n', key: null, after: 'i:\n  - a: 1\n  - b: 1\ntag: v1\n' },
    { before: 'i:\n  s: |\n    x\n\n\nz: 1\n', key: 'i', after: 'i:\n  s: |\n    x\n  tag: v1\n\n\nz: 1\n' },
    { before: 'i:\n  s: |+\n    x\n\nz: 1\n', key: 'i', after: 'i:\n  s: |+\n    x\n\n  tag: v1\nz: 1\n' },
    { before: 'i:\n  s: |-\n    x', key: 'i', after: 'i:\n  s: |-\n    x\n  tag: v1' },
    { before: 'i:\n  n:\nz: 1\n', key: 'i', after: 'i:\n  n:\n  tag: v1\nz: 1\n' },
    { before: 'i: {}\n', key: 'i', after: 'i: {tag: v1}\n' },
    { before: 'i: { }\n', key: 'i', after: 'i: {tag: v1 }\n' },
    { before: 'i: {a: 1} # c\n', key: 'i', after: 'i: {a: 1, tag: v1} # c\n' },
    { before: 'i: {a: 1,}\n', key: 'i', after: 'i: {a: 1, tag: v1}\n' },
    { before: '{"i":{"a":1}}', key: 'i', after: '{"i":{"a":1, "tag": "v1"}}' },
    { before: '{"i":{}}', key: 'i', after: '{"i":{"tag": "v1"}}' },
    { before: 'i: {\n  a: 1 # c\n}\n', key: 'i', after: 'i: {\n  a: 1, # c\n  tag: v1\n}\n' },
    { before: 'i: {\n  a: 1, # c\n}\n', key: 'i', after: 'i: {\n  a: 1, # c\n  tag: v1,\n}\n' },
    { before: 'i: {\n  a: 1 }\n', key: 'i', after: 'i: {\n  a: 1, tag: v1 }\n' },
    { before: 'i:\nz: 1\n', key: 'i', after: 'i:\n  tag: v1\nz: 1\n' },
    { before: 'i: # c\n  # d\nz: 1\n', key: 'i', after: 'i: # c\n  tag: v1\n  # d\nz: 1\n' },
    { before: 'i: ~ # c\n', key: 'i', after: 'i: {tag: v1} # c\n' },
    { before: 'a:\n    b: 1\ni:\n', key: 'i', after: 'a:\n    b: 1\ni:\n    tag: v1\n' },
    { before: '{i: , z: 1}', key: 'i', after: '{i: {tag: v1} , z: 1}' },
    { before: 'a: 1\n---\nb: 1\n', key: null, after: 'a: 1\ntag: v1\n---\nb: 1\n' },
    { before: 'a: 1\n...\n', key: null, after: 'a: 1\ntag: v1\n...\n' },
    { before: '- a: 1\n- b: 1\n', key: null, after: 'what is there is a list' },
    {
      before: 'a:\n   b: 1\n   l:\n     - 1\n',
      key: null,
      entry: {
        web: new Map<string, NewValue>([
          ['image', map({ tag: '1', on: 'x' })],
          ['l', [map({ n: 'a', t: '1' }), 'b']],
        ]),
      },
      after:
        'a:\n   b: 1\n   l:\n     - 1\nweb:\n   image:\n      tag: "1"\n      "on": x\n   l:\n     - "n": a\n       t: "1"\n     - b\n',
    },
    { before: 'a: {}\n', key: null, entry: { e: new Map(), l: [] }, after: 'a: {}\ne: {}\nl: []\n' },
  ])('$before -> $after', ({ before, key, entry = { tag: 'v1' }, after }) => {
    const text = add(before, key, map(entry));

    expect(text.startsWith('f.yaml') ? text.slice(text.indexOf('what')) : text).toBe(after);
  });

  it.each([
    { before: 'a: |\n  x', reason: 'would become part of the block scalar' },
    { before: 'a: >+\n  x', reason: 'would become part of the block scalar' },
  ])('$before is refused: $reason', ({ before, reason }) => {
    expect(add(before, null, map({ tag: 'v1' }))).toContain(reason);
  });

  it.each([
    { before: 'i: &x\nz: *x\n', reason: 'an anchor or a tag' },
    { before: 'l: [i: 1]\n', key: 'l', reason: 'what is there is a list' },
  ])('$before is refused: $reason', ({ before, key = 'i', reason }) => {
    expect(add(before, key, map({ tag: 'v1' }))).toContain(reason);
  });

  it('goes into the inner of two collections that end together first', () => {
    const yaml = parsed('l:\n- a: 1\n');
    const [root, list] = [yaml.documents[0]?.root, valueOf(yaml, 'l')];
    if (root?.kind !== 'map' || list.kind !== 'list') throw new Error('not as expected');
    const item = list.items[0];
    if (item?.kind !== 'map') throw new Error('not as expected');

    const text = result(yaml, {
      added: new Map<typeof root | typeof list, NewMap | NewList>([
        [root, map({ z: 'x' })],
        [list, ['b']],
        [item, map({ t: 'v' })],
      ]),
    });

    expect(text).toBe('l:\n- a: 1\n  t: v\n- b\nz: x\n');
  });
});

describe('a new item stands as its siblings do', () => {
  it.each([
    {
      before: 'l:\n- name: a\n  t: 1 # c\n# d\n',
      after: 'l:\n- name: a\n  t: 1 # c\n- name: b\n  t: "2"\n# d\n',
    },
    {
      before: 'l:\n    -   name: a\nz: 1\n',
      after: 'l:\n    -   name: a\n    -   name: b\n        t: "2"\nz: 1\n',
    },
    { before: 'l:\n  - {name: a}\n', after: 'l:\n  - {name: a}\n  - {name: b, t: "2"}\n' },
    { before: 'l: []\n', after: 'l: [{name: b, t: "2"}]\n' },
    { before: 'l: [{name: a}]\n', after: 'l: [{name: a}, {name: b, t: "2"}]\n' },
    { before: '{"l":[{"name":"a"}]}', after: '{"l":[{"name":"a"}, {"name": "b", "t": "2"}]}' },
    { before: 'l: [\n  {name: a}, # c\n]\n', after: 'l: [\n  {name: a}, # c\n  {name: b, t: "2"},\n]\n' },
    { before: 'l:\nr:\n  - x\n', after: 'l:\n  - name: b\n    t: "2"\nr:\n  - x\n' },
    { before: 'l:\nr:\n- x\n', after: 'l:\n- name: b\n  t: "2"\nr:\n- x\n' },
    { before: 'l: null\n', after: 'l: [{name: b, t: "2"}]\n' },
    { before: 'l:\n- a\n-\n', after: 'l:\n- a\n-\n- name: b\n  t: "2"\n' },
  ])('$before -> $after', ({ before, after }) => {
    expect(add(before, 'l', [map({ name: 'b', t: '2' })])).toBe(after);
  });
});

describe('a removed entry takes its lines along', () => {
  it.each([
    { before: 'a: 1\nx: 2 # c\nb: 3\n', after: 'a: 1\nb: 3\n' },
    { before: 'a: 1\r\nx: 2\r\n', after: 'a: 1\r\n' },
    { before: 'a: 1\nx: 2', after: 'a: 1' },
    { before: 'l:\n- x: 1 # c\n  b: 2\n', after: 'l:\n- b: 2\n' },
    { before: 'a: 1\n# keep\nx: 2\n# keep too\nb: 3\n', after: 'a: 1\n# keep\n# keep too\nb: 3\n' },
    { before: '{a: 1, x: 2, b: 3}\n', after: '{a: 1, b: 3}\n' },
    { before: '{x: 2, b: 3}\n', after: '{b: 3}\n' },
    { before: 'a: {b: 3, x: 2} # c\n', after: 'a: {b: 3} # c\n' },
    { before: '{a: 1, x: 2,}\n', after: '{a: 1,}\n' },
    { before: 'a: |\n  s\nx: 2', after: 'a: |\n  s\n' },
    { before: 'a: |-\n  s\nx: 2', after: 'a: |-\n  s' },
  ])('$before -> $after', ({ before, after }) => {
    expect(remove(before, 'x')).toBe(after);
  });

  it.each([
    { before: 'x: 1\n', reason: 'nothing would be left' },
    { before: 'l:\n- x: 1\n  # about b\n  b: 2\n', reason: 'a comment would go' },
    { before: '{a: 1, # c\n x: 2}\n', reason: 'a comment would go' },
    { before: 'a: 1\nx: &x 2\nb: *x\n', reason: 'refers to no anchor' },
  ])('$before is refused: $reason', ({ before, reason }) => {
    expect(remove(before, 'x')).toContain(reason);
  });
});

describe('verifyEdit', () => {
  const before = parsed('a: 1 # c\nb: &x [1]\nc: *x\n---\nd: 1\n');

  it.each([
    { after: 'a: 2 # c\nb: &x [1]\nc: *x\n---\nd: 1\n', difference: 'the value 1 would change' },
    { after: 'a: "1" # c\nb: &x [1]\nc: *x\n---\nd: 1\n', difference: 'the value 1 would change' },
    { after: 'a: 1 # d\nb: &x [1]\nc: *x\n---\nd: 1\n', difference: 'a comment would change' },
    { after: 'a: 1 # c\nb: &x [1, 2]\nc: *x\n---\nd: 1\n', difference: 'the new items would not read back' },
    { after: 'a: 1 # c\nb: &x [1]\nc: [1]\n---\nd: 1\n', difference: '*x would change' },
    { after: 'a: 1 # c\nb: &x [1]\nc: *x\n', difference: 'the number of documents would change' },
    {
      after: 'a: 1 # c\nb: &x [1]\nc: *x\n---\nd: 1\ne: 1\n',
      difference: 'the new keys would not read back',
    },
    { after: 'a: 1 # c\nb: &y [1]\nc: *y\n---\nd: 1\n', difference: 'an anchor or a tag would change' },
  ])('sees that $difference', ({ after, difference }) => {
    const verified = verifyEdit(before, parsed(after), nothing);

    expect(verified.ok ? 'same' : verified.failure.message).toContain(difference);
  });

  it('takes the same text', () => {
    expect(verifyEdit(before, parsed(before.text), nothing).ok).toBe(true);
  });
});

describe('a text of comments alone', () => {
  it.each([
    { before: '# c', after: '# c\na: "1"\n' },
    { before: '# c\r\n', after: '# c\r\na: "1"\r\n' },
    { before: '---\n# c\n\n', after: '---\n# c\n\na: "1"\n' },
    { before: '', after: 'a: "1"\n' },
  ])('$before -> $after', ({ before, after }) => {
    const yaml = parsed(before);
    const filled = fillBare(yaml, map({ a: '1' }));

    expect(isBare(yaml)).toBe(true);
    expect(filled.ok ? filled.value.text : filled.failure.message).toBe(after);
  });

  it.each(['null\n', '--- ~\n', '{}\n', '# c\n---\n---\n', '%YAML 1.1\n---\n', '--- &a\n'])(
    'is not %j',
    (text) => {
      expect(isBare(parsed(text))).toBe(false);
    },
  );
});

describe('usesOf', () => {
  const paths = (text: string, key: string) => {
    const yaml = parsed(text);
    const uses = usesOf(indexUses(yaml, yaml.documents[0]!), valueOf(yaml, key));
    return uses.ok ? uses.value.map((path) => path.join('.')) : uses.failure.message;
  };

  it.each([
    { text: 'a:\n  tag: 1\n', paths: ['a.tag'] },
    { text: 'a: &a\n  tag: 1\nb: *a\nl: [*a]\n', paths: ['a.tag', 'b.tag', 'l.0.tag'] },
    { text: 'tag: &t 1\nb: *t\n', paths: ['tag', 'b'] },
    {
      text: 'a: &a\n  tag: 1\nb:\n  <<: *a\nc:\n  <<: [*a]\nd:\n  <<: *a\n  tag: 2\n',
      paths: ['a.tag', 'b.tag', 'c.tag'],
    },
    {
      text: 'a: &a\n  b: &b\n    tag: 1\n  c: *b\nd: *a\n',
      paths: ['a.b.tag', 'd.b.tag', 'a.c.tag', 'd.c.tag'],
    },
  ])('$text -> $paths', ({ text, paths: expected }) => {
    expect(paths(text, 'tag')).toEqual(expected);
  });

  it('refuses a value that is also a key', () => {
    expect(paths('tag: &t x\n? *t\n: 1\n', 'tag')).toContain('also used as a key');
  });

  it('refuses a value with more than 1000 places, without counting them all', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`,
    );

    expect(paths(`l0: &l0 {tag: 1}\n${levels.join('\n')}\n`, 'tag')).toContain('more than 1000 places');
  });

  it('refuses an alias inside its own anchor', () => {
    expect(paths('a: &a\n  tag: 1\n  self: *a\n', 'tag')).toContain('more than 1000 places');
  });
});

describe('a text that is refused', () => {
  it.each([
    { text: 'a: *x\n', reason: 'f.yaml: not valid YAML, line 1: *x refers to no anchor' },
    { text: 'a: 1\nb: "x\n', reason: 'f.yaml: not valid YAML, line' },
    { text: 'a: 1\n\tb: 2\n', reason: 'not valid YAML' },
    { text: 'a: 1\rb: 2\n', reason: 'line 1 holds U+000D' },
    { text: '# c\n# x\u2028tag: 1\n', reason: 'line 2 holds U+2028' },
    { text: 'a: \ud800\n', reason: 'f.yaml: not valid Unicode' },
    { text: 'a: \u0000\n', reason: 'holds U+0000' },
    { text: `a: ${'é'.repeat(600_000)}`, reason: 'larger than 1048576 bytes' },
    { text: '['.repeat(300), reason: 'nested deeper than 200 levels' },
    { text: `a: ${'{b: '.repeat(201)}${'}'.repeat(201)}\n`, reason: 'nested deeper than 200 levels' },
  ])('$reason', ({ text, reason }) => {
    expect(refusal(text)).toContain(reason);
  });
});
