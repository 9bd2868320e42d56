/** Edits of several applications as one: what all of them want of a target is looked up at once. */
import type { TargetEdit } from './edit.ts';

/** Equal for edits of the same files in the same form, whatever they want there. */
export function targetKey(edit: TargetEdit): string {
  return JSON.stringify(withLists(edit, []));
}

/** One edit that wants what all of these want; they must be at least one, and have the same key. */
export function joinEdits(edits: readonly TargetEdit[]): TargetEdit {
  const [first] = edits;
  if (first === undefined) throw new Error('no edits to join');
  return withLists(first, edits);
}

function withLists(target: TargetEdit, edits: readonly TargetEdit[]): TargetEdit {
  switch (target.kind) {
    case 'override-helm':
      return {
        ...target,
        parameters: edits.flatMap((edit) => (edit.kind === target.kind ? edit.parameters : [])),
      };
    case 'override-kustomize':
      return { ...target, images: edits.flatMap((edit) => (edit.kind === target.kind ? edit.images : [])) };
    case 'helmvalues':
      return { ...target, values: edits.flatMap((edit) => (edit.kind === target.kind ? edit.values : [])) };
    case 'kustomization':
      return { ...target, images: edits.flatMap((edit) => (edit.kind === target.kind ? edit.images : [])) };
    case 'manifests':
      return { ...target, images: edits.flatMap((edit) => (edit.kind === target.kind ? edit.images : [])) };
  }
}
