/** The one list of an override file: how it is printed, and where it stands in a file that people edited. */
import type { HelmParameter } from '../../config/application.ts';
import { printGoScalar } from './go-yaml-scalar.ts';
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import {
  isNull,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
  type YamlText,
} from '../../yaml/tree.ts';

/** `helm.parameters` or `kustomize.images`. */
export type ListKey = readonly ['helm', 'parameters'] | readonly ['kustomize', 'images'];

/** A file as 0.18 makes it. */
export function printHelmOverride(parameters: readonly HelmParameter[]): string {
  const items = parameters.map(({ name, value, forceString }) =>
    [
      `  - name: ${printGoScalar(name, 6)}`,
      `    value: ${printGoScalar(value, 6)}`,
      `    forcestring: ${forceString}`,
    ].join('\n'),
  );
  return printList(['helm', 'parameters'], items);
}

/** A file as 0.18 makes it. */
export function printKustomizeOverride(images: readonly string[]): string {
  return printList(
    ['kustomize', 'images'],
    images.map((image) => `  - ${printGoScalar(image, 4)}`),
  );
}

function printList([block, list]: ListKey, items: readonly string[]): string {
  return items.length === 0
    ? `${block}:\n  ${list}: []\n`
    : `${[`${block}:`, `  ${list}:`, ...items].join('\n')}\n`;
}

/** Where the list is, or what it has to be put into. */
export type ListPlace =
  | {
      readonly kind: 'list';
      readonly list: YamlList;
      /** The file holds nothing else, in no form of its own: it may be printed anew. */
      readonly isAlone: boolean;
    }
  | {
      readonly kind: 'missing';
      /** The innermost mapping that is there, or the null in its place. */
      readonly container: YamlMap | YamlScalar;
      /** Keys to make in it; none where a null is to become the list. */
      readonly keys: readonly string[];
    };

/**
 * Finds the list in the first document. Keys match whatever their case, as for Argo CD. Fails (kind `edit`) where
 * something else stands in its place, where a key is there twice, and where an alias or anchor is in the way.
 */
export function findList(yaml: YamlText, [block, list]: ListKey): Outcome<ListPlace> {
  const root = yaml.documents[0]?.root;
  if (root?.kind !== 'map' || !isFree(root)) return refuse(yaml, 'the file holds no plain mapping');
  const outer = findEntry(yaml, root, block);
  if (!outer.ok) return outer;
  const map = outer.value?.value;
  if (map === undefined) return succeed({ kind: 'missing', container: root, keys: [block, list] });
  if (map.kind === 'scalar' && isFree(map) && isNull(map))
    return succeed({ kind: 'missing', container: map, keys: [list] });
  if (map.kind !== 'map' || !isFree(map)) return refuse(yaml, `${block} is no plain mapping`);
  const inner = findEntry(yaml, map, list);
  if (!inner.ok) return inner;
  const value = inner.value?.value;
  if (value === undefined) return succeed({ kind: 'missing', container: map, keys: [list] });
  if (value.kind === 'scalar' && isFree(value) && isNull(value))
    return succeed({ kind: 'missing', container: value, keys: [] });
  if (value.kind !== 'list' || !isFree(value)) return refuse(yaml, `${block}.${list} is no plain list`);
  const isAlone = isPlainFile(yaml) && hasOnly(root, block) && hasOnly(map, list);
  return succeed({ kind: 'list', list: value, isAlone });
}

function findEntry(yaml: YamlText, map: YamlMap, key: string): Outcome<YamlEntry | undefined> {
  const [entry, second] = entriesLike(map, key);
  return second === undefined ? succeed(entry) : refuse(yaml, `${key} is there more than once`);
}

/** Entries of a key in any case. */
export function entriesLike(map: YamlMap, key: string): readonly YamlEntry[] {
  return map.entries.filter((entry) => entry.key.kind === 'scalar' && entry.key.value.toLowerCase() === key);
}

/** True if a change of the node changes nothing elsewhere and loses no tag. */
export function isFree(node: YamlNode): boolean {
  return node.kind !== 'alias' && node.anchor === undefined && node.tag === undefined;
}

function isPlainFile({ text, documents, comments }: YamlText): boolean {
  return documents.length === 1 && comments.length === 0 && !/^\ufeff|\r|^(?:---|\.\.\.|%)/m.test(text);
}

/** True if a mapping has no keys but these, in this case, and none of them twice. */
export function hasOnly(map: YamlMap, ...keys: readonly string[]): boolean {
  const own = new Set(
    map.entries.map(({ key }) => (key.kind === 'scalar' && isFree(key) ? key.value : undefined)),
  );
  return own.size === map.entries.length && [...own].every((key) => key !== undefined && keys.includes(key));
}

export function refuse(yaml: YamlText, reason: string): Outcome<never> {
  return fail({ kind: 'edit', path: yaml.path, message: `${yaml.path}: ${reason}` });
}
