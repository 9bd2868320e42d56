/** Turns the edits for one branch into a chain of commits, one per application. */
import type { TargetTexts } from '../../../core/apply-edit.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import type { Warning } from '../../../core/config/annotations.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { EditedFile } from '../../../core/yaml/edited-file.ts';
import { type MessageStyle, messageOf } from './compose-message.ts';
import type { ItemEdit } from './edit-branch.ts';
import type { EditedWork } from './edit-work.ts';
import { unitOf } from './units.ts';
import type { CommitRequest } from '../../../ports/git.ts';
import type { TargetFiles } from '../../repository/target-files.ts';

export type Composed = { readonly intention: GitIntention; readonly doubts: readonly Warning[] } & (
  | {
      readonly kind: 'commit';
      /** Of its request among those of the branch. */
      readonly index: number;
      readonly edited: readonly EditedFile[];
      /** What the edited files are before this commit. */
      readonly before: TargetTexts;
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'unchanged'; readonly borrowed: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

export interface BranchCommits {
  readonly composed: readonly Composed[];
  /** A chain: each builds on the one before it, the first on the start of the branch. */
  readonly requests: readonly CommitRequest[];
}

/** One commit for each application, or for all of a unit; whose edit another one's commit makes has none. */
export function composeBranch(
  start: string,
  { edits, labels, changeLines }: Omit<EditedWork, 'settled'>,
  style: MessageStyle,
): BranchCommits {
  const requests: CommitRequest[] = [];
  const written = new Map<string, string>();
  const composed = new Map<ItemEdit, Composed>();
  for (const edit of edits) {
    const { intention, doubts } = edit.item;
    if (edit.kind === 'failed')
      composed.set(edit, { intention, doubts, kind: 'failed', failure: edit.failure });
    if (edit.kind === 'unchanged')
      composed.set(edit, { intention, doubts, kind: 'unchanged', borrowed: edit.borrowed });
  }
  const writers = edits.filter((edit) => edit.kind === 'edited');
  for (const unit of Map.groupBy(writers, ({ item }) => unitOf(item.intention)).values()) {
    const index = requests.length;
    const members = unit.map(({ item: { intention } }) => ({
      intention,
      labels: labels.get(intention),
      changes: changeLines.get(intention),
    }));
    const { message, problem } = messageOf(members, style);
    const files = new Map(
      unit.flatMap((edit) => edit.files.map((file) => [file.path, blob(file, edit.item.files)])),
    );
    requests.push({ parent: index === 0 ? start : index - 1, files: [...files.values()], message });
    const warnings = problem === undefined ? [] : [{ message: problem }];
    for (const edit of unit) {
      const { intention, files: own, doubts } = edit.item;
      const before = new Map(
        edit.files.map(({ path }) => [path, written.get(path) ?? own.texts.get(path) ?? null]),
      );
      for (const { path, text } of edit.files) written.set(path, text);
      composed.set(edit, { intention, doubts, kind: 'commit', index, edited: edit.files, before, warnings });
    }
  }
  return { composed: edits.flatMap((edit) => composed.get(edit) ?? []), requests };
}

/** What there is to say of it, once it landed or is there. */
export function warningsOf(item: Composed): readonly Warning[] {
  return item.kind === 'commit' ? [...item.warnings, ...item.doubts] : item.doubts;
}

/** The chains one after the other, for one call of the port. */
export function joinRequests(branches: readonly BranchCommits[]): readonly CommitRequest[] {
  const joined: CommitRequest[] = [];
  for (const { requests } of branches) {
    const first = joined.length;
    for (const request of requests) {
      const { parent } = request;
      joined.push(typeof parent === 'number' ? { ...request, parent: parent + first } : request);
    }
  }
  return joined;
}

function blob({ path, text }: EditedFile, { executable }: TargetFiles): CommitRequest['files'][number] {
  return { path, bytes: Buffer.from(text, 'utf8'), executable: executable.has(path) };
}
