/** Changes of one document as they gather, each checked and put down for the log, until all are made at once. */
import { renderKeyPath } from './key-path.ts';
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { ChangedScalar, EditedFile } from './edited-file.ts';
import { keyFailure } from './lookup.ts';
import type { NewList, NewMap, NewValue } from './new-text.ts';
import { readsAsString } from './scalar.ts';
import { irreplaceable } from './splice.ts';
import { applyChanges } from './text.ts';
import {
  followAlias,
  type YamlDocument,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlScalar,
  type YamlText,
} from './tree.ts';
import { indexUses, type UseIndex, usesOf } from './uses.ts';

/** Only the functions of this file change a draft. */
export interface Draft {
  readonly yaml: YamlText;
  readonly document: YamlDocument;
  readonly uses: UseIndex;
  readonly replaced: Map<YamlScalar, string>;
  readonly added: Map<YamlMap | YamlList | YamlScalar, NewMap | NewList>;
  readonly removed: Set<YamlEntry>;
  readonly changed: ChangedScalar[];
  /** What each scalar that was asked for is to hold: two keys may share one through an anchor. */
  readonly claims: Map<YamlScalar, string>;
}

export function openDraft(yaml: YamlText, document: YamlDocument): Draft {
  const uses = indexUses(yaml, document);
  const [replaced, added, removed] = [new Map(), new Map(), new Set<YamlEntry>()];
  return { yaml, document, uses, replaced, added, removed, changed: [], claims: new Map() };
}

/** True if a scalar holds this text, and as a string: `1.10` without quotes is the number 1.1 to its readers. */
export function holdsText(node: YamlScalar, text: string): boolean {
  if (node.value !== text || node.style === 'empty') return false;
  return node.style !== 'plain' || node.tag !== undefined || readsAsString(text);
}

/**
 * Gives a scalar a text, or nothing if it holds it already. `key` is what was asked for, for messages. Fails (kind
 * `edit`) on a scalar that cannot be replaced, and if somebody gave it another text in the same draft.
 */
export function setScalar(draft: Draft, key: string, node: YamlScalar, text: string): Outcome<void> {
  const claim = draft.claims.get(node);
  if (claim !== undefined && claim !== text) {
    return refuseKey(draft, key, `another image gives this value the text ${quoted(claim)}`);
  }
  draft.claims.set(node, text);
  if (claim !== undefined || holdsText(node, text)) return succeed(undefined);
  const refusal = irreplaceable(node);
  if (refusal !== undefined) return refuseKey(draft, key, refusal);
  draft.replaced.set(node, text);
  return report(draft, node, [], { from: node.value, to: text });
}

/** Makes a key, and the mappings above it that are missing, at the end of a mapping or in the place of a null. */
export function addKey(
  draft: Draft,
  key: string,
  container: YamlMap | YamlScalar,
  keys: readonly string[],
  text: string,
): Outcome<void> {
  const added = draft.added.get(container) ?? new Map<string, NewValue>();
  if (!(added instanceof Map)) return refuseKey(draft, key, 'a list is made there');
  const problem = putNested(added, keys, text);
  if (problem !== undefined) return refuseKey(draft, key, problem);
  draft.added.set(container, added);
  return report(draft, container, keys, { to: text });
}

/** Puts a text under nested keys; the answer is what stands against it. */
export function putNested(map: NewMap, keys: readonly string[], text: string): string | undefined {
  const [key = '', ...deeper] = keys;
  const present = map.get(key);
  if (deeper.length === 0) {
    if (present !== undefined && present !== text) return 'another image writes another text to it';
    map.set(key, text);
    return undefined;
  }
  const nested: NewValue = present ?? new Map<string, NewValue>();
  if (!(nested instanceof Map)) return `another image makes ${key} a value`;
  map.set(key, nested);
  return putNested(nested, deeper, text);
}

/**
 * Turns an entry into one of another key and text, in place. Fails (kind `edit`) where key or value are aliases or
 * anchored, for others would change with it.
 */
export function swapKey(
  draft: Draft,
  key: string,
  entry: YamlEntry,
  newKey: string,
  text: string,
): Outcome<void> {
  const { key: keyNode, value } = entry;
  if (
    keyNode.kind !== 'scalar' ||
    value.kind !== 'scalar' ||
    keyNode.anchor !== undefined ||
    value.anchor !== undefined
  ) {
    return refuseKey(draft, key, `it cannot become ${newKey}: an anchor or an alias is in the way`);
  }
  const refusal = irreplaceable(keyNode) ?? irreplaceable(value);
  if (refusal !== undefined) return refuseKey(draft, key, refusal);
  const claim = draft.claims.get(value);
  if (claim === text) return succeed(undefined);
  if (claim !== undefined)
    return refuseKey(draft, key, `another image gives this value the text ${quoted(claim)}`);
  draft.claims.set(value, text);
  draft.replaced.set(keyNode, newKey).set(value, text);
  const parent = draft.uses.places.get(value)?.parent;
  if (parent?.kind !== 'map') return refuseKey(draft, key, 'it is in no mapping');
  return report(draft, parent, [newKey], { from: value.value, to: text });
}

/** Takes an entry away; the log has it as a change to "". */
export function dropEntry(draft: Draft, key: string, entry: YamlEntry): void {
  if (draft.removed.has(entry)) return;
  draft.removed.add(entry);
  const from = followAlias(draft.document, entry.value);
  draft.changed.push({
    path: draft.yaml.path,
    key,
    ...(from.kind === 'scalar' ? { from: from.value } : {}),
    to: '',
  });
}

/** Appends mappings of texts to a list, to the null in its place, or to a list that is made as a key of a mapping. */
export function addItems(
  draft: Draft,
  list: YamlList | YamlScalar | { readonly in: YamlMap },
  key: string,
  items: readonly ReadonlyMap<string, string>[],
): void {
  if (items.length === 0) return;
  const made: NewList = items.map((item) => new Map<string, NewValue>(item));
  if ('in' in list) draft.added.set(list.in, new Map<string, NewValue>([[key, made]]));
  else draft.added.set(list, made);
  const count = 'kind' in list && list.kind === 'list' ? list.items.length : 0;
  const { path } = draft.yaml;
  for (const [index, item] of items.entries()) {
    for (const [name, to] of item) draft.changed.push({ path, key: `${key}[${count + index}].${name}`, to });
  }
}

/** Makes the changes. Null if there are none. */
export function finishDraft(draft: Draft): Outcome<EditedFile | null> {
  if (draft.changed.length === 0) return succeed(null);
  const after = applyChanges(draft.yaml, draft);
  if (!after.ok) return after;
  return succeed({ path: draft.yaml.path, text: after.value.text, changes: draft.changed });
}

/** Puts a change down for the log, once for each path that leads to the node. */
function report(
  draft: Draft,
  node: YamlScalar | YamlMap,
  below: readonly string[],
  change: { readonly from?: string; readonly to: string },
): Outcome<void> {
  const uses = usesOf(draft.uses, node, below);
  if (!uses.ok) return uses;
  const { path } = draft.yaml;
  for (const segments of uses.value) draft.changed.push({ path, key: renderKeyPath(segments), ...change });
  return succeed(undefined);
}

export function refuseKey(draft: Draft, key: string, reason: string): Outcome<never> {
  return fail(keyFailure(draft.yaml.path, key, reason));
}
