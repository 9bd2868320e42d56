/** Turns the edits for one branch into a chain of commits, one per application. */
import {
  cleanCommitMessage,
  failedTemplateTitle,
  tryCommitMessage,
  withTrailers,
} from '../../../core/commit-message.ts';
import { applicationTrailer, commitTrailers, hasTrailers, personTrailer } from './commit-trailers.ts';
import type { TargetTexts } from '../../../core/apply-edit.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import type { Warning } from '../../../core/config/annotations.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { EditedFile } from '../../../core/yaml/edited-file.ts';
import type { Template } from '../../../core/template/template.ts';
import type { ChangeLabels, WriteContext } from './context.ts';
import type { EditedWork } from './edit-work.ts';
import type { CommitRequest } from '../../../ports/git.ts';
import type { TargetFiles } from '../../repository/target-files.ts';

type MessageStyle = Pick<WriteContext, 'commitTemplate' | 'commitTrailers' | 'onBehalfOf'>;

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

/**
 * An application whose edit another one's commit makes has no commit.
 */
export function composeBranch(
  start: string,
  { edits, labels, changeLines }: Omit<EditedWork, 'settled'>,
  style: MessageStyle,
): BranchCommits {
  const requests: CommitRequest[] = [];
  const written = new Map<string, string>();
  const composed = edits.map((edit): Composed => {
    const { intention, files, doubts } = edit.item;
    if (edit.kind === 'failed') return { intention, doubts, kind: 'failed', failure: edit.failure };
    if (edit.kind === 'unchanged') return { intention, doubts, kind: 'unchanged', borrowed: edit.borrowed };
    const index = requests.length;
    const { message, problem } = messageOf(
      intention,
      labels.get(intention),
      changeLines.get(intention),
      style,
    );
    requests.push({
      parent: index === 0 ? start : index - 1,
      files: edit.files.map((file) => blob(file, files)),
      message,
    });
    const before = new Map(
      edit.files.map(({ path }) => [path, written.get(path) ?? files.texts.get(path) ?? null]),
    );
    for (const { path, text } of edit.files) written.set(path, text);
    return {
      intention,
      doubts,
      kind: 'commit',
      index,
      edited: edit.files,
      before,
      warnings: problem === undefined ? [] : [{ message: problem }],
    };
  });
  return { composed, requests };
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

function messageOf(
  intention: GitIntention,
  labels: ChangeLabels | undefined,
  changes: readonly string[] | undefined,
  style: MessageStyle,
): { readonly message: string; readonly problem?: string } {
  const rendered = renderedMessage(intention, labels, style.commitTemplate);
  const trailers = hasTrailers(intention, style)
    ? commitTrailers(intention)
    : changes === undefined
      ? []
      : [applicationTrailer(intention.key)];
  const person = style.onBehalfOf === undefined ? [] : [personTrailer(style.onBehalfOf)];
  const all = [...trailers, ...(changes ?? []), ...person];
  return { ...rendered, message: withTrailers(rendered.message, all) };
}

function renderedMessage(
  { app, changes }: GitIntention,
  labels: ChangeLabels | undefined,
  template: Template,
): { readonly message: string; readonly problem?: string } {
  const rendered = tryCommitMessage(template, {
    appName: app.name,
    appNamespace: app.namespace,
    changes:
      labels === undefined ? changes : changes.map((change, i) => ({ ...change, labels: labels[i] ?? {} })),
  });
  if (rendered.ok) return { message: cleanCommitMessage(rendered.value) };
  const title = failedTemplateTitle(app.name);
  const problem = `the template of commit messages fails: ${rendered.failure.message}; the message is "${title}"`;
  return { message: cleanCommitMessage(title), problem };
}
