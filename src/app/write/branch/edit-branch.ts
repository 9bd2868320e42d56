/** Applies the edits for one branch one after the other, and finds those that undo one another. */
import { applyEdit, filesOf, type TargetTexts } from '../../../core/apply-edit.ts';
import { joinEdits, targetKey } from '../../../core/edit/join-edits.ts';
import { selectManifestFiles } from '../../../core/edit/manifests/files.ts';
import type { Failure, Outcome } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { ChangedScalar, EditedFile } from '../../../core/yaml/edited-file.ts';
import type { TargetEdit } from '../../../core/edit/edit.ts';
import { conflictFailure } from './conflicts.ts';
import { settleNow } from '../../../core/base/settle.ts';
import type { TargetFiles } from '../../repository/target-files.ts';

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
 * those of `standing`, who want no change: who is undone, and who undid, are in conflict and fail both. That catches what names of
 * files and keys do not tell: folders within folders, and keys that are one scalar through an anchor.
 */
export async function editBranch(
  items: readonly BranchItem[],
  standing: readonly GitIntention[],
): Promise<readonly ItemEdit[]> {
  const failed = new Map<BranchItem, Failure>();
  for (;;) {
    const turn = await editInTurn(items.filter((item) => !failed.has(item)));
    const conflicting = findConflictsOf(turn, standing);
    for (const [item, failure] of conflicting) failed.set(item, failure);
    if (conflicting.size > 0) continue;
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

async function editInTurn(items: readonly BranchItem[]): Promise<Turn> {
  const overlay = new Map<string, string>();
  const edits: ItemEdit[] = [];
  for (const item of items) {
    const itemEdit = editItem(item, overlay);
    edits.push(itemEdit);
    if (itemEdit.kind === 'edited') for (const { path, text } of itemEdit.files) overlay.set(path, text);
    await othersTurn();
  }
  return { edits, overlay };
}

/** Hundreds of edits of one large file take seconds, in which servers have to answer too. */
async function othersTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function editItem(item: BranchItem, overlay: TargetTexts): ItemEdit {
  const edited = edit(item.intention.edit, overlaid(item.files.texts, overlay));
  if (!edited.ok) return { item, kind: 'failed', failure: edited.failure };
  if (edited.value.length > 0) return { item, kind: 'edited', files: edited.value };
  return { item, kind: 'unchanged', borrowed: touches(item, overlay) && !isHeld(item) };
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

function findConflictsOf(turn: Turn, standing: readonly GitIntention[]): ReadonlyMap<BranchItem, Failure> {
  const { edits, overlay } = turn;
  const conflicting = new Map<BranchItem, Failure>();
  if (overlay.size === 0) return conflicting;
  const writers = edits.filter((itemEdit) => itemEdit.kind === 'edited');
  const authors = authorsOf(writers);
  const tell = (party: GitIntention, own: BranchItem | undefined, place: Place): void => {
    const others = (authors.get(placeKey(place)) ?? []).filter(({ item }) => item !== own);
    if (others.length === 0) return;
    const claims = [
      { party, shown: place.to },
      ...others.map(({ item, to }) => ({ party: item.intention, shown: to })),
    ];
    const failure = conflictFailure({ place: `${place.path}: ${place.key}`, claims });
    for (const item of [...(own === undefined ? [] : [own]), ...others.map((other) => other.item)])
      if (!conflicting.has(item)) conflicting.set(item, failure);
  };
  const touched = edits.flatMap(({ item, kind }) =>
    kind !== 'failed' && touches(item, overlay) ? [item] : [],
  );
  const textsOf = ({ files }: BranchItem) => overlaid(files.texts, overlay);
  for (const { item, place } of undoneItems(touched, textsOf)) tell(item.intention, item, place);
  const start = new Map(writers.flatMap(({ item }) => [...item.files.texts]));
  for (const { intention, place } of undoneStanding(standing, start, overlay))
    tell(intention, undefined, place);
  return conflicting;
}

/** Items that do not find their values in the end. Those of one target are looked up together first. */
function* undoneItems(
  items: readonly BranchItem[],
  textsOf: (item: BranchItem) => TargetTexts,
): Generator<{ readonly item: BranchItem; readonly place: Place }> {
  for (const members of Map.groupBy(items, ({ intention }) => targetKey(intention.edit)).values()) {
    const [first] = members;
    if (first === undefined) continue;
    const texts = textsOf(first);
    const joined = edit(joinEdits(members.map(({ intention }) => intention.edit)), texts);
    if (joined.ok && joined.value.length === 0) continue;
    for (const item of members)
      for (const place of placesLeft(item.intention.edit, texts)) yield { item, place };
  }
}

/** Those who found their values at the start, and do not in the end. */
function* undoneStanding(
  standing: readonly GitIntention[],
  start: TargetTexts,
  overlay: TargetTexts,
): Generator<{ readonly intention: GitIntention; readonly place: Place }> {
  const touched = [...overlay.keys()];
  for (const members of Map.groupBy(standing, (intention) => targetKey(intention.edit)).values()) {
    const [first] = members;
    const paths = first === undefined ? [] : pathsMeant(first.edit, touched);
    if (paths.length === 0) continue;
    const before = textsAt(paths, start);
    const after = overlaid(before, overlay);
    const joined = joinEdits(members.map((member) => member.edit));
    if (edit(joined, after).ok && newPlaces(joined, before, after).length === 0) continue;
    for (const intention of members)
      for (const place of newPlaces(intention.edit, before, after)) yield { intention, place };
  }
}

/** Scalars that the edit would have to change after, and not before. */
function newPlaces(targetEdit: TargetEdit, before: TargetTexts, after: TargetTexts): readonly Place[] {
  const known = new Set(placesLeft(targetEdit, before).map(placeKey));
  return placesLeft(targetEdit, after).filter((place) => !known.has(placeKey(place)));
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
