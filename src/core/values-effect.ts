/** Whether Argo CD will see what is written to a values file, as far as the repository shows it. */
import { isRead, type HelmReads } from './config/helm-reads.ts';
import { nearestWord } from './config/keys/annotation-keys.ts';
import type { TargetEdit, ValueEdit } from './edit/edit.ts';
import { readHelmValue } from './edit/helmvalues.ts';
import { readHelmOverride } from './edit/override/override.ts';
import type { Failure } from './base/outcome.ts';
import type { EditedFile } from './yaml/edited-file.ts';
import { renderKeyPath } from './yaml/key-path.ts';
import { parseYaml } from './yaml/parse.ts';
import { followAlias, type YamlDocument, type YamlMap } from './yaml/tree.ts';

/** Text of each file; null: there is none. */
type TargetTexts = ReadonlyMap<string, string | null>;

type ValuesEdit = Extract<TargetEdit, { kind: 'helmvalues' }>;

const maxBeside = 20; // value files that are looked into for one target
const maxShownFiles = 5;

/** Other files of the source that tell whether an edit of a values file has an effect. */
export function filesBeside({ path, reads }: ValuesEdit): readonly string[] {
  if (reads === undefined) return [];
  const literal = [...reads.overrides, ...reads.files].filter((file) => file !== path && !file.includes('*'));
  return [...new Set(literal)].slice(0, maxBeside);
}

/** Why a values file is not made: nothing would read it. Undefined if something does, or nobody can tell. */
export function unreadFailure({ path, reads }: ValuesEdit): Failure | undefined {
  if (reads === undefined || isRead(reads, path)) return undefined;
  const message = `${path} is not there, and Argo CD would not read it: ${readText(path, reads)}`;
  return { kind: 'edit', path, message };
}

function readText(path: string, { files }: HelmReads): string {
  if (files.length === 0)
    return 'the source has no value files in this repository; name them in helm.valueFiles';
  const more = files.length > maxShownFiles ? ` and ${files.length - maxShownFiles} more` : '';
  const shown = `it reads ${files.slice(0, maxShownFiles).join(', ')}${more}`;
  const meant = likelyFile(path, files);
  return meant === undefined ? shown : `${shown}; did you mean write-back-target: helmvalues:/${meant}?`;
}

/** The file of which the path is a part, or which is spelled nearly alike, or which has the same name. */
function likelyFile(path: string, files: readonly string[]): string | undefined {
  const candidates = files.filter((file) => !file.includes('*'));
  const name = nameOf(path);
  return (
    candidates.find((file) => path.endsWith(`/${file}`) || file.endsWith(`/${path}`)) ??
    nearestWord(path, candidates) ??
    candidates.find((file) => nameOf(file) === name) ??
    candidates.find((file) => nearestWord(name, [nameOf(file)]) !== undefined)
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Why what is written, or was, is likely to be without effect, one text for each reason. */
export function effectDoubts(edit: ValuesEdit, texts: TargetTexts): readonly string[] {
  const { path, reads } = edit;
  if (reads === undefined) return [];
  if (!isRead(reads, path)) {
    const isThere = (texts.get(path) ?? null) !== null;
    return isThere ? [`${path} is written, but Argo CD does not read it: ${readText(path, reads)}`] : [];
  }
  return written(edit).flatMap((value) => hiddenBy(edit, reads, value, texts));
}

/** Keys that an edit makes, and that are likely to be meant otherwise, one text each. `before`: null if the file was made. */
export function newKeyDoubts(
  edit: ValuesEdit,
  before: string | null,
  { changes }: EditedFile,
  texts: TargetTexts,
): readonly string[] {
  const { path, reads } = edit;
  if (reads === undefined || !isRead(reads, path)) return [];
  const made = new Set(changes.filter(({ from }) => from === undefined).map(({ key }) => key));
  return written(edit).flatMap((value) => (made.has(value.key) ? misspelt(edit, value, before, texts) : []));
}

/** Without keys that are emptied: whatever hides those hides nothing. */
function written({ values }: ValuesEdit): readonly ValueEdit[] {
  return values.filter(({ value }) => value !== '');
}

/** The strongest file that gives the key another value than the one that was written. */
function hiddenBy(
  { path }: ValuesEdit,
  { files, overrides }: HelmReads,
  { key, value }: ValueEdit,
  texts: TargetTexts,
): readonly string[] {
  const told = (file: string, other: string): readonly string[] =>
    other === value ? [] : [`${path}: ${key} is written, but ${file} sets it too, and Argo CD takes that`];
  for (const file of overrides) {
    const parameter = readHelmOverride(texts.get(file) ?? '').findLast(({ name }) => name === key);
    if (parameter !== undefined) return told(file, parameter.value);
  }
  for (const file of files.slice(files.lastIndexOf(path) + 1).toReversed()) {
    const other = readHelmValue(texts.get(file) ?? '', key);
    if (other !== undefined && files.includes(path)) return told(file, other);
  }
  return [];
}

/** A key that no values file of the source has, beside one that is spelled nearly alike. */
function misspelt(
  edit: ValuesEdit,
  { key, role }: ValueEdit,
  before: string | null,
  texts: TargetTexts,
): readonly string[] {
  const others = filesBeside(edit).flatMap((file) => texts.get(file) ?? []);
  if (others.some((text) => readHelmValue(text, key) !== undefined)) return [];
  const known = new Set([before ?? '', ...others].flatMap(scalarPaths));
  const meant = nearestKey(key, role, [...known]);
  if (meant === undefined) return [];
  return [
    `${edit.path}: the key ${key} is new, and no values file of the source has it; did you mean ${meant}?`,
  ];
}

const maxKeyDistance = 2;
const nameWords = ['repository', 'repo', 'name', 'image'] as const;

function nearestKey(key: string, role: ValueEdit['role'], known: readonly string[]): string | undefined {
  const near = nearestWord(key, known, maxKeyDistance);
  if (near !== undefined || role === 'tag' || role === 'digest') return near;
  const parent = key.slice(0, key.lastIndexOf('.') + 1);
  return nameWords.map((word) => `${parent}${word}`).find((other) => other !== key && known.includes(other));
}

const maxScalars = 2000; // compared with each new key
const maxKeyDepth = 20;

/** Key paths of the scalars of a text's first document, through mappings only. */
function scalarPaths(text: string): readonly string[] {
  const yaml = parseYaml('', text);
  const document = yaml.ok ? yaml.value.documents[0] : undefined;
  const root = document === undefined ? undefined : followAlias(document, document.root);
  const found: string[] = [];
  if (document !== undefined && root?.kind === 'map') addScalars(document, root, [], found);
  return found;
}

function addScalars(document: YamlDocument, map: YamlMap, above: readonly string[], found: string[]): void {
  for (const entry of map.entries) {
    if (found.length >= maxScalars || above.length >= maxKeyDepth) return;
    const key = followAlias(document, entry.key);
    if (key.kind !== 'scalar') continue;
    const path = [...above, key.value];
    if (entry.value.kind === 'map') addScalars(document, entry.value, path, found);
    else if (entry.value.kind !== 'list') found.push(renderKeyPath(path));
  }
}
