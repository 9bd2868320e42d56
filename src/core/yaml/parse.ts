/** Text -> YAML tree, by the package `yaml`, within limits that hostile text cannot exceed. */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  type Pair,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import { lineNumber } from '../base/text-lines.ts';
import type {
  YamlAlias,
  YamlComment,
  YamlDocument,
  YamlEntry,
  YamlNode,
  YamlScalar,
  YamlText,
} from './tree.ts';

/** Larger files are refused. */
const maxYamlBytes = 1_048_576;
const maxDepth = 200; // the deepest schemas of public CRDs stay below 60
/** A file of a megabyte may hold many times as much, and each value costs time and memory. */
const maxScalars = 60_000;
/** Of lists and mappings: empty ones hold no values, and cost the same. */
const maxEntries = 60_000;
/** Each is looked through for every key, and through it those that it merges. */
const maxMergeKeys = 500;

/** What YAML readers disagree on: control characters, a lone CR, NEL, LS and PS, a byte order mark inside. */
const unreadable = /(?![\t\n\r])[\p{Cc}\u2028\u2029]|\r(?!\n)|(?!^)\ufeff/u;

/**
 * Parses all documents of a file. Scalars keep their text and aliases stay aliases, so that nothing grows.
 * Fails (kind `edit`) on text that is too large, holds too much, is nested too deep, or not valid YAML.
 */
export function parseYaml(path: string, text: string): Outcome<YamlText> {
  const refused = (reason: string) => fail({ kind: 'edit', path, message: `${path}: ${reason}` });
  const refusal = refuseText(text);
  if (refusal !== undefined) return refused(refusal);
  const tokens = [...new Parser().parse(text)];
  const { comments, depth, scalars, entries, mergeKeys } = surveyTokens(tokens);
  if (depth > maxDepth) return refused(`nested deeper than ${maxDepth} levels`);
  if (scalars > maxScalars) return refused(`more than ${maxScalars} keys and values`);
  if (entries > maxEntries) return refused(`more than ${maxEntries} entries of lists and mappings`);
  if (mergeKeys > maxMergeKeys) return refused(`more than ${maxMergeKeys} merge keys (<<)`);
  // Without these options a megabyte of distinct keys takes minutes.
  const composer = new Composer<ParsedNode>({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
  });
  const documents: YamlDocument[] = [];
  for (const composed of composer.compose(tokens)) {
    const problem = composed.errors[0];
    if (problem !== undefined) return refused(notValid(text, problem.pos[0], problem.message));
    const { document, dangling } = readDocument(composed, text);
    if (dangling !== undefined) {
      return refused(notValid(text, dangling.start, `*${dangling.name} refers to no anchor`));
    }
    documents.push(document);
  }
  return succeed({ path, text, documents, comments });
}

function refuseText(text: string): string | undefined {
  if (text.length > maxYamlBytes || new TextEncoder().encode(text).length > maxYamlBytes) {
    return `larger than ${maxYamlBytes} bytes`;
  }
  if (!text.isWellFormed()) return 'not valid Unicode';
  const at = text.search(unreadable);
  if (at === -1) return undefined;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return `line ${lineNumber(text, at)} holds U+${code}, which YAML readers refuse or disagree on`;
}

function notValid(text: string, offset: number, reason: string): string {
  return `not valid YAML, line ${lineNumber(text, offset)}: ${reason}`;
}

/** Walks the tokens without recursion: what nests a million levels deep must not reach the composer. */
function surveyTokens(tokens: readonly CST.Token[]): Survey {
  const comments: YamlComment[] = [];
  let [depth, scalars, entries, mergeKeys] = [0, 0, 0, 0];
  const open: { token: CST.Token; level: number }[] = tokens.map((token) => ({ token, level: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, level } = next;
    depth = Math.max(depth, level);
    if (token.type === 'comment') comments.push({ start: token.offset, text: token.source });
    if (scalarTypes.has(token.type)) scalars += 1;
    if ('items' in token) entries += token.items.length;
    if (token.type === 'scalar' && token.source === '<<') mergeKeys += 1;
    for (const child of childTokens(token)) open.push({ token: child, level: level + 1 });
  }
  return { comments: comments.sort((a, b) => a.start - b.start), depth, scalars, entries, mergeKeys };
}

interface Survey {
  readonly comments: readonly YamlComment[];
  readonly depth: number;
  readonly scalars: number;
  readonly entries: number;
  readonly mergeKeys: number;
}

const scalarTypes: ReadonlySet<string> = new Set([
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
  'block-scalar',
  'alias',
]);

function* childTokens(token: CST.Token): Generator<CST.Token> {
  if ('props' in token) yield* token.props;
  if ('start' in token && Array.isArray(token.start)) yield* token.start;
  if ('value' in token && token.value !== undefined) yield token.value;
  if ('items' in token) {
    for (const { start, key, sep, value } of token.items) {
      yield* start;
      if (key) yield key;
      if (sep) yield* sep;
      if (value) yield value;
    }
  }
  if ('end' in token && token.end !== undefined) yield* token.end;
}

interface Slot {
  node?: YamlNode;
}

interface Reading {
  readonly text: string;
  /** Anchor -> its latest node; the slot is filled once that node is complete. */
  readonly anchors: Map<string, Slot>;
  readonly aliases: { readonly alias: YamlAlias; readonly slot: Slot | undefined }[];
}

function readDocument(
  composed: Document.Parsed<ParsedNode>,
  text: string,
): { readonly document: YamlDocument; readonly dangling?: YamlAlias } {
  const reading: Reading = { text, anchors: new Map(), aliases: [] };
  const root = readNode(reading, composed.contents, composed.range[1], false);
  const aliases = new Map<YamlAlias, YamlNode>();
  for (const { alias, slot } of reading.aliases) {
    if (slot?.node === undefined) return { document: { root, aliases }, dangling: alias };
    aliases.set(alias, slot.node);
  }
  return { document: { root, aliases } };
}

/** `emptyAt`: where its text would stand if it had one. */
function readNode(reading: Reading, node: ParsedNode | null, emptyAt: number, inFlow: boolean): YamlNode {
  if (node === null)
    return { kind: 'scalar', style: 'empty', value: '', inFlow, start: emptyAt, end: emptyAt };
  if (isAlias(node)) {
    const alias: YamlAlias = { kind: 'alias', name: node.source, start: node.range[0], end: node.range[1] };
    reading.aliases.push({ alias, slot: reading.anchors.get(node.source) });
    return alias;
  }
  const slot: Slot = {};
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, slot);
  const properties = {
    ...(node.anchor === undefined ? {} : { anchor: node.anchor }),
    ...(node.tag === undefined ? {} : { tag: node.tag }),
  };
  slot.node = { ...readContent(reading, node, emptyAt, inFlow), ...properties };
  return slot.node;
}

