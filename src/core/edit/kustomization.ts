/** Edits of a kustomization's `images`: tags, digests and names of its entries; every other byte stays. */
import { fullName, parseImageRef } from '../image/image.ts';
import { fieldText, type ImageEntry, updateEntry } from './kustomize-entry.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { EditedFile } from '../yaml/edited-file.ts';
import type { KustomizeEdit } from './edit.ts';
import { addItems, type Draft, finishDraft, openDraft, refuseKey } from '../yaml/draft.ts';
import { parseYaml } from '../yaml/parse.ts';
import {
  entriesNamed,
  followAlias,
  isNull,
  type YamlDocument,
  type YamlList,
  type YamlMap,
  type YamlScalar,
  type YamlText,
} from '../yaml/tree.ts';

/** In the order in which they are looked for in a folder. */
export const kustomizationFileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/**
 * Writes images to a kustomization. An entry is found by its `name`, then, if no name was given for the image, by its
 * `newName`; one that is missing is made in the style of the list. Null if every entry means the same already. Fails
 * (kind `edit`) on anything but one YAML document that can be edited exactly. Source: writeback.md 3.
 */
export function editKustomization(
  path: string,
  text: string,
  images: readonly KustomizeEdit[],
): Outcome<EditedFile | null> {
  const opened = openKustomization(path, text);
  if (!opened.ok) return opened;
  const { yaml, document } = opened.value;
  const draft = openDraft(yaml, document);
  const entries = entriesOf(opened.value);
  const fresh: Map<string, string>[] = [];
  const wanted: WantedVersions = new Map();
  for (const edit of images) {
    const drafted = draftImage(draft, entries, fresh, wanted, edit);
    if (!drafted.ok) return drafted;
  }
  const { root, images: list = { in: root } } = opened.value;
  addItems(draft, list, 'images', fresh);
  return finishDraft(draft);
}

/** What a kustomization says about an image, found by `name`, else by `newName`; `undefined`: nothing. */
export function readKustomizationImage(
  text: string,
  name: string,
): { readonly newName?: string; readonly newTag?: string; readonly digest?: string } | undefined {
  const opened = openKustomization('', text);
  if (!opened.ok) return undefined;
  const { document } = opened.value;
  const entries = entriesOf(opened.value);
  const entry =
    entries.find((candidate) => candidate.name === name) ?? entries.find(({ newName }) => newName === name);
  if (entry === undefined) return undefined;
  const found = (['newName', 'newTag', 'digest'] as const).map((field) => [
    field,
    fieldText(document, entry.map, field),
  ]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** `[name=]reference`, an entry of `spec.source.kustomize.images`. Fails (config) on a malformed one. */
export function kustomizeEditFromString(text: string): Outcome<KustomizeEdit> {
  const equals = text.indexOf('=');
  const ref = parseImageRef(text.slice(equals + 1));
  if (!ref.ok) return ref;
  const newName = fullName(ref.value);
  const name = equals === -1 ? newName : text.slice(0, equals).trim();
  if (name === '') return fail(configFailure(`kustomize image ${quoted(text)}: no name stands before "="`));
  const { tag, digest } = ref.value;
  return succeed({
    name,
    named: equals !== -1,
    newName,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    alias: '',
  });
}

interface Kustomization {
  readonly yaml: YamlText;
  readonly document: YamlDocument;
  readonly root: YamlMap;
  /** The list, or the null in its place; absent if there is no such key. */
  readonly images?: YamlList | YamlScalar;
}

function openKustomization(path: string, text: string): Outcome<Kustomization> {
  const yaml = parseYaml(path, text);
  if (!yaml.ok) return yaml;
  const refuse = (reason: string) => fail({ kind: 'edit', path, message: `${path}: ${reason}` });
  const documents = yaml.value.documents.filter(
    ({ root }) => root.kind !== 'scalar' || root.style !== 'empty',
  );
  const document = documents[0];
  if (document === undefined || documents.length > 1) {
    return refuse(`should contain a single YAML document, not ${documents.length}`);
  }
  const root = followAlias(document, document.root);
  if (root.kind !== 'map') return refuse('should contain a mapping');
  if (fieldText(document, root, 'kind') === 'List') return refuse('a List is no kustomization');
  const [entry, second] = entriesNamed(document, root, 'images');
  if (second !== undefined) return refuse('images is there more than once');
  if (entry === undefined) return succeed({ yaml: yaml.value, document, root });
  const images = followAlias(document, entry.value);
  if (images.kind === 'map' || (images.kind === 'scalar' && !isNull(images)))
    return refuse('images is no list');
  return succeed({ yaml: yaml.value, document, root, images });
}

function entriesOf({ document, images }: Kustomization): readonly ImageEntry[] {
  if (images?.kind !== 'list') return [];
  return images.items.flatMap((item, index) => {
    const map = followAlias(document, item);
    if (map.kind !== 'map') return [];
    const [name, newName] = [fieldText(document, map, 'name'), fieldText(document, map, 'newName')];
    return [{ at: `images[${index}]`, map, isAlias: item.kind === 'alias', name, newName }];
  });
}

/** Tag and digest that an image gave an entry: another image that finds the same entry has to agree. */
type WantedVersions = Map<ImageEntry, Pick<KustomizeEdit, 'tag' | 'digest'>>;

function draftImage(
  draft: Draft,
  entries: readonly ImageEntry[],
  fresh: Map<string, string>[],
  wanted: WantedVersions,
  edit: KustomizeEdit,
): Outcome<void> {
  const byName = entries.filter(({ name }) => name === edit.name);
  const matching =
    byName.length > 0 || edit.named ? byName : entries.filter(({ newName }) => newName === edit.newName);
  for (const entry of matching) {
    const { tag, digest } = wanted.get(entry) ?? edit;
    if (tag !== edit.tag || digest !== edit.digest)
      return refuseKey(draft, entry.at, 'two images want different versions of it');
    wanted.set(entry, edit);
    const updated = updateEntry(draft, entry, edit);
    if (!updated.ok) return updated;
  }
  return matching.length > 0 ? succeed(undefined) : addFresh(draft, fresh, edit);
}

function addFresh(draft: Draft, fresh: Map<string, string>[], edit: KustomizeEdit): Outcome<void> {
  const entry = new Map([['name', edit.name]]);
  if (edit.newName !== edit.name) entry.set('newName', edit.newName);
  if (edit.tag !== undefined) entry.set('newTag', edit.tag);
  if (edit.digest !== undefined) entry.set('digest', edit.digest);
  if (entry.size === 1) return succeed(undefined); // changes nothing about the image
  const other = fresh.find((made) => made.get('name') === edit.name);
  if (other === undefined) {
    fresh.push(entry);
    return succeed(undefined);
  }
  const isSame = other.size === entry.size && [...entry].every(([field, text]) => other.get(field) === text);
  return isSame
    ? succeed(undefined)
    : refuseKey(draft, 'images', `two images would write ${quoted(edit.name)}`);
}
