/** Steps through the values of a YAML document as its readers see them: aliases and merge keys are followed. */
import type { PathSegment } from '../../yaml/key-path.ts';
import {
  followAlias,
  isNull,
  mergedMaps,
  type YamlAlias,
  type YamlDocument,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from '../../yaml/tree.ts';

/** A node that is no alias. */
export type ManifestNode = Exclude<YamlNode, YamlAlias>;

/** As a segment: every item of a list. */
export const everyItem = '*';

const maxMergeSteps = 5_000_000; // merge keys can name one another so that looking up a key takes quadratic time

/** Remembers the keys of each mapping of one document, so that all look-ups together stay linear in its size. */
export class ManifestReader {
  readonly document: YamlDocument;
  readonly #entries = new Map<YamlMap, ReadonlyMap<string, readonly YamlEntry[]>>();
  #mergeSteps = 0;

  constructor(document: YamlDocument) {
    this.document = document;
  }

  get root(): ManifestNode {
    return followAlias(this.document, this.document.root);
  }

  /** True if merge keys are too many: what was found is not all, and must not be used. */
  get isTangled(): boolean {
    return this.#mergeSteps > maxMergeSteps;
  }

  /** The own entries of a mapping with a key; more than one: readers disagree on which counts. */
  entries(map: YamlMap, key: string): readonly YamlEntry[] {
    let known = this.#entries.get(map);
    if (known === undefined) {
      known = Map.groupBy(map.entries, (entry) => this.#keyOf(entry));
      this.#entries.set(map, known);
    }
    return known.get(key) ?? [];
  }

  /** What is at one of the nodes under the segment, each once; several values of one node: its key is duplicated. */
  step(nodes: Iterable<ManifestNode>, segment: PathSegment): ReadonlySet<ManifestNode> {
    const found = new Set<ManifestNode>();
    for (const node of nodes) {
      for (const child of this.#children(node, segment)) found.add(followAlias(this.document, child));
    }
    return found;
  }

  /** The texts at one key of a mapping: none, one, or several where the key is duplicated. */
  texts(map: YamlMap, key: string): readonly string[] {
    return [...this.step([map], key)].filter(isText).map(({ value }) => value);
  }

  #children(node: ManifestNode, segment: PathSegment): readonly YamlNode[] {
    if (node.kind === 'list') return segment === everyItem ? node.items : node.items.slice(...span(segment));
    if (node.kind === 'scalar' || typeof segment === 'number') return [];
    return this.#effective(node, segment).map(({ value }) => value);
  }

  /** A mapping's own entries, else those of the first merged mapping that has any. */
  #effective(map: YamlMap, key: string): readonly YamlEntry[] {
    const seen = new Set<YamlMap>();
    const open = [map];
    for (let next = open.pop(); next !== undefined && !this.isTangled; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const own = this.entries(next, key);
      if (own.length > 0) return own;
      const merged = mergedMaps(this.document, next);
      this.#mergeSteps += merged.length + (next === map ? 0 : next.entries.length);
      for (const weaker of merged.reverse()) open.push(weaker);
    }
    return [];
  }

  #keyOf(entry: YamlEntry): string {
    const key = followAlias(this.document, entry.key);
    return key.kind === 'scalar' ? key.value : '?';
  }
}

/** A scalar that is not null. */
export function isText(node: ManifestNode): node is YamlScalar {
  return node.kind === 'scalar' && !isNull(node);
}

/** Bounds of the one item that a segment names in a list; digits are a position there. */
function span(segment: PathSegment): readonly [number, number] {
  const index = typeof segment === 'string' && /^\d{1,9}$/.test(segment) ? Number(segment) : segment;
  return typeof index === 'number' && index >= 0 ? [index, index + 1] : [0, 0];
}
