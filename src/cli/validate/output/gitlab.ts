/** Findings as a code-quality report of GitLab. */
import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';

interface CodeQualityIssue {
  readonly description: string;
  readonly check_name: string;
  /** Tells whether it is the same as before, wherever it stands in the file. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const severities = { error: 'major', warning: 'minor', note: 'info' } as const;

export function gitlabOutput(findings: readonly Finding[]): string {
  const seen = new Map<string, number>();
  const issues = findings.map(({ file, line, severity, message, rule }): CodeQualityIssue => {
    const identity = JSON.stringify([file, rule, message]);
    const before = seen.get(identity) ?? 0;
    seen.set(identity, before + 1);
    return {
      description: message,
      check_name: rule,
      fingerprint: createHash('sha256').update(`${identity}${before}`).digest('hex'),
      severity: severities[severity],
      location: { path: file, lines: { begin: line } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}
