/** One entry of a kustomization's `images`: its fields, and how an image changes them. */
import { parseImageRef, sameImage } from '../image/image.ts';
import { type Outcome, succeed } from '../base/outcome.ts';
import type { KustomizeEdit } from './edit.ts';
import { addKey, type Draft, dropEntry, holdsText, refuseKey, setScalar, swapKey } from '../yaml/draft.ts';
import {
  effectiveValue,
  entriesNamed,
  followAlias,
  isNull,
  type YamlDocument,
  type YamlMap,
} from '../yaml/tree.ts';

export interface ImageEntry {
  /** `images[0]`. */
  readonly at: string;
  readonly map: YamlMap;
  /** The list names an anchored mapping instead of holding it. */
  readonly isAlias: boolean;
  readonly name: string | undefined;
  readonly newName: string | undefined;
}

/** Text of a field, merge keys included; `undefined` if it is not there or says nothing. */
export function fieldText(document: YamlDocument, map: YamlMap, field: string): string | undefined {
  const value = effectiveValue(document, map, field);
  if (value === undefined) return undefined;
  const node = followAlias(document, value);
  return node.kind !== 'scalar' || isNull(node) || node.value === '' ? undefined : node.value;
}

/**
 * Gives an entry the image's tag and digest: of both keys those that the image has. One that it has not goes, its key
 * becoming the other one in place where that is missing. `newName` changes only where the annotation gives the name.
 */
export function updateEntry(draft: Draft, entry: ImageEntry, edit: KustomizeEdit): Outcome<void> {
  if (entry.isAlias) return refuseKey(draft, entry.at, 'the list item is an alias');
  const renamed = setNewName(draft, entry, edit);
  if (!renamed.ok) return renamed;
  const { tag, digest } = edit;
  if (tag !== undefined && digest !== undefined) {
    const tagged = setField(draft, entry, 'newTag', tag);
    return tagged.ok ? setField(draft, entry, 'digest', digest) : tagged;
  }
  if (tag !== undefined) return setOnly(draft, entry, { field: 'newTag', text: tag, other: 'digest' });
  if (digest !== undefined) return setOnly(draft, entry, { field: 'digest', text: digest, other: 'newTag' });
  return succeed(undefined);
}

function setNewName(draft: Draft, entry: ImageEntry, edit: KustomizeEdit): Outcome<void> {
  const current = entry.newName ?? entry.name ?? '';
  if (!edit.named || isSameRepository(current, edit.newName)) return succeed(undefined);
  return setField(draft, entry, 'newName', edit.newName);
}

function isSameRepository(a: string, b: string): boolean {
  const [left, right] = [parseImageRef(a), parseImageRef(b)];
  return a === b || (left.ok && right.ok && sameImage(left.value, right.value));
}

function setField(draft: Draft, { at, map }: ImageEntry, field: string, text: string): Outcome<void> {
  const key = `${at}.${field}`;
  const [own, second] = entriesNamed(draft.document, map, field);
  if (second !== undefined) return refuseKey(draft, key, 'it is there more than once');
  if (own !== undefined && draft.removed.has(own))
    return refuseKey(draft, key, 'another image takes it away');
  const value = own?.value ?? effectiveValue(draft.document, map, field);
  const node = value === undefined ? undefined : followAlias(draft.document, value);
  if (node !== undefined && node.kind !== 'scalar')
    return refuseKey(draft, key, `unexpected type: a ${node.kind}`);
  if (own !== undefined && node !== undefined) return setScalar(draft, key, node, text);
  const isInherited = node !== undefined && holdsText(node, text);
  return isInherited ? succeed(undefined) : addKey(draft, key, map, [field], text);
}

function setOnly(
  draft: Draft,
  entry: ImageEntry,
  { field, text, other }: { readonly field: string; readonly text: string; readonly other: string },
): Outcome<void> {
  const { at, map } = entry;
  if (fieldText(draft.document, map, other) === undefined) return setField(draft, entry, field, text);
  const [own, second] = entriesNamed(draft.document, map, other);
  const key = `${at}.${other}`;
  if (own === undefined)
    return refuseKey(draft, key, 'it comes from a merge key (<<) and cannot be taken away');
  if (second !== undefined) return refuseKey(draft, key, 'it is there more than once');
  if (entriesNamed(draft.document, map, field).length === 0) return swapKey(draft, key, own, field, text);
  dropEntry(draft, key, own);
  return setField(draft, entry, field, text);
}
