/** Turns the intentions for one branch into a chain of commits, one per application. */
import { applyEdit } from '../core/apply-edit.ts';
import { cleanCommitMessage, renderCommitMessage } from '../core/commit-message.ts';
import type { Failure } from '../core/outcome.ts';
import type { GitIntention, ImageChange } from '../core/plan.ts';
import type { EditedFile } from '../core/target.ts';
import type { Template } from '../core/template/template.ts';
import type { CommitRequest } from './ports.ts';
import { settleNow } from './settle.ts';
import type { TargetFiles } from './target-files.ts';

export interface ComposeItem {
  readonly intention: GitIntention;
  readonly files: TargetFiles;
  /** Labels of each changed image, in the order of `changes`; absent where the template uses none. */
  readonly labels?: readonly Readonly<Record<string, string>>[];
}

export type Composed = { readonly intention: GitIntention } & (
  | {
      readonly kind: 'commit';
      readonly index: number;
      readonly edited: readonly EditedFile[];
      readonly changes: readonly ImageChange[];
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/**
 * Applies the edits in order, each on what the earlier ones left, and appends the commits to
 * `requests`. An edit that another application's commit already made is `unchanged`.
 */
export function composeBranch(
  start: string,
  items: readonly ComposeItem[],
  template: Template,
  requests: CommitRequest[],
): readonly Composed[] {
  const overlay = new Map<string, string>();
  let parent: string | number = start;
  return items.map((item): Composed => {
    const { intention } = item;
    const edited = settleNow(() => applyEdit(intention.edit, overlaid(item.files.texts, overlay)));
    if (!edited.ok) return { intention, kind: 'failed', failure: edited.failure };
    if (!edited.value.ok) return { intention, kind: 'failed', failure: edited.value.failure };
    const files = edited.value.value;
    if (files.length === 0) return { intention, kind: 'unchanged' };
    for (const { path, text } of files) overlay.set(path, text);
    const changes = withOldTags(intention, files);
    requests.push({
      parent,
      files: files.map((file) => blob(file, item.files)),
      message: messageOf(item, changes, template),
    });
    parent = requests.length - 1;
    return { intention, kind: 'commit', index: parent, edited: files, changes };
  });
}

function overlaid(
  texts: ReadonlyMap<string, string | null>,
  overlay: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | null> {
  return new Map(Array.from(texts, ([path, text]) => [path, overlay.get(path) ?? text]));
}

function blob({ path, text }: EditedFile, { executable }: TargetFiles): CommitRequest['files'][number] {
  return { path, bytes: Buffer.from(text, 'utf8'), executable: executable.has(path) };
}

/** Plain manifests are their own current version: the first one in path order is the old one. */
function withOldTags({ edit, changes }: GitIntention, files: readonly EditedFile[]): readonly ImageChange[] {
  if (edit.kind !== 'manifests') return changes;
  const scalars = files.flatMap((file) => file.changes);
  return changes.map((change) => {
    const oldTag = scalars.find(({ alias }) => alias === change.alias)?.oldTag;
    return oldTag === undefined ? change : { ...change, oldTag };
  });
}

function messageOf(
  { intention, labels }: ComposeItem,
  changes: readonly ImageChange[],
  template: Template,
): string {
  const { name, namespace } = intention.app;
  const rendered = renderCommitMessage(template, {
    appName: name,
    appNamespace: namespace,
    changes:
      labels === undefined ? changes : changes.map((change, i) => ({ ...change, labels: labels[i] ?? {} })),
  });
  return cleanCommitMessage(rendered);
}
