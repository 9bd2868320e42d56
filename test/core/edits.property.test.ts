import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editHelmValues } from '../../src/core/edit/helmvalues.ts';
import { parseKeyPath, renderKeyPath } from '../../src/core/yaml/key-path.ts';
import { editKustomization } from '../../src/core/edit/kustomization.ts';
import type { Outcome } from '../../src/core/base/outcome.ts';
import type { EditedFile } from '../../src/core/yaml/edited-file.ts';
import type { KustomizeEdit, ValueEdit } from '../../src/core/edit/edit.ts';
import { parseYaml } from '../../src/core/yaml/parse.ts';
import { applyChanges } from '../../src/core/yaml/text.ts';
import { nodesOf, placesOf, type YamlDocument, type YamlScalar } from '../../src/core/yaml/tree.ts';
import {
  at,
  type CorpusFile,
  corpus,
  differences,
  hostileText,
  isSubsequence,
  mappingPaths,
  type Plain,
  rangesOfTexts,
  readPlain,
  scalarPaths,
  tagText,
  without,
} from './edit-corpus.ts';

const runs = Number(process.env['TIDEWAITER_EDIT_RUNS'] ?? 300);
/** Whoever takes this long hangs: on a busy machine anything else may take minutes. */
const hangMs = 600_000 + runs * 1000;
const parameters = { numRuns: runs };

const anyText = fc.oneof({ weight: 15, arbitrary: tagText }, { weight: 1, arbitrary: hostileText });
const anyRole = fc.constantFrom<ValueEdit['role']>('tag', 'tag', 'name', 'spec');
const valueTexts = fc.array(fc.tuple(anyText, anyRole), { minLength: 1, maxLength: 3 });
const digestText = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const version = fc.oneof(
  fc.record({ tag: tagText }),
  fc.record({ digest: digestText }),
  fc.record({ tag: tagText, digest: digestText }),
);
const versions = fc.array(fc.tuple(version, fc.boolean()), { minLength: 1, maxLength: 3 });
const dice = fc.infiniteStream(fc.nat());

describe(`edits of the corpus (${runs} runs each)`, () => {
  it('has at least 150 files', () => {
    expect((['helmvalues', 'kustomization', 'manifests'] as const).flatMap(corpus).length).toBeGreaterThan(
      150,
    );
  });

  it(
    'helmvalues: only the asked keys change, or the edit is refused',
    () => {
      const files = corpus('helmvalues');
      let edits = 0;
      fc.assert(
        fc.property(fc.constantFrom(...files), dice, valueTexts, (file, rolls, texts) => {
          const values = texts.map(
            ([value, role]): ValueEdit => ({ key: pickKey(file, rolls), value, role, alias: 'web' }),
          );

          const edited = editHelmValues(file.name, file.text, values);

          edits += Number(edited.ok);
          if (edited.ok && edited.value !== null) {
            expectOnlyKeys(file.text, edited.value, values);
            expectSameBytes(file.text, edited.value);
            expect(editHelmValues(file.name, edited.value.text, values)).toEqual({ ok: true, value: null });
          }
        }),
        parameters,
      );
      expect(edits).toBeGreaterThan(runs / 3);
    },
    hangMs,
  );

  it(
    'kustomization: only the images asked for change, or the edit is refused',
    () => {
      const files = corpus('kustomization');
      let edits = 0;
      fc.assert(
        fc.property(fc.constantFrom(...files), dice, versions, (file, rolls, wanted) => {
          const images = wanted.map(([wantedVersion, named]) => ({
            ...pickImage(file, rolls, named),
            ...wantedVersion,
          }));

          const edited = editKustomization(file.name, file.text, images);

          edits += Number(edited.ok);
          if (edited.ok && edited.value !== null) {
            expectOnlyImages(file.text, edited.value, images);
            expectSameLines(file.text, edited.value.text);
            expect(editKustomization(file.name, edited.value.text, images)).toEqual({
              ok: true,
              value: null,
            });
          }
        }),
        parameters,
      );
      expect(edits).toBeGreaterThan(runs / 2);
    },
    hangMs,
  );

  it(
    'manifests: any scalars of any documents, several at once',
    () => {
      const files = corpus('manifests');
      let edits = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(...files),
          dice,
          fc.array(anyText, { minLength: 1, maxLength: 4 }),
          (file, rolls, texts) => {
            const yaml = unwrap(parseYaml(file.name, file.text));
            const values = yaml.documents.flatMap(valueScalars);
            const replaced = new Map(texts.map((text) => [pick(values, rolls), text]));

            const after = applyChanges(yaml, { replaced, added: new Map(), removed: new Set() });

            edits += Number(after.ok);
            if (after.ok) expectOnlySpans(file.text, after.value.text, replaced);
          },
        ),
        parameters,
      );
      expect(edits).toBeGreaterThan(runs / 3);
    },
    hangMs,
  );

  it(
    'damaged files are refused or edited, never a crash',
    () => {
      const files = [...corpus('helmvalues'), ...corpus('kustomization')];
      fc.assert(
        fc.property(fc.constantFrom(...files), dice, hostileText, (file, rolls, junk) => {
          const position = next(rolls) % (file.text.length + 1);
          const text = file.text.slice(0, position) + junk + file.text.slice(position + (next(rolls) % 5));

          const value: ValueEdit = { key: 'image.tag', value: 'v9.9.9', role: 'tag', alias: '' };
          const helm = editHelmValues(file.name, text, [value]);
          const kustomize = editKustomization(file.name, text, [
            { name: 'web', named: false, newName: 'web', tag: 'v9.9.9', alias: '' },
          ]);

          if (helm.ok && helm.value !== null) expectOnlyKeys(text, helm.value, [value]);
          if (kustomize.ok && kustomize.value !== null)
            expect(readPlain(kustomize.value.text)).not.toEqual([]);
        }),
        parameters,
      );
    },
    hangMs,
  );
});

