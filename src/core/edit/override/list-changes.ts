/** What an edit changes in the list of an override file. */
import type { HelmParameter } from '../../config/application.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { printHelmOverride, printKustomizeOverride } from './file.ts';
import { holdsFlag, type ParameterItem, parameterOf, readImages, readParameters } from './items.ts';
import { mergeHelmParameters, mergeKustomizeImages } from './merge.ts';
import type { ChangedScalar } from '../../yaml/edited-file.ts';
import { holdsText } from '../../yaml/draft.ts';
import type { NewList, NewMap, NewScalar } from '../../yaml/new-text.ts';
import type { YamlList, YamlMap, YamlScalar, YamlText } from '../../yaml/tree.ts';

export interface ListPlan {
  readonly replaced: ReadonlyMap<YamlScalar, NewScalar>;
  /** Keys that items lack. */
  readonly completed: ReadonlyMap<YamlMap, NewMap>;
  readonly appended: NewList;
  /** None: the list holds everything already. */
  readonly changed: readonly ChangedScalar[];
  /** The whole file with nothing in it but the list; absent where items have something of their own. */
  readonly printed?: string;
}

/** Every wanted parameter gets its value and an explicit flag, for Argo CD would take an absent one from the spec. */
export function planParameters(
  yaml: YamlText,
  list: YamlList | undefined,
  wanted: readonly HelmParameter[],
): Outcome<ListPlan> {
  const items = list === undefined ? succeed([]) : readParameters(yaml, list);
  if (!items.ok) return items;
  const merged = mergeHelmParameters(items.value.map(parameterOf), wanted).filter(
    ({ onlyIfThere }) => onlyIfThere !== true,
  );
  const names = new Set(wanted.map(({ name }) => name));
  const draft = { path: yaml.path, replaced: new Map(), completed: new Map(), changed: [] } satisfies Draft;
  for (const [index, item] of items.value.entries()) {
    const parameter = merged[index];
    if (parameter !== undefined && names.has(item.name)) planParameter(draft, item, parameter);
  }
  const added = merged.slice(items.value.length);
  return succeed({
    ...draft,
    changed: [
      ...draft.changed,
      ...added.map(({ name, value }) => changeOf(yaml.path, parameterKey(name), undefined, value)),
    ],
    appended: added.map(itemOf),
    ...(items.value.every(({ isPlain }) => isPlain) ? { printed: printHelmOverride(merged) } : {}),
  });
}

interface Draft {
  readonly path: string;
  readonly replaced: Map<YamlScalar, NewScalar>;
  readonly completed: Map<YamlMap, NewMap>;
  readonly changed: ChangedScalar[];
}

function planParameter(draft: Draft, item: ParameterItem, { name, value, forceString }: HelmParameter): void {
  const key = parameterKey(name);
  const flagKey = `${key}.forcestring`;
  for (const node of item.values) {
    if (!holdsText(node, value)) replace(draft, node, value, changeOf(draft.path, key, node.value, value));
  }
  for (const node of item.flags) {
    if (!holdsFlag(node, forceString)) {
      replace(draft, node, forceString, changeOf(draft.path, flagKey, node.value, String(forceString)));
    }
  }
  if (item.values.length === 0)
    complete(draft, item.map, ['value', value], changeOf(draft.path, key, undefined, value));
  if (item.flags.length === 0) {
    complete(
      draft,
      item.map,
      ['forcestring', forceString],
      changeOf(draft.path, flagKey, undefined, String(forceString)),
    );
  }
}

function replace(draft: Draft, node: YamlScalar, value: NewScalar, change: ChangedScalar): void {
  draft.replaced.set(node, value);
  draft.changed.push(change);
}

function complete(
  draft: Draft,
  map: YamlMap,
  [key, value]: [string, NewScalar],
  change: ChangedScalar,
): void {
  const added = draft.completed.get(map) ?? new Map();
  draft.completed.set(map, added.set(key, value));
  draft.changed.push(change);
}

function itemOf({ name, value, forceString }: HelmParameter): NewMap {
  return new Map<string, NewScalar>([
    ['name', name],
    ['value', value],
    ['forcestring', forceString],
  ]);
}

export function planImages(
  yaml: YamlText,
  list: YamlList | undefined,
  wanted: readonly string[],
): Outcome<ListPlan> {
  const items = list === undefined ? succeed([]) : readImages(yaml, list);
  if (!items.ok) return items;
  const merged = mergeKustomizeImages(
    items.value.map(({ value }) => value),
    wanted,
  );
  const replaced = new Map<YamlScalar, NewScalar>();
  const changed = merged.flatMap((to, index): ChangedScalar[] => {
    const node = items.value[index];
    if (node?.value === to) return [];
    if (node !== undefined) replaced.set(node, to);
    return [changeOf(yaml.path, `kustomize.images[${index}]`, node?.value, to)];
  });
  const appended = merged.slice(items.value.length);
  return succeed({
    replaced,
    completed: new Map(),
    appended,
    changed,
    printed: printKustomizeOverride(merged),
  });
}

function parameterKey(name: string): string {
  return `helm.parameters[${name}]`;
}

function changeOf(path: string, key: string, from: string | undefined, to: string): ChangedScalar {
  return from === undefined ? { path, key, to } : { path, key, from, to };
}
