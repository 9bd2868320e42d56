/** Findings as annotations of a workflow. */
import { githubCommand } from '../../print/github-command.ts';
import { oneLine } from '../../print/one-line.ts';
import type { Finding } from '../findings/finding.ts';

export function githubOutput(findings: readonly Finding[]): string {
  return findings
    .map(({ file, line, column, severity, message, rule }) => {
      const level = severity === 'note' ? 'notice' : severity;
      return `${githubCommand({ level, file, line, column, title: rule, message: oneLine(message) })}\n`;
    })
    .join('');
}
