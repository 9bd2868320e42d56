/** How the author of a YAML text lays it out: columns of nested mappings and lists, JSON or not. */
import type { BlockLayout } from './new-text.ts';
import {
  nodesOf,
  type YamlDocument,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlText,
} from './tree.ts';

const usualLayout: BlockLayout = { step: 2, dashOffset: 0 };

/** The habits seen in a mapping, else the first seen in its document, else two columns and dashes below their key. */
export function layoutOf(document: YamlDocument, map: YamlMap | undefined): BlockLayout {
  const near = map === undefined ? {} : habitsOf([map]);
  if (near.step !== undefined && near.dashOffset !== undefined) return { ...usualLayout, ...near };
  return { ...usualLayout, ...habitsOf(blockMaps(document)), ...near };
}

function* blockMaps(document: YamlDocument): Generator<YamlMap> {
  for (const node of nodesOf(document)) if (node.kind === 'map' && !node.flow) yield node;
}

function habitsOf(maps: Iterable<YamlMap>): Partial<BlockLayout> {
  let habits: Partial<BlockLayout> = {};
  for (const map of maps) {
    for (const entry of map.entries) {
      habits = { ...habitOf(map, entry), ...habits };
      if (habits.step !== undefined && habits.dashOffset !== undefined) return habits;
    }
  }
  return habits;
}

function habitOf(map: YamlMap, { value }: YamlEntry): Partial<BlockLayout> {
  if (value.kind === 'map' && !value.flow) return { step: value.indent - map.indent };
  if (value.kind === 'list' && !value.flow) return { dashOffset: value.indent - map.indent };
  return {};
}

/** True if keys and values that join a flow collection must be in double quotes: its neighbours say so. */
export function usesJsonStyle(document: YamlDocument, container: YamlMap | YamlList): boolean {
  return firstIsDoubleQuoted(container) ?? firstIsDoubleQuoted(document.root) ?? false;
}

function firstIsDoubleQuoted(node: YamlDocument['root']): boolean | undefined {
  if (node.kind === 'scalar') return node.style === 'double';
  if (node.kind === 'alias' || !node.flow) return undefined;
  const first = node.kind === 'map' ? node.entries[0]?.key : node.items[0];
  return first === undefined ? undefined : firstIsDoubleQuoted(first);
}

/**
 * True if a node ends with a block scalar that has a last line break only where the file has one: at the end of a
 * file the text of `|` and `>` grows with a line break behind it, that of `|-` does not.
 */
export function growsWithLineBreak({ text }: YamlText, node: YamlNode): boolean {
  const leaf = lastLeaf(node);
  if (leaf.kind !== 'scalar' || leaf.style !== 'block') return false;
  return !/^[|>]\d?-/.test(text.slice(leaf.start, leaf.start + 3));
}

function lastLeaf(node: YamlNode): YamlNode {
  const last =
    node.kind === 'map' ? node.entries.at(-1)?.value : node.kind === 'list' ? node.items.at(-1) : undefined;
  return last === undefined ? node : lastLeaf(last);
}
