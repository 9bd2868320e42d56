/** Files as people write them, and a view on YAML texts that shares nothing with the editors under test. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type ParsedNode, parseAllDocuments, visit } from 'yaml';

const folder = new URL('../fixtures/edits/', import.meta.url);

export interface CorpusFile {
  readonly name: string;
  readonly text: string;
}

export function corpus(kind: 'helmvalues' | 'kustomization' | 'manifests'): readonly CorpusFile[] {
  const names = readdirSync(new URL(`${kind}/`, folder)).sort();
  return names.map((name) => ({ name, text: readFileSync(new URL(`${kind}/${name}`, folder), 'utf8') }));
}

/** Texts of scalars in mappings and lists, aliases resolved, merge keys as they are written. */
export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

export function documentsOf(text: string) {
  return parseAllDocuments<ParsedNode>(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
}

export function readPlain(text: string): readonly Plain[] {
  const documents = documentsOf(text);
  return Array.isArray(documents) ? documents.map((document) => document.toJS() as Plain) : [];
}

export type PlainPath = readonly (string | number)[];

/** Paths of all scalars of a plain document. */
export function scalarPaths(value: Plain, above: PlainPath = []): PlainPath[] {
  if (value === null || typeof value === 'string') return [above];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return children.flatMap(([key, child]) => scalarPaths(child as Plain, [...above, key]));
}

/** Paths of all mappings. */
export function mappingPaths(value: Plain, above: PlainPath = []): PlainPath[] {
  if (value === null || typeof value === 'string') return [];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const own = Array.isArray(value) ? [] : [above];
  return [...own, ...children.flatMap(([key, child]) => mappingPaths(child as Plain, [...above, key]))];
}

/** Paths at which two documents differ: of scalars, or of a collection that only one of them has. */
export function differences(
  before: Plain | undefined,
  after: Plain | undefined,
  above: PlainPath = [],
): PlainPath[] {
  if (before === after) return [];
  const isLeaf = (value: Plain | undefined) =>
    value === undefined || value === null || typeof value === 'string';
  if (isLeaf(after)) return [above];
  const left = (isLeaf(before) ? {} : before) as Readonly<Record<string, Plain>>;
  const right = after as Readonly<Record<string, Plain>>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) =>
    differences(left[key], right[key], [...above, Array.isArray(after) ? Number(key) : key]),
  );
}

export function at(value: Plain | undefined, path: PlainPath): Plain | undefined {
  let found: Plain | undefined = value;
  for (const segment of path) {
    if (found === undefined || found === null || typeof found === 'string') return undefined;
    found = (found as Readonly<Record<string | number, Plain>>)[segment];
  }
  return found;
}

/** Ranges of scalars, as they are written, whose text is one of these. */
export function rangesOfTexts(
  text: string,
  texts: ReadonlySet<string>,
): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const document of documentsOf(text)) {
    visit(document, {
      Scalar: (_, node) => {
        if (texts.has(String(node.value)) && node.range) ranges.push([node.range[0], node.range[1]]);
      },
    });
  }
  return ranges.sort(([a], [b]) => a - b);
}

/** True if every character of the first text stands, in order, in the second. */
export function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of part) {
    at = whole.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Lines of a text without the characters of the given ranges. */
export function without(text: string, ranges: readonly (readonly [number, number])[]): string {
  let kept = '';
  let copied = 0;
  for (const [start, end] of ranges) {
    kept += text.slice(copied, Math.max(start, copied));
    copied = Math.max(end, copied);
  }
  return kept + text.slice(copied);
}

/** Tags as registries have them, those included that YAML takes for something else. */
export const tagText: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
  fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((numbers) => numbers.join('.')),
  fc.constantFrom(
    '1.10',
    '7',
    '0x1f',
    '1e3',
    '010',
    'yes',
    'null',
    '2024-01-02',
    '1_000',
    'true',
    '0b11',
    '08',
    'v1',
  ),
  fc.stringMatching(/^[0-9a-f]{7}$/),
  fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `1.2@sha256:${hex}`),
);

/** What nobody should put into a tag. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'a: b',
    'a #b',
    '- x',
    '*a',
    '&a',
    '!x',
    '{a',
    '[b]',
    "it's",
    'a"b',
    'a\\b',
    '%x',
    '@x',
    '`x',
    '|',
    '>',
  ),
  fc.constantFrom(
    'a\nb',
    'a\r\nimage: x',
    '\u0085',
    '\u2028',
    '\t',
    '--- a',
    '...',
    ' a',
    'a ',
    '🚀',
    'é',
    '? a',
    ':',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
);
