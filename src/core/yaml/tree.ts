/** A YAML text as documents of nodes that know where they stand in it. */

export interface YamlText {
  /** Path of the file, for messages. */
  readonly path: string;
  readonly text: string;
  /** In order; an empty document has an empty scalar as root. A text of comments alone has none. */
  readonly documents: readonly YamlDocument[];
  readonly comments: readonly YamlComment[];
}

export interface YamlComment {
  /** Offset of its `#`. Every offset counts UTF-16 units from the start of the file. */
  readonly start: number;
  /** From `#` to the end of the line. */
  readonly text: string;
}

export interface YamlDocument {
  readonly root: YamlNode;
  /** What each alias stands for. */
  readonly aliases: ReadonlyMap<YamlAlias, YamlNode>;
}

export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias;

interface YamlSpan {
  /** Offset of the first character, behind anchor and tag. */
  readonly start: number;
  /** Offset behind the last character: without trailing blanks, comments, and the last line break. */
  readonly end: number;
  readonly anchor?: string;
  /** Explicit tag, resolved: `tag:yaml.org,2002:str`, `!vault`. */
  readonly tag?: string;
}

export interface YamlScalar extends YamlSpan {
  readonly kind: 'scalar';
  /** `empty`: nothing is written; a text could go to `start`. */
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'empty';
  /** The text it stands for, whatever type a reader makes of it (`010` stays `010`). */
  readonly value: string;
  readonly inFlow: boolean;
}

export interface YamlMap extends YamlSpan {
  readonly kind: 'map';
  readonly flow: boolean;
  /** Column of the keys, in block style. */
  readonly indent: number;
  readonly entries: readonly YamlEntry[];
  /** Offset behind a comma that follows the last entry, in flow style. */
  readonly trailingComma?: number;
}

export interface YamlEntry {
  /** Offset of its `?`, or of its key's anchor, tag or text. */
  readonly start: number;
  readonly end: number;
  readonly key: YamlNode;
  readonly value: YamlNode;
  /** False where not even the `:` is written. */
  readonly hasColon: boolean;
}

export interface YamlList extends YamlSpan {
  readonly kind: 'list';
  readonly flow: boolean;
  /** Column of the dashes, in block style. */
  readonly indent: number;
  readonly items: readonly YamlNode[];
  readonly trailingComma?: number;
}

export interface YamlAlias extends YamlSpan {
  readonly kind: 'alias';
  readonly name: string;
}

/** The node itself, or what it is an alias of. */
export function followAlias(document: YamlDocument, node: YamlNode): Exclude<YamlNode, YamlAlias> {
  if (node.kind !== 'alias') return node;
  const target = document.aliases.get(node);
  if (target === undefined || target.kind === 'alias')
    throw new Error(`alias *${node.name} of another document`);
  return target;
}

/** Entries whose key is this text. More than one: the key is duplicated, and readers disagree on which counts. */
export function entriesNamed(document: YamlDocument, map: YamlMap, key: string): readonly YamlEntry[] {
  return map.entries.filter((entry) => {
    const node = followAlias(document, entry.key);
    return node.kind === 'scalar' && node.value === key;
  });
}

/** True for nothing, `~` and `null`. */
export function isNull(node: YamlNode): boolean {
  if (node.kind !== 'scalar') return false;
  return node.style === 'empty' || (node.style === 'plain' && /^(?:~|null|Null|NULL)?$/.test(node.value));
}

const maxMerged = 100; // hostile files merge thousands of mappings into each of thousands

/**
 * What a key of a mapping is worth when merge keys (`<<`) are taken into account: the map's own entry, else that of
 * the first merged mapping that has it, of at most 100. `undefined`: nobody has it.
 */
export function effectiveValue(document: YamlDocument, map: YamlMap, key: string): YamlNode | undefined {
  const seen = new Set<YamlMap>(); // each mapping is asked once, however often it is merged
  const asked: YamlMap[] = [map];
  for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
    if (seen.has(next) || seen.size > maxMerged) continue;
    seen.add(next);
    const own = entriesNamed(document, next, key)[0];
    if (own !== undefined) return own.value;
    for (const merged of mergedMaps(document, next).reverse()) asked.push(merged);
  }
  return undefined;
}

/** The mappings that the merge keys of a mapping name, the strongest first; at most 100 of each key. */
export function mergedMaps(document: YamlDocument, map: YamlMap): YamlMap[] {
  return map.entries.filter(isMergeEntry).flatMap((entry) => {
    const value = followAlias(document, entry.value);
    const named = value.kind === 'list' ? value.items.slice(0, maxMerged) : [value];
    const sources = named.map((source) => followAlias(document, source));
    return sources.filter((source) => source.kind === 'map');
  });
}

export function isMergeEntry(entry: YamlEntry): boolean {
  return entry.key.kind === 'scalar' && entry.key.style === 'plain' && entry.key.value === '<<';
}

/** Where a node stands: `segment` is its key or its position in a list. */
export interface YamlPlace {
  readonly parent: YamlMap | YamlList;
  readonly segment: string | number;
  /** Set where the parent is a mapping. */
  readonly entry?: YamlEntry;
  readonly isKey: boolean;
}

/** The place of every node of a document but its root. */
export function placesOf(document: YamlDocument): ReadonlyMap<YamlNode, YamlPlace> {
  const places = new Map<YamlNode, YamlPlace>();
  for (const node of nodesOf(document)) {
    if (node.kind === 'list') {
      for (const [index, item] of node.items.entries()) {
        places.set(item, { parent: node, segment: index, isKey: false });
      }
    }
    if (node.kind === 'map') {
      for (const entry of node.entries) {
        const key = followAlias(document, entry.key);
        const segment = key.kind === 'scalar' ? key.value : '?';
        places.set(entry.key, { parent: node, segment, entry, isKey: true });
        places.set(entry.value, { parent: node, segment, entry, isKey: false });
      }
    }
  }
  return places;
}

/** All nodes of a document in the order of the text, parents first, keys included. */
export function* nodesOf(document: YamlDocument): Generator<YamlNode> {
  const open: YamlNode[] = [document.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    for (const child of children(node).reverse()) open.push(child);
  }
}

function children(node: YamlNode): YamlNode[] {
  if (node.kind === 'map') return node.entries.flatMap((entry) => [entry.key, entry.value]);
  return node.kind === 'list' ? [...node.items] : [];
}
