/** Applies the edits for one branch one after the other, and finds those that undo one another. */
import { filesOf, type TargetTexts } from '../../../core/apply-edit.ts';
import { joinEdits, targetKey } from '../../../core/edit/join-edits.ts';
import type { Warning } from '../../../core/config/annotations.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { ChangedScalar, EditedFile } from '../../../core/yaml/edited-file.ts';
import type { TargetEdit } from '../../../core/edit/edit.ts';
import type { FileWork } from '../../../ports/file-work.ts';
import { conflictFailure } from './conflicts.ts';
import type { TargetFiles } from '../../repository/target-files.ts';

export interface BranchItem {
  readonly intention: GitIntention;
  readonly files: TargetFiles;
  /** Why what is wanted may be without effect though the files hold it. */
  readonly doubts: readonly Warning[];
}

export type ItemEdit = { readonly item: BranchItem } & (
  | { readonly kind: 'edited'; readonly files: readonly EditedFile[] }
  /** `borrowed`: only because of what an earlier item of the branch is about to commit. */
  | { readonly kind: 'unchanged'; readonly borrowed: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/** True if the files hold what is wanted already. */
export async function isHeld({ intention, files }: BranchItem, work: FileWork): Promise<boolean> {
  const edited = await work.perform('edit', files.texts, intention.edit);
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
  work: FileWork,
): Promise<readonly ItemEdit[]> {
  const failed = new Map<BranchItem, Failure>();
  for (;;) {
    const turn = await editInTurn(
      items.filter((item) => !failed.has(item)),
      work,
    );
    const conflicting = await findConflictsOf(turn, standing, work);
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

async function editInTurn(items: readonly BranchItem[], work: FileWork): Promise<Turn> {
  const overlay = new Map<string, string>();
  const edits: ItemEdit[] = [];
  for (const item of items) {
    const itemEdit = await editItem(item, overlay, work);
    edits.push(itemEdit);
    if (itemEdit.kind === 'edited') for (const { path, text } of itemEdit.files) overlay.set(path, text);
  }
  return { edits, overlay };
}

async function editItem(item: BranchItem, overlay: TargetTexts, work: FileWork): Promise<ItemEdit> {
  const edited = await work.perform('edit', overlaid(item.files.texts, overlay), item.intention.edit);
  if (!edited.ok) return { item, kind: 'failed', failure: edited.failure };
  if (edited.value.length > 0) return { item, kind: 'edited', files: edited.value };
  return { item, kind: 'unchanged', borrowed: touches(item, overlay) && !(await isHeld(item, work)) };
}

function overlaid(texts: TargetTexts, overlay: TargetTexts): TargetTexts {
  return new Map(Array.from(texts, ([path, text]) => [path, overlay.get(path) ?? text]));
}

function touches({ files }: BranchItem, overlay: TargetTexts): boolean {
  return files.texts.keys().some((path) => overlay.has(path));
}

type Place = Pick<ChangedScalar, 'path' | 'key' | 'to'>;

async function findConflictsOf(
  turn: Turn,
  standing: readonly GitIntention[],
  work: FileWork,
): Promise<ReadonlyMap<BranchItem, Failure>> {
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
  for await (const { item, place } of undoneItems(touched, textsOf, work)) tell(item.intention, item, place);
  const start = new Map(writers.flatMap(({ item }) => [...item.files.texts]));
  for await (const { intention, place } of undoneStanding(standing, start, overlay, work))
    tell(intention, undefined, place);
  return conflicting;
}

/** Items that do not find their values in the end. Those of one target are looked up together first. */
async function* undoneItems(
  items: readonly BranchItem[],
  textsOf: (item: BranchItem) => TargetTexts,
  work: FileWork,
): AsyncGenerator<{ readonly item: BranchItem; readonly place: Place }> {
  for (const members of Map.groupBy(items, ({ intention }) => targetKey(intention.edit)).values()) {
    const [first] = members;
    if (first === undefined) continue;
    const texts = textsOf(first);
    const together = joinEdits(members.map(({ intention }) => intention.edit));
    const joined = await work.perform('edit', texts, together);
    if (joined.ok && joined.value.length === 0) continue;
    for (const item of members)
      for (const place of await placesLeft(item.intention.edit, texts, work)) yield { item, place };
  }
}

/** Those who found their values at the start, and do not in the end. */
async function* undoneStanding(
  standing: readonly GitIntention[],
  start: TargetTexts,
  overlay: TargetTexts,
  work: FileWork,
): AsyncGenerator<{ readonly intention: GitIntention; readonly place: Place }> {
  const touched = [...overlay.keys()];
  for (const members of Map.groupBy(standing, (intention) => targetKey(intention.edit)).values()) {
    const [first] = members;
    const paths = first === undefined ? [] : await pathsMeant(first.edit, touched, work);
    if (paths.length === 0) continue;
    const before = textsAt(paths, start);
    const after = overlaid(before, overlay);
    const joined = joinEdits(members.map((member) => member.edit));
    const edited = await work.perform('edit', after, joined);
    if (edited.ok && (await newPlaces(joined, before, after, work)).length === 0) continue;
    for (const intention of members)
      for (const place of await newPlaces(intention.edit, before, after, work)) yield { intention, place };
  }
}

/** Scalars that the edit would have to change after, and not before. */
async function newPlaces(
  targetEdit: TargetEdit,
  before: TargetTexts,
  after: TargetTexts,
  work: FileWork,
): Promise<readonly Place[]> {
  const known = new Set((await placesLeft(targetEdit, before, work)).map(placeKey));
  return (await placesLeft(targetEdit, after, work)).filter((place) => !known.has(placeKey(place)));
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
async function placesLeft(
  targetEdit: TargetEdit,
  texts: TargetTexts,
  work: FileWork,
): Promise<readonly Place[]> {
  const edited = await work.perform('edit', texts, targetEdit);
  return edited.ok ? edited.value.flatMap(({ changes }) => changes) : [];
}

/** Those of the paths that the edit concerns. */
async function pathsMeant(
  targetEdit: TargetEdit,
  paths: readonly string[],
  work: FileWork,
): Promise<readonly string[]> {
  if (targetEdit.kind !== 'manifests') return filesOf(targetEdit).filter((path) => paths.includes(path));
  const selected = await work.perform('select', new Map(), { target: targetEdit, listed: paths });
  return selected.ok ? selected.value : [];
}

function textsAt(paths: readonly string[], texts: TargetTexts): TargetTexts {
  return new Map(paths.map((path) => [path, texts.get(path) ?? null]));
}
