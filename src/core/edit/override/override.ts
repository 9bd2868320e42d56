/** Edits of `.argocd-source` override files: what 0.18 made is printed as it would, what people made is spliced. */
import type { HelmParameter } from '../../config/application.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { findList, type ListKey, type ListPlace, printHelmOverride, printKustomizeOverride } from './file.ts';
import { parameterOf, readImages, readParameters } from './items.ts';
import { type ListPlan, planImages, planParameters } from './list-changes.ts';
import type { EditedFile } from '../../yaml/edited-file.ts';
import type { YamlChanges } from '../../yaml/changes.ts';
import type { NewList, NewMap, NewValue } from '../../yaml/new-text.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { applyChanges, fillBare, isBare } from '../../yaml/text.ts';
import type { YamlList, YamlMap, YamlScalar, YamlText } from '../../yaml/tree.ts';

export { mergeHelmParameters, mergeKustomizeImages } from './merge.ts';

const helmKey: ListKey = ['helm', 'parameters'];
const kustomizeKey: ListKey = ['kustomize', 'images'];

/**
 * Merges parameters into `helm.parameters`. `text` null or blank: the file is made, doubles included. Null if all of
 * them are there. A file that holds only this list is printed as 0.18 would; in any other everything else stays byte
 * for byte. Fails (kind `edit`) on a file that cannot be read or has another shape. Source: writeback.md 2.3.
 */
export function editHelmOverride(
  path: string,
  text: string | null,
  parameters: readonly HelmParameter[],
): Outcome<EditedFile | null> {
  if (parameters.length === 0) return succeed(null);
  if (text !== null && text.trim() !== '') {
    return editList(path, text, helmKey, (yaml, list) => planParameters(yaml, list, parameters));
  }
  const made = parameters.filter(({ onlyIfThere }) => onlyIfThere !== true);
  const changes = made.map(({ name, value }) => ({ path, key: `helm.parameters[${name}]`, to: value }));
  return succeed({ path, text: printHelmOverride(made), changes });
}

/** Merges images, `[name=]reference`, into `kustomize.images`, as `editHelmOverride` does. Source: writeback.md 2.4. */
export function editKustomizeOverride(
  path: string,
  text: string | null,
  images: readonly string[],
): Outcome<EditedFile | null> {
  if (images.length === 0) return succeed(null);
  if (text !== null && text.trim() !== '') {
    return editList(path, text, kustomizeKey, (yaml, list) => planImages(yaml, list, images));
  }
  const changes = images.map((to, index) => ({ path, key: `kustomize.images[${index}]`, to }));
  return succeed({ path, text: printKustomizeOverride(images), changes });
}

/** The parameters of a file; none if it cannot be read or has another shape. */
export function readHelmOverride(text: string): readonly HelmParameter[] {
  const found = readList(text, helmKey);
  const items = found === undefined ? undefined : readParameters(found.yaml, found.list);
  return items?.ok === true ? items.value.map(parameterOf) : [];
}

/** The images of a file, `[name=]reference`; none if it cannot be read or has another shape. */
export function readKustomizeOverride(text: string): readonly string[] {
  const found = readList(text, kustomizeKey);
  const items = found === undefined ? undefined : readImages(found.yaml, found.list);
  return items?.ok === true ? items.value.map(({ value }) => value) : [];
}

function readList(
  text: string,
  key: ListKey,
): { readonly yaml: YamlText; readonly list: YamlList } | undefined {
  const yaml = parseYaml('', text);
  const place = yaml.ok ? findList(yaml.value, key) : yaml;
  return yaml.ok && place.ok && place.value.kind === 'list'
    ? { yaml: yaml.value, list: place.value.list }
    : undefined;
}

function editList(
  path: string,
  text: string,
  key: ListKey,
  planFor: (yaml: YamlText, list: YamlList | undefined) => Outcome<ListPlan>,
): Outcome<EditedFile | null> {
  const parsed = parseYaml(path, text);
  if (!parsed.ok) return parsed;
  const yaml = parsed.value;
  const place = isBare(yaml) ? succeed(undefined) : findList(yaml, key);
  if (!place.ok) return place;
  const plan = planFor(yaml, place.value?.kind === 'list' ? place.value.list : undefined);
  if (!plan.ok) return plan;
  const { changed: changes, printed, appended } = plan.value;
  if (changes.length === 0) return succeed(null);
  if (place.value?.kind === 'list' && place.value.isAlone && printed !== undefined) {
    return succeed({ path, text: printed, changes });
  }
  const after =
    place.value === undefined
      ? fillBare(yaml, new Map([underKeys(key, appended)]))
      : applyChanges(yaml, changesOf(place.value, plan.value));
  return after.ok ? succeed({ path, text: after.value.text, changes }) : after;
}

function changesOf(place: ListPlace, { replaced, completed, appended }: ListPlan): YamlChanges {
  const added = new Map<YamlMap | YamlList | YamlScalar, NewMap | NewList>(completed);
  if (place.kind === 'missing') {
    const [key, ...deeper] = place.keys;
    added.set(
      place.container,
      key === undefined ? appended : new Map([underKeys([key, ...deeper], appended)]),
    );
  } else if (appended.length > 0) {
    added.set(place.list, appended);
  }
  return { replaced, added, removed: new Set() };
}

/** An entry with the list as its value, or with a mapping for each further key around it. */
function underKeys([key, ...deeper]: readonly [string, ...string[]], list: NewList): [string, NewValue] {
  const [next, ...rest] = deeper;
  return [key, next === undefined ? list : new Map([underKeys([next, ...rest], list)])];
}
