/** Findings for people: `file:line:column severity message [rule]`. */
import { counted } from '../../../core/base/counted.ts';
import { oneLine } from '../../print/one-line.ts';
import type { Finding } from '../findings/finding.ts';

const words = { error: 'error  ', warning: 'warning', note: 'note   ' } as const;

export function textOutput(findings: readonly Finding[], files: number): string {
  const lines = findings.map(({ file, line, column, severity, message, rule }) =>
    oneLine(`${file}:${line}:${column} ${words[severity]} ${message} [${rule}]`),
  );
  return `${[...lines, summary(findings, files)].join('\n')}\n`;
}

function summary(findings: readonly Finding[], files: number): string {
  const count = (severity: Finding['severity']) =>
    findings.filter((found) => found.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  return `${counted(files, 'file')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
}
