/** Compares a YAML text with its edited form: every difference must be an intended one. */
import { lineEnd } from '../base/text-lines.ts';
import type { YamlChanges } from './changes.ts';
import type { NewValue } from './new-text.ts';
import { readsAsString } from './scalar.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar, YamlText } from './tree.ts';

/**
 * The first difference that is not intended, in words; `undefined` if there is none. Aliases are compared as aliases,
 * so a change of an anchored node counts once, wherever it is used.
 */
export function findDifference(before: YamlText, after: YamlText, intended: YamlChanges): string | undefined {
  if (before.documents.length !== after.documents.length) return 'the number of documents would change';
  for (const [index, document] of before.documents.entries()) {
    const other = after.documents[index];
    const difference =
      other === undefined ? 'a document is gone' : compare(document.root, other.root, intended);
    if (difference !== undefined) return difference;
  }
  return sameComments(before, after, intended) ? undefined : 'a comment would change';
}

function compare(before: YamlNode, after: YamlNode, intended: YamlChanges): string | undefined {
  if (before.anchor !== after.anchor || before.tag !== after.tag) return 'an anchor or a tag would change';
  if (before.kind === 'scalar') return compareScalar(before, after, intended);
  if (before.kind === 'alias') {
    return after.kind === 'alias' && after.name === before.name ? undefined : `*${before.name} would change`;
  }
  if (before.kind !== after.kind || before.flow !== after.flow)
    return `a ${before.kind} would change its kind`;
  if (before.kind === 'map' && after.kind === 'map') return compareMap(before, after, intended);
  if (before.kind === 'list' && after.kind === 'list') return compareList(before, after, intended);
  return 'a node would change its kind';
}

function compareScalar(before: YamlScalar, after: YamlNode, intended: YamlChanges): string | undefined {
  const value = intended.replaced.get(before);
  if (value !== undefined)
    return readsBackAs(after, value) ? undefined : `the new value ${value} would not read back`;
  const added = intended.added.get(before);
  if (added !== undefined)
    return readsBackAs(after, added) ? undefined : 'the new entries would not read back';
  const same = after.kind === 'scalar' && after.value === before.value && after.style === before.style;
  return same ? undefined : `the value ${before.value.slice(0, 80)} would change`;
}

function compareMap(before: YamlMap, after: YamlMap, intended: YamlChanges): string | undefined {
  const kept = before.entries.filter((entry) => !intended.removed.has(entry));
  for (const [index, entry] of kept.entries()) {
    const other = after.entries[index];
    if (other === undefined) return 'a key would be lost';
    const difference = compareEntry(entry, other, intended);
    if (difference !== undefined) return difference;
  }
  const added = intended.added.get(before) ?? new Map<string, NewValue>();
  const fresh = after.entries.slice(kept.length);
  return added instanceof Map && matchEntries(fresh, added) ? undefined : 'the new keys would not read back';
}

function compareEntry(before: YamlEntry, after: YamlEntry, intended: YamlChanges): string | undefined {
  return compare(before.key, after.key, intended) ?? compare(before.value, after.value, intended);
}

function compareList(before: YamlList, after: YamlList, intended: YamlChanges): string | undefined {
  for (const [index, item] of before.items.entries()) {
    const other = after.items[index];
    const difference = other === undefined ? 'an item would be lost' : compare(item, other, intended);
    if (difference !== undefined) return difference;
  }
  const added = intended.added.get(before) ?? [];
  const fresh = after.items.slice(before.items.length);
  return !(added instanceof Map) && matchItems(fresh, added)
    ? undefined
    : 'the new items would not read back';
}

/** True if a node is exactly a new value, each text a string to every reader, each boolean none. */
export function readsBackAs(node: YamlNode, value: NewValue): boolean {
  if (typeof value === 'string') return isString(node, value);
  if (typeof value === 'boolean') return isBoolean(node, value);
  if (value instanceof Map) return node.kind === 'map' && matchEntries(node.entries, value);
  return node.kind === 'list' && matchItems(node.items, value);
}

function matchEntries(entries: readonly YamlEntry[], map: ReadonlyMap<string, NewValue>): boolean {
  const expected = [...map];
  return (
    entries.length === expected.length &&
    expected.every(([key, value], index) => {
      const entry = entries[index];
      return entry !== undefined && isString(entry.key, key) && readsBackAs(entry.value, value);
    })
  );
}

function matchItems(nodes: readonly YamlNode[], items: readonly NewValue[]): boolean {
  return (
    nodes.length === items.length &&
    items.every((item, index) => {
      const node = nodes[index];
      return node !== undefined && readsBackAs(node, item);
    })
  );
}

function isBoolean(node: YamlNode, value: boolean): boolean {
  return (
    node.kind === 'scalar' && node.style === 'plain' && node.tag === undefined && node.value === String(value)
  );
}

/** The same text, and a string to every reader. */
function isString(node: YamlNode, value: string): boolean {
  if (node.kind !== 'scalar' || node.value !== value) return false;
  return (
    node.tag !== undefined || (node.style !== 'empty' && (node.style !== 'plain' || readsAsString(value)))
  );
}

/** A comment inside a removed entry goes with it, and in block style one behind it on the line where it ends. */
function sameComments(before: YamlText, after: YamlText, intended: YamlChanges): boolean {
  const removed = [...intended.removed].map(({ start, end, key }) => {
    const inFlow = key.kind === 'scalar' && key.inFlow;
    return { start, end: inFlow ? end : lineEnd(before.text, end) };
  });
  const kept = before.comments.filter(
    (comment) => !removed.some(({ start, end }) => start <= comment.start && comment.start < end),
  );
  return (
    kept.length === after.comments.length &&
    kept.every((comment, index) => comment.text === after.comments[index]?.text)
  );
}
