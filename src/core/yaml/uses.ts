/** By which key paths a reader reaches a node: through aliases and merge keys there may be many. */
import type { PathSegment } from './key-path.ts';
import { type Outcome, succeed } from '../base/outcome.ts';
import { refuseAt } from './changes.ts';
import {
  entriesNamed,
  isMergeEntry,
  placesOf,
  type YamlAlias,
  type YamlDocument,
  type YamlNode,
  type YamlPlace,
  type YamlText,
} from './tree.ts';

const maxUses = 1000;
const maxSteps = 5_000_000; // for all look-ups in a document together: anchors in a megabyte can take quadratic time
const maxPathSegments = 400; // an alias inside its own anchor has no end

/** What is looked up for every node of a document, computed once. */
export interface UseIndex {
  readonly yaml: YamlText;
  readonly document: YamlDocument;
  readonly places: ReadonlyMap<YamlNode, YamlPlace>;
  readonly aliasesOf: ReadonlyMap<YamlNode, readonly YamlAlias[]>;
  /** Nodes and entries looked at so far. */
  readonly spent: { steps: number };
}

export function indexUses(yaml: YamlText, document: YamlDocument): UseIndex {
  const aliasesOf = new Map<YamlNode, YamlAlias[]>();
  for (const [alias, node] of document.aliases) {
    const others = aliasesOf.get(node);
    if (others === undefined) aliasesOf.set(node, [alias]);
    else others.push(alias);
  }
  return { yaml, document, places: placesOf(document), aliasesOf, spent: { steps: 0 } };
}

/**
 * The paths of a node, its own place first; `below` is appended to each. What a mapping overrides is not reached
 * through its merge keys. Fails (kind `edit`) on a node that serves as a key, on more than 1000 paths, and
 * where anchors and merge keys are too many to follow.
 */
export function usesOf(
  index: UseIndex,
  node: YamlNode,
  below: readonly PathSegment[] = [],
): Outcome<readonly (readonly PathSegment[])[]> {
  const { yaml, spent } = index;
  const found: (readonly PathSegment[])[] = [];
  const open: Use[] = [{ node, path: below }];
  for (let use = open.pop(); use !== undefined; use = open.pop()) {
    const { path } = use;
    if (found.length >= maxUses || path.length > maxPathSegments) {
      return refuseAt(yaml, node.start, `what is anchored there is used at more than ${maxUses} places`);
    }
    const spots = [use.node, ...(index.aliasesOf.get(use.node) ?? [])];
    for (const spot of spots.reverse()) {
      const place = index.places.get(spot);
      spent.steps += 1 + (place?.entry !== undefined && isMergeEntry(place.entry) ? sizeOf(place) : 0);
      if (spent.steps > maxSteps)
        return refuseAt(yaml, node.start, 'too many anchors and merge keys to follow');
      if (place === undefined) found.push(path);
      else if (place.isKey) return refuseAt(yaml, spot.start, 'the value is also used as a key');
      else open.push(...outwards(index, place, path));
    }
  }
  return succeed(found);
}

function sizeOf({ parent }: YamlPlace): number {
  return parent.kind === 'map' ? parent.entries.length : parent.items.length;
}

interface Use {
  readonly node: YamlNode;
  readonly path: readonly PathSegment[];
}

function outwards(index: UseIndex, place: YamlPlace, path: readonly PathSegment[]): readonly Use[] {
  const { parent, segment, entry } = place;
  if (entry === undefined || parent.kind !== 'map' || !isMergeEntry(entry)) {
    return [{ node: parent, path: [segment, ...path] }];
  }
  const merged = typeof path[0] === 'number' ? path.slice(1) : path; // `<<: [*a, *b]`
  const key = merged[0];
  const overridden = typeof key === 'string' && entriesNamed(index.document, parent, key).length > 0;
  return overridden ? [] : [{ node: parent, path: merged }];
}
