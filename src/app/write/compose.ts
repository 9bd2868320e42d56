/** Turns the edits for one branch into a chain of commits, one per application. */
import { cleanCommitMessage, renderCommitMessage } from '../../core/commit-message.ts';
import type { Failure } from '../../core/base/outcome.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { EditedFile } from '../../core/yaml/edited-file.ts';
import type { Template } from '../../core/template/template.ts';
import type { ItemEdit } from './edit-branch.ts';
import type { CommitRequest } from '../../ports/git.ts';
import type { TargetFiles } from '../repository/target-files.ts';

/** Labels of each changed image, in the order of `changes`. */
export type ChangeLabels = readonly Readonly<Record<string, string>>[];

export type Composed = { readonly intention: GitIntention } & (
  | {
      readonly kind: 'commit';
      readonly index: number;
      readonly edited: readonly EditedFile[];
    }
  | { readonly kind: 'unchanged'; readonly borrowed: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/**
 * Appends the commits to `requests`; an application whose edit another one's commit makes has none.
 * `labels`: absent for whom the template uses none.
 */
export function composeBranch(
  start: string,
  edits: readonly ItemEdit[],
  labels: ReadonlyMap<GitIntention, ChangeLabels>,
  template: Template,
  requests: CommitRequest[],
): readonly Composed[] {
  let parent: string | number = start;
  return edits.map((edit): Composed => {
    const { intention, files } = edit.item;
    if (edit.kind === 'failed') return { intention, kind: 'failed', failure: edit.failure };
    if (edit.kind === 'unchanged') return { intention, kind: 'unchanged', borrowed: edit.borrowed };
    requests.push({
      parent,
      files: edit.files.map((file) => blob(file, files)),
      message: messageOf(intention, labels.get(intention), template),
    });
    parent = requests.length - 1;
    return { intention, kind: 'commit', index: parent, edited: edit.files };
  });
}

function blob({ path, text }: EditedFile, { executable }: TargetFiles): CommitRequest['files'][number] {
  return { path, bytes: Buffer.from(text, 'utf8'), executable: executable.has(path) };
}

function messageOf(
  { app, changes }: GitIntention,
  labels: ChangeLabels | undefined,
  template: Template,
): string {
  const rendered = renderCommitMessage(template, {
    appName: app.name,
    appNamespace: app.namespace,
    changes:
      labels === undefined ? changes : changes.map((change, i) => ({ ...change, labels: labels[i] ?? {} })),
  });
  return cleanCommitMessage(rendered);
}