function next(rolls: Iterable<number>): number {
  for (const number of rolls) return number;
  return 0;
}

function pick<Item>(items: readonly Item[], rolls: Iterable<number>): Item {
  return items[next(rolls) % items.length]!;
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

/** Mostly a key that is there, sometimes one that is missing in, or below, a mapping that is there. */
function pickKey(file: CorpusFile, rolls: Iterable<number>): string {
  const document = readPlain(file.text)[0] ?? {};
  if (next(rolls) % 6 < 4) return renderKeyPath(pick(scalarPaths(document), rolls));
  const fresh = [['tag'], ['image', 'tag'], ['image', 'name'], ['yes'], ['x.y'], ['1', '2']];
  return renderKeyPath([...pick(mappingPaths(document), rolls), ...pick(fresh, rolls)]);
}

function expectOnlyKeys(before: string, edited: EditedFile, values: readonly ValueEdit[]): void {
  const [first, ...others] = readPlain(before);
  const [changed, ...same] = readPlain(edited.text);
  expect(same).toEqual(others);
  const reported = new Map(edited.changes.map(({ key, to }) => [key, to]));
  const different = differences(first, changed).filter((path) => !path.includes('<<')); // followed from its anchor
  expect([...reported.keys()]).toEqual(expect.arrayContaining(different.map(renderKeyPath)));
  for (const [key, to] of reported) {
    const value = at(changed, unwrap(parseKeyPath(key)));
    if (value !== undefined) expect(value).toBe(to); // else only a merge key leads there
  }
  for (const { key, value, role } of values) {
    const literal = at(changed, [key]);
    if (role === 'tag' && value !== '') expect(literal ?? at(changed, unwrap(parseKeyPath(key)))).toBe(value);
  }
}

/** Nothing but the old texts of changed scalars is gone. */
function expectSameBytes(before: string, { text, changes }: EditedFile): void {
  const replaced = new Set(changes.flatMap(({ from }) => (from === undefined ? [] : [from])));
  expect(isSubsequence(without(before, rangesOfTexts(before, replaced)), text)).toBe(true);
  expectSameEnds(before, text);
}

function expectSameEnds(before: string, after: string): void {
  expect(after.startsWith('\ufeff')).toBe(before.startsWith('\ufeff'));
  expect(after.endsWith('\n')).toBe(before.endsWith('\n'));
  const isCrlf = /\r\n/.test(before);
  expect(/[^\r]\n/.test(after) && isCrlf).toBe(/[^\r]\n/.test(before) && isCrlf);
  expect(after.includes('\r')).toBe(isCrlf);
}

/** The line ends of a plain manifest's scalars are where they were, and each reads as its new text. */
function expectOnlySpans(before: string, after: string, replaced: ReadonlyMap<YamlScalar, string>): void {
  const spans = [...replaced].sort(([a], [b]) => a.start - b.start);
  const ends = [0, ...spans.map(([{ end }]) => end)];
  const fixed = [
    ...spans.map(([{ start }], index) => before.slice(ends[index], start)),
    before.slice(ends.at(-1)),
  ];
  const match = new RegExp(`^${fixed.map(escaped).join('([^\\n]*?)')}$`, 's').exec(after);
  expect(match).not.toBeNull();
  const read = match?.slice(1).map((text) => at(readPlain(`k: ${text}`)[0], ['k']));
  expect(read).toEqual(spans.map(([, text]) => text));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Values of mappings and items of lists, in one document. */
function valueScalars(document: YamlDocument): readonly YamlScalar[] {
  const places = placesOf(document);
  return [...nodesOf(document)].filter(
    (node) => node.kind === 'scalar' && places.get(node)?.isKey === false,
  ) as YamlScalar[];
}

type Entry = { name?: string; newName?: string; newTag?: string; digest?: string };

function entriesOf(text: string): readonly Entry[] {
  const images = at(
    readPlain(text).find((document) => document !== '' && document !== null),
    ['images'],
  );
  return Array.isArray(images) ? (images as Entry[]) : [];
}

function pickImage(
  file: CorpusFile,
  rolls: Iterable<number>,
  named: boolean,
): Omit<KustomizeEdit, 'tag' | 'digest'> {
  const known = entriesOf(file.text).flatMap(({ name, newName }) =>
    [name, newName].filter((text) => text !== undefined),
  );
  const name = pick([...known, ...known, 'nginx', 'ghcr.io/acme/fresh'], rolls);
  const newName = named ? pick(['ghcr.io/acme/other', 'mirror.example.com/x', name], rolls) : name;
  return { name, named, newName: newName === '' ? name : newName, alias: '' };
}

function expectOnlyImages(before: string, edited: EditedFile, images: readonly KustomizeEdit[]): void {
  const isShared = before.includes('&'); // anchors: other places change with it
  const [old, fresh] = [before, edited.text].map((text) =>
    readPlain(text).filter((document) => document !== ''),
  );
  expect(fresh?.map(withoutImages)).toEqual(old?.map(withoutImages));
  if (isShared) return;
  const expected = entriesOf(before).map(blankless);
  for (const edit of images) applyToModel(expected, edit);
  expect(entriesOf(edited.text).map(blankless)).toEqual(expected);
}

function withoutImages(document: Plain): Plain {
  return { ...(document as Readonly<Record<string, Plain>>), images: '' };
}

function blankless(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, text]) => text !== '' && text !== '~')) as Entry;
}

/** Section 3 of the behaviour, on plain data. */
function applyToModel(entries: Entry[], { name, named, newName, tag, digest }: KustomizeEdit): void {
  const byName = entries.filter((entry) => entry.name === name);
  const matching = byName.length > 0 || named ? byName : entries.filter((entry) => entry.newName === newName);
  const version = {
    ...(tag === undefined ? {} : { newTag: tag }),
    ...(digest === undefined ? {} : { digest }),
  };
  if (matching.length === 0) {
    entries.push({ name, ...(newName === name ? {} : { newName }), ...version });
    return;
  }
  for (const entry of matching) {
    delete entry.newTag;
    delete entry.digest;
    Object.assign(entry, version);
    if (named && (entry.newName ?? entry.name) !== newName) entry.newName = newName;
  }
}

/** Lines that say nothing about versions stand where they stood, in their order. */
function expectSameLines(before: string, after: string): void {
  const lines = after.split('\n')[Symbol.iterator]();
  for (const line of before.split('\n')) {
    if (/newTag|digest|newName|\{|images/.test(line)) continue;
    expect(lines.some((candidate) => candidate.trimEnd() === line.trimEnd())).toBe(true);
  }
  expectSameEnds(before, after);
}