function readContent(
  reading: Reading,
  node: Exclude<ParsedNode, { source: string; resolve: unknown }>,
  emptyAt: number,
  inFlow: boolean,
): YamlNode {
  if (isScalar(node)) return readScalar(reading.text, node, emptyAt, inFlow);
  return isMap(node) ? readMap(reading, node, inFlow) : readList(reading, node, inFlow);
}

const scalarStyles = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
} as const satisfies Record<Scalar.Type, YamlScalar['style']>;

function readScalar(text: string, node: Scalar.Parsed, emptyAt: number, inFlow: boolean): YamlScalar {
  const value = String(node.value);
  const style = scalarStyles[node.type ?? 'PLAIN'];
  if (style === 'plain' && value === '') {
    return { kind: 'scalar', style: 'empty', value, inFlow, start: emptyAt, end: emptyAt };
  }
  const [start, contentEnd] = node.range;
  const end = style === 'block' ? beforeLineBreak(text, contentEnd) : contentEnd;
  return { kind: 'scalar', style, value, inFlow, start, end };
}

function beforeLineBreak(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return offset;
  return text[offset - 2] === '\r' ? offset - 2 : offset - 1;
}

function readMap(reading: Reading, node: YAMLMap.Parsed, inFlow: boolean): YamlNode {
  const flow = node.flow === true;
  const entries = node.items.map((pair) => readEntry(reading, pair, node.range[0], flow || inFlow));
  return { kind: 'map', entries, ...collectionSpan(node, entries) };
}

function readEntry(
  reading: Reading,
  pair: Pair<ParsedNode, ParsedNode | null>,
  mapStart: number,
  inFlow: boolean,
): YamlEntry {
  const before = pair.srcToken?.start ?? [];
  const between = pair.srcToken?.sep ?? [];
  const colon = between.find((token) => token.type === 'map-value-ind');
  const key = readNode(reading, pair.key, colon?.offset ?? mapStart, inFlow);
  const mark = before.find((token) => entryMarks.has(token.type));
  const value = readNode(reading, pair.value, endOfProperties(between) ?? key.end, inFlow);
  return {
    start: mark?.offset ?? key.start,
    end: value.end,
    key,
    value,
    hasColon: colon !== undefined,
  };
}

const entryMarks: ReadonlySet<string> = new Set(['explicit-key-ind', 'anchor', 'tag']);
const valueMarks: ReadonlySet<string> = new Set(['map-value-ind', 'seq-item-ind', 'anchor', 'tag']);

/** Behind the last of `:` or `-`, anchor and tag. */
function endOfProperties(tokens: readonly CST.SourceToken[]): number | undefined {
  const last = tokens.findLast((token) => valueMarks.has(token.type));
  return last === undefined ? undefined : last.offset + last.source.length;
}

function readList(reading: Reading, node: YAMLSeq.Parsed, inFlow: boolean): YamlNode {
  const flow = node.flow === true;
  const dashes = (node.srcToken?.items ?? []).filter(({ start }) =>
    start.some((token) => token.type === 'seq-item-ind'),
  );
  const items = node.items.map((item, index) => {
    const emptyAt = endOfProperties(dashes[index]?.start ?? []) ?? node.range[0];
    return readNode(reading, item, emptyAt, flow || inFlow);
  });
  return { kind: 'list', items, ...collectionSpan(node, items) };
}

/** A block collection ends with its last child; the parser's own range also covers what follows. */
function collectionSpan(
  node: YAMLMap.Parsed | YAMLSeq.Parsed,
  children: readonly { readonly end: number }[],
) {
  const flow = node.flow === true;
  const source = node.srcToken;
  const [start, rangeEnd] = node.range;
  const end = flow ? rangeEnd : (children.at(-1)?.end ?? rangeEnd);
  const comma = source?.type === 'flow-collection' ? trailingComma(source) : undefined;
  return {
    flow,
    indent: source?.indent ?? 0,
    start,
    end,
    ...(comma === undefined ? {} : { trailingComma: comma }),
  };
}

function trailingComma(source: CST.FlowCollection): number | undefined {
  const last = source.items.at(-1);
  if (last === undefined || last.key || last.sep || last.value) return undefined;
  const comma = last.start.find((token) => token.type === 'comma');
  return comma === undefined ? undefined : comma.offset + 1;
}
