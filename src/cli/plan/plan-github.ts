/** A plan as annotations of a workflow. */
import { githubCommand } from '../print/github-command.ts';
import { oneLine } from '../print/one-line.ts';
import type { PlanDocument } from './plan-document.ts';
import { noteOf, numbersText, withheldText } from './plan-text.ts';

export function planGithub({ changes, withheld, problems, numbers }: PlanDocument): string {
  const lines = [
    ...changes.map((change) => {
      const { application, alias, image, from, to, where } = change;
      const note = noteOf(change);
      return githubCommand({
        level: 'notice',
        title: oneLine(`${application} ${alias === '' ? image : alias}`),
        message: oneLine(`${from} → ${to} in ${where}${note === '' ? '' : ` (${note})`}`),
      });
    }),
    ...withheld.map((held) =>
      githubCommand({
        level: 'notice',
        title: oneLine(`${held.application} ${held.alias === '' ? held.image : held.alias}`),
        message: oneLine(`${held.stays} stays: ${withheldText(held)}`),
      }),
    ),
    ...problems
      .filter(({ level }) => level !== 'info')
      .map(({ level, message, applications, fields }) => {
        const advice = typeof fields['advice'] === 'string' ? ` → ${fields['advice']}` : '';
        return githubCommand({
          level: level === 'error' ? 'error' : 'warning',
          ...(applications[0] === undefined ? {} : { title: oneLine(applications.join(', ')) }),
          message: oneLine(`${message}${advice}`),
        });
      }),
    numbersText(numbers),
  ];
  return `${lines.join('\n')}\n`;
}
