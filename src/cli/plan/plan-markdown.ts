/** A plan as the comment of a pull request. */
import { counted } from '../../core/base/counted.ts';
import { oneLine } from '../print/one-line.ts';
import type { PlanDocument } from './plan-document.ts';
import { noteOf, numbersText, shortTag, withheldText } from './plan-text.ts';

/** What a comment may hold is 65,536 characters at GitHub; the others grant more. */
const maxCharacters = 60_000;

export function planMarkdown(plan: PlanDocument): string {
  const parts = [`**${escaped(numbersText(plan.numbers))}**`, ...tablePart(plan), ...problemPart(plan)];
  let length = parts.join('\n\n').length;
  let left = 0;
  for (const part of diffParts(plan)) {
    length += part.length + 2;
    if (length > maxCharacters) left += 1;
    else parts.push(part);
  }
  if (left > 0) parts.push(`The diffs of ${counted(left, 'commit')} more do not fit into a comment.`);
  return `${parts.join('\n\n')}\n`;
}

const shownRows = 200;

function tablePart({ changes, withheld }: PlanDocument): readonly string[] {
  const all = [
    ...changes.map((change) => ({ ...change, note: noteOf(change) })),
    ...withheld.map((held) => ({
      ...held,
      from: held.stays,
      to: held.stays,
      where: '',
      note: withheldText(held),
    })),
  ];
  if (all.length === 0) return [];
  const rows = all.slice(0, shownRows).map(({ application, alias, image, from, to, where, note }) => {
    const cells = [application, alias === '' ? image : alias, shortTag(from), shortTag(to), where];
    return `| ${[...cells.map(codeCell), escaped(note)].join(' | ')} |`;
  });
  const more = all.length - rows.length;
  const table = ['| Application | Image | Now | Then | Where | Note |', '|---|---|---|---|---|---|', ...rows];
  return [table.join('\n'), ...(more > 0 ? [`… and ${counted(more, 'image')} more`] : [])];
}

const shownProblems = 30;

function problemPart({ problems }: PlanDocument): readonly string[] {
  const told = (['error', 'warning'] as const).flatMap((level) =>
    problems.filter((problem) => problem.level === level),
  );
  if (told.length === 0) return [];
  const items = told.slice(0, shownProblems).map(({ level, message, applications, fields }) => {
    const names =
      applications.length === 0
        ? ''
        : ` (${counted(applications.length, 'Application')}: ${applications[0]}…)`;
    const advice = typeof fields['advice'] === 'string' ? ` → ${fields['advice']}` : '';
    return `- ${level === 'error' ? '❌' : '⚠️'} ${escaped(`${message}${names}${advice}`)}`;
  });
  const more = told.length - items.length;
  return [[...items, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n')];
}

function diffParts({ commits }: PlanDocument): readonly string[] {
  return commits.map(({ application, branch, repository, files }) => {
    const diff = files.map((file) => file.diff).join('');
    const fence = fenceFor(diff);
    const title = html(oneLine(`${application} → ${branch} of ${repository}`));
    return `<details><summary>${title}</summary>\n\n${fence}diff\n${diff}${fence}\n\n</details>`;
  });
}

/** Longer than any run of backticks in the text. */
function fenceFor(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return '`'.repeat(longest + 1);
}

/** Nothing in it is markup, and nobody is mentioned. */
function codeCell(text: string): string {
  const bare = oneLine(text).replaceAll('|', '\\|').replaceAll('`', "'");
  return bare === '' ? '' : `\`${bare}\``;
}

function escaped(text: string): string {
  return html(oneLine(text))
    .replaceAll(/[\\`*_{}[\]|#~]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
