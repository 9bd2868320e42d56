/** Typed fields of a YAML mapping, as strict as Go's decoder: unknown and duplicate keys are mistakes. */
import { parseGoDuration } from '../base/duration.ts';
import { quoted } from '../base/quoted.ts';
import {
  followAlias,
  isMergeEntry,
  isNull,
  mergedMaps,
  type YamlDocument,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from '../yaml/tree.ts';

/** A mistake in one field; `key` is "" where the mapping itself is wrong. */
export interface FieldProblem {
  readonly key: string;
  readonly problem: string;
}

/**
 * Reads the fields that are asked for and collects what is wrong with them. An absent field, null,
 * and one of a wrong type are `undefined`. Types are those of YAML 1.1: `yes` and `on` are booleans,
 * a quoted number is none, and any scalar is a text.
 */
export class FieldReader {
  readonly #document: YamlDocument;
  readonly #nodes: ReadonlyMap<string, YamlNode>;
  readonly #unread: Set<string>;
  readonly #problems: FieldProblem[] = [];

  constructor(document: YamlDocument, node: YamlNode) {
    this.#document = document;
    const map = followAlias(document, node);
    if (map.kind !== 'map' && !isNull(map)) this.report('', 'expected a mapping');
    this.#nodes = map.kind === 'map' ? this.#collect(map) : new Map();
    this.#unread = new Set(this.#nodes.keys());
  }

  text(key: string): string | undefined {
    return this.#scalar(key, 'a text', ({ value }) => value);
  }

  flag(key: string): boolean | undefined {
    return this.#scalar(key, 'true or false', ({ style, value }) =>
      style === 'plain' ? booleanWords.get(value) : undefined,
    );
  }

  wholeNumber(key: string): number | undefined {
    return this.#scalar(key, 'a whole number, unquoted', wholeNumber);
  }

  /** Milliseconds of a Go duration; a bare number is nanoseconds, as Go's decoder has it. */
  durationMs(key: string): number | undefined {
    return this.#scalar(key, 'a duration such as 30s or 5h', (scalar) => {
      const nanos = wholeNumber(scalar);
      return nanos === undefined ? parseGoDuration(scalar.value) : nanos / 1e6;
    });
  }

  /** Items of a list; none if it is absent or null. */
  list(key: string): readonly YamlNode[] {
    const node = this.#take(key);
    if (node === undefined) return [];
    if (node.kind === 'list') return node.items;
    this.report(key, 'expected a list');
    return [];
  }

  /** A mapping of texts; none if it is absent or null. */
  texts(key: string): ReadonlyMap<string, string> {
    const node = this.#take(key);
    if (node === undefined) return new Map();
    if (node.kind !== 'map') {
      this.report(key, 'expected a mapping');
      return new Map();
    }
    const fields = new FieldReader(this.#document, node);
    const names = [...fields.#nodes.keys()];
    const texts = new Map(names.map((name) => [name, fields.text(name) ?? '']));
    for (const { key: name, problem } of fields.problems()) this.report(`${key}.${name}`, problem);
    return texts;
  }

  /** Whatever is there. */
  node(key: string): YamlNode | undefined {
    return this.#take(key);
  }

  report(key: string, problem: string): void {
    this.#problems.push({ key, problem });
  }

  /** Everything that is wrong, with the keys that nobody asked for. */
  problems(): readonly FieldProblem[] {
    const unknown = [...this.#unread].map((key) => ({ key, problem: 'unknown key' }));
    return [...this.#problems, ...unknown];
  }

  #scalar<T>(key: string, expected: string, read: (scalar: YamlScalar) => T | undefined): T | undefined {
    const node = this.#take(key);
    if (node === undefined) return undefined;
    const value = node.kind === 'scalar' ? read(node) : undefined;
    if (value !== undefined) return value;
    this.report(
      key,
      `expected ${expected}, not ${node.kind === 'scalar' ? quoted(node.value) : `a ${node.kind}`}`,
    );
    return undefined;
  }

  #take(key: string): Exclude<YamlNode, { kind: 'alias' }> | undefined {
    this.#unread.delete(key);
    const node = this.#nodes.get(key);
    return node === undefined || isNull(node) ? undefined : followAlias(this.#document, node);
  }

  /** Own entries first: they win over merged ones. */
  #collect(map: YamlMap): ReadonlyMap<string, YamlNode> {
    const nodes = new Map<string, YamlNode>();
    for (const entry of map.entries) {
      if (isMergeEntry(entry)) continue;
      const key = this.#keyText(entry.key);
      if (nodes.has(key)) this.report(key, 'duplicate key');
      nodes.set(key, entry.value);
    }
    for (const { key, value } of mergedMaps(this.#document, map).flatMap(({ entries }) => entries)) {
      const text = this.#keyText(key);
      if (!nodes.has(text)) nodes.set(text, value);
    }
    return nodes;
  }

  #keyText(node: YamlNode): string {
    const key = followAlias(this.#document, node);
    return key.kind === 'scalar' ? key.value : `(a ${key.kind})`;
  }
}

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
]);

function wholeNumber({ style, value }: YamlScalar): number | undefined {
  if (style !== 'plain') return undefined;
  const digits = value.replaceAll('_', '');
  const [, sign = '', magnitude = ''] =
    /^([-+]?)(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.exec(digits) ?? [];
  if (magnitude === '') return undefined;
  const octal = /^0[0-7]+$/.test(magnitude);
  const number = Number(octal ? `0o${magnitude.slice(1)}` : magnitude);
  if (!Number.isSafeInteger(number)) return undefined;
  return sign === '-' ? -number : number;
}
