/** Applies the edits for one branch one after the other, and finds those that undo one another. */
import { applyEdit, filesOf, type TargetTexts } from '../core/apply-edit.ts';
import { selectManifestFiles } from '../core/manifest-files.ts';
import type { Failure, Outcome } from '../core/outcome.ts';
import type { GitIntention } from '../core/plan.ts';
import type { ChangedScalar, EditedFile, TargetEdit } from '../core/target.ts';
import { conflictFailure } from './conflicts.ts';
import { settleNow } from './settle.ts';
import type { TargetFiles } from './target-files.ts';

export interface BranchItem {
  readonly intention: GitIntention;
  readonly files: TargetFiles;
}

export type ItemEdit = { readonly item: BranchItem } & (
  | { readonly kind: 'edited'; readonly files: readonly EditedFile[] }
  /** `borrowed`: only because of what an earlier item of the branch is about to commit. */
  | { readonly kind: 'unchanged'; readonly borrowed: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/** True if the files hold what is wanted already. */
export function isHeld({ intention, files }: BranchItem): boolean {
  const edited = edit(intention.edit, files.texts);
  return edited.ok && edited.value.length === 0;
}

/**
 * Each edit is applied to what the earlier ones left. In the end all of them have to find their values, and so have
 * those of `standing`, who want no change: who is overruled, and who overruled, fail both. That catches what names of
 * files and keys do not tell: folders within folders, and keys that are one scalar through an anchor.
 */
export function editBranch(
  items: readonly BranchItem[],
  standing: readonly GitIntention[],
): readonly ItemEdit[] {
  const failed = new Map<BranchItem, Failure>();
  for (;;) {
    const turn = editInTurn(items.filter((item) => !failed.has(item)));
    const rivals = findRivals(turn, standing);
    for (const [item, failure] of rivals) failed.set(item, failure);
    if (rivals.size > 0) continue;
    const edits = new Map(turn.edits.map((itemEdit) => [itemEdit.item, itemEdit]));
    return items.flatMap((item): readonly ItemEdit[] => {
      const failure = failed.get(item);
      return failure === undefined
        ? ((edits.get(item) ?? []) as readonly ItemEdit[])
        : [{ item, kind: 'failed', failure }];
    });
  }
}

interface Turn {
  readonly edits: readonly ItemEdit[];
  /** Files that were edited, as they are in the end. */
  readonly overlay: TargetTexts;
}

function editInTurn(items: readonly BranchItem[]): Turn {
  const overlay = new Map<string, string>();
  const edits = items.map((item): ItemEdit => {
    const edited = edit(item.intention.edit, overlaid(item.files.texts, overlay));
    if (!edited.ok) return { item, kind: 'failed', failure: edited.failure };
    const files = edited.value;
    if (files.length === 0)
      return { item, kind: 'unchanged', borrowed: touches(item, overlay) && !isHeld(item) };
    for (const { path, text } of files) overlay.set(path, text);
    return { item, kind: 'edited', files };
  });
  return { edits, overlay };
}

/** A bug in an edit hurts its own application only. */
function edit(targetEdit: TargetEdit, texts: TargetTexts): Outcome<readonly EditedFile[]> {
  const outcome = settleNow(() => applyEdit(targetEdit, texts));
  return outcome.ok ? outcome.value : outcome;
}

function overlaid(texts: TargetTexts, overlay: TargetTexts): TargetTexts {
  return new Map(Array.from(texts, ([path, text]) => [path, overlay.get(path) ?? text]));
}

function touches({ files }: BranchItem, overlay: TargetTexts): boolean {
  return files.texts.keys().some((path) => overlay.has(path));
}

type Place = Pick<ChangedScalar, 'path' | 'key' | 'to'>;

function findRivals(turn: Turn, standing: readonly GitIntention[]): ReadonlyMap<BranchItem, Failure> {
  const { edits, overlay } = turn;
  const rivals = new Map<BranchItem, Failure>();
  if (overlay.size === 0) return rivals;
  const writers = edits.filter((itemEdit) => itemEdit.kind === 'edited');
  const authors = authorsOf(writers);
  const blame = (party: GitIntention, own: BranchItem | undefined, place: Place): void => {
    const others = (authors.get(placeKey(place)) ?? []).filter(({ item }) => item !== own);
    if (others.length === 0) return;
    const wishes = [
      { party, shown: place.to },
      ...others.map(({ item, to }) => ({ party: item.intention, shown: to })),
    ];
    const failure = conflictFailure({ place: `${place.path}: ${place.key}`, wishes });
    for (const item of [...(own === undefined ? [] : [own]), ...others.map((other) => other.item)])
      if (!rivals.has(item)) rivals.set(item, failure);
  };
  for (const { item, kind } of edits) {
    if (kind === 'failed' || !touches(item, overlay)) continue;
    const { intention, files } = item;
    for (const place of placesLeft(intention.edit, overlaid(files.texts, overlay)))
      blame(intention, item, place);
  }
  const start = new Map(writers.flatMap(({ item }) => [...item.files.texts]));
  for (const intention of standing) {
    const paths = pathsMeant(intention.edit, [...overlay.keys()]);
    if (paths.length === 0) continue;
    const before = textsAt(paths, start);
    const known = new Set(placesLeft(intention.edit, before).map(placeKey));
    const after = placesLeft(intention.edit, overlaid(before, overlay));
    for (const place of after) if (!known.has(placeKey(place))) blame(intention, undefined, place);
  }
  return rivals;
}

interface Author {
  readonly item: BranchItem;
  readonly to: string;
}

/** Who set which scalar. */
function authorsOf(
  writers: readonly Extract<ItemEdit, { kind: 'edited' }>[],
): ReadonlyMap<string, readonly Author[]> {
  const authors = new Map<string, Author[]>();
  for (const { item, files } of writers) {
    for (const place of files.flatMap(({ changes }) => changes)) {
      const known = authors.get(placeKey(place)) ?? [];
      known.push({ item, to: place.to });
      authors.set(placeKey(place), known);
    }
  }
  return authors;
}

function placeKey({ path, key }: Place): string {
  return JSON.stringify([path, key]);
}

/** Scalars that do not hold what the edit wants; none where it cannot be applied to these files. */
function placesLeft(targetEdit: TargetEdit, texts: TargetTexts): readonly Place[] {
  const edited = edit(targetEdit, texts);
  return edited.ok ? edited.value.flatMap(({ changes }) => changes) : [];
}

/** Those of the paths that the edit concerns. */
function pathsMeant(targetEdit: TargetEdit, paths: readonly string[]): readonly string[] {
  if (targetEdit.kind !== 'manifests') return filesOf(targetEdit).filter((path) => paths.includes(path));
  const selected = selectManifestFiles(targetEdit, paths);
  return selected.ok ? selected.value : [];
}

function textsAt(paths: readonly string[], texts: TargetTexts): TargetTexts {
  return new Map(paths.map((path) => [path, texts.get(path) ?? null]));
}
