import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedNode, parseAllDocuments } from 'yaml';
import { type ImageRef, parseImageRef } from '../../../../src/core/image/image.ts';
import { editManifests } from '../../../../src/core/edit/manifests/manifests.ts';
import { findManifestImages } from '../../../../src/core/edit/manifests/find-images.ts';
import type { EditedFile } from '../../../../src/core/yaml/edited-file.ts';
import type { ManifestEdit } from '../../../../src/core/edit/edit.ts';
import { anImage } from '../../builders.ts';
import {
  at,
  type CorpusFile,
  corpus,
  differences,
  hostileText,
  type Plain,
  type PlainPath,
} from '../../edit-corpus.ts';

const runs = Number(process.env['TIDEWAITER_EDIT_RUNS'] ?? 300);
/** Whoever takes this long hangs: on a busy machine anything else may take minutes. */
const hangMs = 600_000 + runs * 1000;
const parameters = { numRuns: runs };

const podSpecs: Readonly<Record<string, PlainPath>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ...Object.fromEntries(
    ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'].map((kind) => [
      kind,
      ['spec', 'template', 'spec'],
    ]),
  ),
};

/** Paths of container images, found in the values alone. */
function imagePaths(value: Plain | undefined, above: PlainPath = []): PlainPath[] {
  const object = at(value, above);
  const kind = at(object, ['kind']);
  if (kind === 'List') {
    return childPaths(object, 'items').flatMap((path) => imagePaths(value, [...above, ...path]));
  }
  const podSpec = typeof kind === 'string' ? podSpecs[kind] : undefined;
  if (podSpec === undefined) return [];
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    childPaths(at(object, podSpec), list).map((path) => [...above, ...podSpec, ...path, 'image']),
  );
}

function childPaths(value: Plain | undefined, key: string): PlainPath[] {
  const list = at(value, [key]);
  return Array.isArray(list) ? list.map((_, index) => [key, index]) : [];
}

function plainDocuments(text: string): readonly Plain[] {
  const documents = parseAllDocuments<ParsedNode>(text, {
    schema: 'failsafe',
    merge: true,
    uniqueKeys: false,
  });
  return Array.isArray(documents) ? documents.map((document) => document.toJS() as Plain) : [];
}

function refAt(document: Plain | undefined, path: PlainPath): ImageRef | undefined {
  const text = at(document, path);
  const ref = typeof text === 'string' ? parseImageRef(text) : undefined;
  return ref?.ok === true ? ref.value : undefined;
}

function isOf(edit: ManifestEdit, ref: ImageRef | undefined): boolean {
  return ref?.canonical.registry === edit.registry && ref.canonical.repository === edit.repository;
}

/** Every container image of the edit has its version afterwards, and nothing but references of it changed. */
function expectOnlyImages(before: string, after: string, edit: ManifestEdit): void {
  const [old, fresh] = [plainDocuments(before), plainDocuments(after)];
  expect(fresh.length).toBe(old.length);
  for (const [index, document] of old.entries()) {
    for (const path of differences(document, fresh[index])) {
      expect(isOf(edit, refAt(document, path))).toBe(true);
      expect(refAt(fresh[index], path)).toMatchObject({ tag: edit.tag });
    }
    for (const path of imagePaths(document)) {
      if (isOf(edit, refAt(document, path))) expect(refAt(fresh[index], path)?.tag).toBe(edit.tag);
    }
  }
}

/** Lines stay, but for the reference in them. */
function expectOnlyReferences(before: string, { text, changes }: EditedFile): void {
  const old = before.split('\n');
  const fresh = text.split('\n');
  expect(fresh.length).toBe(old.length);
  for (const [index, line] of fresh.entries()) {
    if (line === old[index]) continue;
    const possible = changes.flatMap(({ from = '', to }) =>
      [to, `'${to}'`].map((written) => old[index]?.split(from).join(written)),
    );
    expect(possible).toContain(line);
  }
}

