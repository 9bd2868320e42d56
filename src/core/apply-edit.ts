/** A target edit and the files it concerns -> the files as they should be. */
import { editHelmValues } from './edit/helmvalues.ts';
import { editKustomization, kustomizationFileNames } from './edit/kustomization.ts';
import { editManifests } from './edit/manifests/manifests.ts';
import { fail, type Outcome, succeed } from './base/outcome.ts';
import { editHelmOverride, editKustomizeOverride } from './edit/override/override.ts';
import type { EditedFile } from './yaml/edited-file.ts';
import type { TargetEdit } from './edit/edit.ts';
import { effectDoubts, filesBeside, newKeyDoubts, unreadFailure } from './values-effect.ts';

/** Text of each file; null: there is none. */
export type TargetTexts = ReadonlyMap<string, string | null>;

/** Files to read for an edit; those of `manifests` are found by listing folders instead. */
export function filesOf(edit: TargetEdit): readonly string[] {
  switch (edit.kind) {
    case 'override-helm':
    case 'override-kustomize':
    case 'helmvalues':
      return [edit.path];
    case 'kustomization':
      return kustomizationFileNames.map((name) => inFolder(edit.directory, name));
    case 'manifests':
      return [];
  }
}

/** Files that an edit only looks at; one that cannot be read counts as absent. */
export function filesSeenBy(edit: TargetEdit): readonly string[] {
  switch (edit.kind) {
    case 'helmvalues':
      return filesBeside(edit);
    case 'override-helm':
      return edit.defaults ?? [];
    case 'override-kustomize':
    case 'kustomization':
    case 'manifests':
      return [];
  }
}

/** Path of a file in a folder; "" is the repository's root. */
export function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Applies an edit; an empty list means that the files hold the wanted values already. */
export function applyEdit(edit: TargetEdit, texts: TargetTexts): Outcome<readonly EditedFile[]> {
  switch (edit.kind) {
    case 'override-helm':
      return asList(editHelmOverride(edit.path, texts.get(edit.path) ?? null, edit.parameters));
    case 'override-kustomize':
      return asList(editKustomizeOverride(edit.path, texts.get(edit.path) ?? null, edit.images));
    case 'helmvalues':
      return applyValues(edit, texts);
    case 'kustomization':
      return applyKustomization(edit, texts);
    case 'manifests':
      return editManifests(texts, edit.images);
  }
}

/** Why the files, once they hold the wanted values, may be without effect all the same, one text for each reason. */
export function doubtsOf(edit: TargetEdit, texts: TargetTexts): readonly string[] {
  return edit.kind === 'helmvalues' ? effectDoubts(edit, texts) : [];
}

function applyValues(
  edit: Extract<TargetEdit, { kind: 'helmvalues' }>,
  texts: TargetTexts,
): Outcome<readonly EditedFile[]> {
  const text = texts.get(edit.path) ?? null;
  const unread = text === null ? unreadFailure(edit) : undefined;
  if (unread !== undefined) return fail(unread);
  const edited = editHelmValues(edit.path, text, edit.values);
  if (!edited.ok || edited.value === null) return asList(edited);
  const warnings = newKeyDoubts(edit, text, edited.value, texts);
  return succeed([warnings.length === 0 ? edited.value : { ...edited.value, warnings }]);
}

function applyKustomization(
  edit: Extract<TargetEdit, { kind: 'kustomization' }>,
  texts: TargetTexts,
): Outcome<readonly EditedFile[]> {
  for (const path of filesOf(edit)) {
    const text = texts.get(path) ?? null;
    if (text !== null) return asList(editKustomization(path, text, edit.images));
  }
  const folder = edit.directory === '' ? 'the root of the repository' : edit.directory;
  const names = kustomizationFileNames.join(', ');
  return fail({ kind: 'edit', path: edit.directory, message: `none of ${names} in ${folder}` });
}

function asList(edited: Outcome<EditedFile | null>): Outcome<readonly EditedFile[]> {
  if (!edited.ok) return edited;
  return succeed(edited.value === null ? [] : [edited.value]);
}
