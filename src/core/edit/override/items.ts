/** The items of an override file's list, read from its tree. */
import type { HelmParameter } from '../../config/application.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { entriesLike, hasOnly, isFree, refuse } from './file.ts';
import {
  isNull,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
  type YamlText,
} from '../../yaml/tree.ts';

/** A parameter as a file has it. Keys may be there in several cases at once: `forceString` and `forcestring`. */
export interface ParameterItem {
  readonly map: YamlMap;
  readonly name: string;
  readonly values: readonly YamlScalar[];
  readonly flags: readonly YamlScalar[];
  /** It has no other keys than those that 0.18 writes. */
  readonly isPlain: boolean;
}

/** Fails (kind `edit`) on items that are no mappings of scalars, or have no name. */
export function readParameters(yaml: YamlText, list: YamlList): Outcome<readonly ParameterItem[]> {
  const items: ParameterItem[] = [];
  for (const [index, node] of list.items.entries()) {
    const item = node.kind === 'map' && isFree(node) ? readParameter(node) : undefined;
    if (item === undefined) {
      return refuse(yaml, `helm.parameters[${index}] is no plain mapping of name, value and forcestring`);
    }
    items.push(item);
  }
  return succeed(items);
}

function readParameter(map: YamlMap): ParameterItem | undefined {
  const [names, values, flags] = [
    scalarsOf(map, 'name'),
    scalarsOf(map, 'value'),
    scalarsOf(map, 'forcestring'),
  ];
  const name = names?.[0];
  if (name === undefined || names?.length !== 1 || isNull(name)) return undefined;
  if (values === undefined || flags === undefined) return undefined;
  return { map, name: name.value, values, flags, isPlain: hasOnly(map, 'name', 'value', 'forcestring') };
}

/** Values of a key in any case; undefined if one of them is something else than a scalar of its own. */
function scalarsOf(map: YamlMap, key: string): readonly YamlScalar[] | undefined {
  const values = entriesLike(map, key).map((entry) => entry.value);
  return values.every(isOwnScalar) ? values : undefined;
}

function isOwnScalar(node: YamlNode): node is YamlScalar {
  return node.kind === 'scalar' && isFree(node);
}

/** What Argo CD makes of the item; the last of several keys counts. */
export function parameterOf({ name, values, flags }: ParameterItem): HelmParameter {
  const flag = flags.at(-1);
  return {
    name,
    value: values.at(-1)?.value ?? '',
    forceString: flag !== undefined && holdsFlag(flag, true),
  };
}

/** True if a scalar is this boolean, not a string that reads like it. */
export function holdsFlag(node: YamlScalar, flag: boolean): boolean {
  return node.style === 'plain' && node.value.toLowerCase() === String(flag);
}

/** Fails (kind `edit`) on items that are no scalars. */
export function readImages(yaml: YamlText, list: YamlList): Outcome<readonly YamlScalar[]> {
  const items = list.items.filter((node) => isOwnScalar(node) && !isNull(node));
  return items.length === list.items.length && items.every(isOwnScalar)
    ? succeed(items)
    : refuse(yaml, 'kustomize.images holds something else than plain strings');
}