const references = /(?<=image["']?:[ \t]*["']?)[\w.:/@-]+/g;

/** One of the images that a file names. */
function pickImage({ text }: CorpusFile, die: number): string {
  const found = text.match(references) ?? ['nginx'];
  return found[die % found.length] ?? 'nginx';
}

const version = fc.constantFrom(
  '1.27',
  '7',
  '0x1f',
  '1e3',
  '010',
  'yes',
  'v2',
  '2024-01-02',
  '1_000',
  'sha-0f3a2b1',
);

const customPath = fc.constantFrom(
  'spec.image',
  'spec.imageName',
  'spec.template.spec.containers.*.image',
  'spec.workflowSpec.templates[0].container.image',
);

/** A file with something odd put into it. */
const disturbed = fc
  .tuple(
    fc.constantFrom(...corpus('manifests')),
    fc.array(fc.tuple(fc.nat(3000), hostileText), { maxLength: 3 }),
  )
  .map(([file, insertions]) => {
    let { text } = file;
    for (const [offset, insertion] of insertions) {
      text = text.slice(0, offset) + insertion + text.slice(offset);
    }
    return { name: file.name, text };
  });

describe(`manifests (${runs} runs each)`, () => {
  it.each([
    { title: 'files as people write them', files: fc.constantFrom(...corpus('manifests')), share: 0.4 },
    { title: 'files with hostile text in them', files: disturbed, share: 0 },
  ])(
    '$title: only references of the image change, or the edit is refused',
    ({ files, share }) => {
      let edits = 0;
      fc.assert(
        fc.property(files, fc.nat(), version, customPath, (file, die, tag, path) => {
          const ref = parseImageRef(pickImage(file, die));
          if (!ref.ok) return;
          const edit: ManifestEdit = { alias: 'a', ...ref.value.canonical, tag, path };
          const texts = new Map([[file.name, file.text]]);

          const outcome = editManifests(texts, [edit]);

          if (!outcome.ok) {
            expect(outcome.failure.message).not.toBe('');
            return;
          }
          edits += 1;
          const [edited] = outcome.value;
          if (edited === undefined) return;
          expectOnlyImages(file.text, edited.text, edit);
          expectOnlyReferences(file.text, edited);
          const again = new Map([[file.name, edited.text]]);
          expect(editManifests(again, [edit])).toEqual({ ok: true, value: [] });
          const found = findManifestImages(again, anImage({ ref: ref.value, manifests: { path } }));
          expect(found.ok && new Set(found.value.map((each) => each.tag))).toEqual(new Set([tag]));
        }),
        parameters,
      );
      expect(edits).toBeGreaterThan(runs * share);
    },
    hangMs,
  );
});

/** The largest file that is read is a mebibyte, as in CI; here it is a part of one. */
const hostileBytes = Number(process.env['TIDEWAITER_HOSTILE_BYTES'] ?? 1 << 17);

/** As many copies as fit into a file. */
function filled(head: string, line: (index: number) => string, tail = ''): string {
  const lines: string[] = [];
  let length = head.length + tail.length;
  for (let index = 0; ; index += 1) {
    const next = line(index);
    length += next.length;
    if (length > hostileBytes) return head + lines.join('') + tail;
    lines.push(next);
  }
}

describe(`hostile text of ${hostileBytes} bytes ends`, () => {
  it.each<[string, string]>([
    ['containers', filled('kind: Pod\nspec: {containers: [', () => '{image: web:1},', ']}')],
    ['documents', filled('', () => 'kind: Pod\nspec: {containers: [{image: web:1}]}\n---\n')],
    ['items', filled('kind: List\nitems:\n', () => '- {kind: Pod, spec: {containers: [{image: web:1}]}}\n')],
    [
      'objects that share one list',
      filled(
        `x: &l [${'{image: web:1},'.repeat(20_000)}]\nkind: List\nitems:\n`,
        () => '- {kind: Pod, spec: {containers: *l}}\n',
      ),
    ],
    [
      'lists that multiply',
      filled('a0: &a0 [web:1]\n', (n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`, 'kind: Pod\n# web\n'),
    ],
    [
      'List objects that multiply',
      filled(
        'x0: &x0 {kind: Pod, spec: {containers: [{image: web:1}]}}\n',
        (n) => `x${n + 1}: &x${n + 1} {kind: List, items: [*x${n}, *x${n}]}\n`,
        'kind: List\nitems: [*x9000]\n',
      ),
    ],
    [
      'a chain of merge keys',
      filled(
        'kind: Pod\nspec:\n  containers:\n  - &c0 {image: web:1}\n',
        (n) => `  - &c${n + 1} {<<: *c${n}}\n`,
      ),
    ],
    [
      'merge keys of one list',
      filled(
        `x: &l [&a {name: a}, ${'*a,'.repeat(100_000)}]\nkind: Pod\nspec:\n  containers:\n  - image: web:1\n`,
        () => '  - {<<: *l}\n',
      ),
    ],
    [
      'one mapping merged again and again',
      filled(
        'x: &a {image: web:1}\nkind: Pod\nspec:\n  containers:\n  - image: web:1\n',
        () => '    <<: *a\n',
      ),
    ],
    [
      'a container merged again and again',
      filled(
        'kind: Pod\nspec:\n  containers:\n  - &a {image: web:1}\n  - image: web:1\n',
        () => '    <<: *a\n',
      ),
    ],
    [
      'overridden merge keys of a long list',
      filled(
        `kind: Pod\nspec:\n  initContainers: &l [${'{image: web:1, name: b},'.repeat(20_000)}]\n  containers:\n`,
        () => '  - {<<: *l, image: web:1, name: a}\n',
      ),
    ],
    [
      'overridden merge keys',
      filled(
        `x: &l [${'{image: web:1},'.repeat(20_000)}]\nkind: Pod\nspec:\n  containers:\n  - *l\n`,
        () => '  - {<<: *l, image: web:1}\n',
      ),
    ],
    [
      'wide mappings on the way',
      filled(
        `kind: Pod\nspec:\n  containers: [${'{image: web:1},'.repeat(30_000)}]\n`,
        (n) => `  k${n}: 1\n`,
      ),
    ],
    ['duplicated keys', filled('kind: Pod\nspec:\n  containers:\n  -\n', () => '    image: web:1\n')],
    ['no YAML', filled('{{ ', () => 'docker.io/library/web:{ ', 'library/web')],
    ['one word', filled('[', () => 'web:@/')],
  ])(
    '%s',
    (_, text) => {
      const edit = {
        alias: 'a',
        registry: 'docker.io',
        repository: 'library/web',
        tag: '2',
        path: 'spec.*.image',
      };
      const texts = new Map([['a.yaml', text]]);

      const outcome = editManifests(texts, [edit]);

      expect(outcome.ok ? '' : outcome.failure.kind).toMatch(/^(?:edit)?$/);
    },
    hangMs,
  );
});
