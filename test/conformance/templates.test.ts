/** templates.json: messages and branch names as Go's text/template renders them. */
import { expect, it } from 'vitest';
import { renderBranchName } from '../../src/core/branch-name.ts';
import {
  type CommitMessageData,
  failedTemplateTitle,
  tryCommitMessage,
} from '../../src/core/commit-message.ts';
import type { ImageChange } from '../../src/core/plan.ts';
import { parseTemplate, type Template } from '../../src/core/template/template.ts';
import { conformanceRows } from './tables.ts';

interface Row {
  readonly kind: 'message' | 'branch';
  readonly template: string;
  readonly app?: string;
  readonly changes: readonly {
    readonly alias: string;
    readonly image: string;
    readonly old: string;
    readonly new: string;
  }[];
  readonly output?: string;
  readonly error?: boolean;
}

function renderCommitMessage(template: Template, data: CommitMessageData): string {
  const message = tryCommitMessage(template, data);
  return message.ok ? message.value : failedTemplateTitle(data.appName);
}

function answer(row: Row): { readonly output: string } | { readonly error: true } {
  const template = parseTemplate(row.template);
  if (!template.ok) return row.kind === 'branch' ? { output: '' } : { error: true };
  const changes = row.changes.map(
    (change): ImageChange => ({
      alias: change.alias,
      name: change.image,
      fullName: change.image,
      oldTag: change.old,
      newTag: change.new,
    }),
  );
  const data = { appName: row.app ?? 'app', appNamespace: 'argocd', changes };
  const render = row.kind === 'branch' ? renderBranchName : renderCommitMessage;
  return { output: render(template.value, data) };
}

const rows = conformanceRows<Row>('templates.json');

it(`renders all ${rows.length} templates`, () => {
  const mismatches = rows
    .map((row) => ({ row, actual: answer(row) }))
    .filter(({ row, actual }) =>
      'error' in actual ? row.error !== true : row.error === true || actual.output !== row.output,
    );

  expect(mismatches.slice(0, 5)).toEqual([]);
});
