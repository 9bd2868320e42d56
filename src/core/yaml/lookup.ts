/** Key path -> the scalar that it names in a document, or the place where it would have to be made. */
import { parseKeyPath, type PathSegment, renderKeyPath } from './key-path.ts';
import { type Failure, fail, type Outcome, succeed } from '../base/outcome.ts';
import {
  effectiveValue,
  entriesNamed,
  followAlias,
  isNull,
  type YamlDocument,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
  type YamlText,
} from './tree.ts';

export type Lookup =
  | { readonly kind: 'scalar'; readonly node: YamlScalar }
  | {
      readonly kind: 'missing';
      /** The innermost collection that is there: a mapping, or a null that can become one. */
      readonly container: YamlMap | YamlScalar;
      /** The keys to make in it, outermost first; at least one. */
      readonly keys: readonly string[];
      /** What a merge key supplies for it so far. */
      readonly inherited?: YamlScalar;
    };

/**
 * A key of the root that equals the whole text wins over nesting. Aliases are followed, except as list items; what only
 * a merge key supplies is missing. Fails (kind `edit`) on duplicated keys, on anything else than mappings and lists on
 * the way, on anything else than a scalar at the end, on a list that is missing or too short. Source: writeback.md 4.2.
 */
export function lookUp(yaml: YamlText, document: YamlDocument, text: string): Outcome<Lookup> {
  const root = followAlias(document, document.root);
  const refuse = (reason: string) => fail(keyFailure(yaml.path, text, reason));
  if (root.kind !== 'map') return refuse(`the file holds no mapping but a ${nameOf(root)}`);
  const isLiteral = entriesNamed(document, root, text).length > 0;
  const segments = isLiteral ? succeed([text]) : parseKeyPath(text);
  if (!segments.ok) return refuse(segments.failure.message);
  const found = descend(document, root, segments.value);
  return typeof found === 'string' ? refuse(found) : succeed(found);
}

export function keyFailure(path: string, key: string, reason: string): Failure {
  return { kind: 'edit', path, key, message: `${path}: key ${key}: ${reason}` };
}

type Content = Exclude<YamlNode, { readonly kind: 'alias' }>;

/** The lookup, or why there can be none. */
function descend(document: YamlDocument, root: YamlMap, segments: readonly PathSegment[]): Lookup | string {
  let node: Content = root;
  for (const [depth, segment] of segments.entries()) {
    const at = renderKeyPath(segments.slice(0, depth));
    const step = node.kind === 'list' ? itemOf(node, segment, at) : entryOf(document, node, segment, at);
    if (typeof step === 'string') return step;
    if (step.kind === 'missing') return missing(document, step.container, segments.slice(depth), at);
    node = followAlias(document, step.value);
  }
  return node.kind === 'scalar'
    ? { kind: 'scalar', node }
    : `unexpected type: a ${nameOf(node)}, not a scalar`;
}

type Step =
  | { readonly kind: 'found'; readonly value: YamlNode }
  | { readonly kind: 'missing'; readonly container: YamlMap | YamlScalar };

function entryOf(
  document: YamlDocument,
  node: YamlMap | YamlScalar,
  segment: PathSegment,
  at: string,
): Step | string {
  if (typeof segment === 'number') return `${at} is no list but a ${nameOf(node)}`;
  if (isNull(node)) return { kind: 'missing', container: node };
  if (node.kind !== 'map') return `unexpected type: ${at} is a ${nameOf(node)}, not a mapping`;
  const [entry, second] = entriesNamed(document, node, segment);
  if (second !== undefined) return `${segment} is there more than once`;
  return entry === undefined ? { kind: 'missing', container: node } : { kind: 'found', value: entry.value };
}

function itemOf(list: YamlList, segment: PathSegment, at: string): Step | string {
  const index = typeof segment === 'string' && /^\d{1,9}$/.test(segment) ? Number(segment) : segment;
  if (typeof index === 'string') return `${at} is a list: an index is needed, as in ${at}[0]`;
  const item = list.items[index];
  if (item === undefined) return `index ${index} is out of range: ${at} has ${list.items.length} items`;
  if (item.kind === 'alias') return `${at}[${index}] is an alias, as list item`;
  return { kind: 'found', value: item };
}

function missing(
  document: YamlDocument,
  container: YamlMap | YamlScalar,
  rest: readonly PathSegment[],
  at: string,
): Lookup | string {
  const keys = rest.filter((segment) => typeof segment === 'string');
  if (keys.length < rest.length) {
    const list = rest.slice(
      0,
      rest.findIndex((segment) => typeof segment === 'number'),
    );
    return `there is no list ${renderKeyPath(list)}${at === '' ? '' : ` in ${at}`}`;
  }
  const key = keys[0];
  const value =
    container.kind === 'map' && key !== undefined ? effectiveValue(document, container, key) : undefined;
  if (value === undefined) return { kind: 'missing', container, keys };
  const inherited = followAlias(document, value);
  if (keys.length > 1) return `${key} comes from a merge key (<<): an override would hide its other keys`;
  if (inherited.kind === 'scalar') return { kind: 'missing', container, keys, inherited };
  return `unexpected type: a merge key (<<) supplies a ${nameOf(inherited)}, not a scalar`;
}

/** The text that a reader of the document has at a path, merge keys included; `undefined` where there is none. */
export function textAt(document: YamlDocument, text: string): string | undefined {
  const root = followAlias(document, document.root);
  if (root.kind !== 'map') return undefined;
  const literal = entriesNamed(document, root, text)[0];
  const parsed = parseKeyPath(text);
  if (literal === undefined && !parsed.ok) return undefined;
  const segments = literal === undefined && parsed.ok ? parsed.value : [text];
  let node: Content = root;
  for (const segment of segments) {
    const next = childAt(document, node, segment);
    if (next === undefined) return undefined;
    node = followAlias(document, next);
  }
  return node.kind === 'scalar' && !isNull(node) ? node.value : undefined;
}

function childAt(document: YamlDocument, node: Content, segment: PathSegment): YamlNode | undefined {
  if (node.kind === 'list') return node.items[Number(segment)];
  return node.kind === 'map' && typeof segment === 'string'
    ? effectiveValue(document, node, segment)
    : undefined;
}

function nameOf(node: Content): string {
  if (isNull(node)) return 'null';
  return node.kind === 'map' ? 'mapping' : node.kind;
}
