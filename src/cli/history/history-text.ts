/** Commits of ours for people. */
import { type Column, tableLines } from '../print/table.ts';
import type { ToldCommit } from './told-commit.ts';

export interface HistoryEntry extends ToldCommit {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly commit: string;
  readonly repository: string;
  readonly branch: string;
}

const columns: readonly Column[] = [
  { title: 'WHEN', isWhole: true },
  { title: 'APPLICATION' },
  { title: 'IMAGE' },
  { title: 'FROM' },
  { title: 'TO' },
  { title: 'COMMIT', isWhole: true },
  { title: 'REPOSITORY', keepsEnd: true },
];
const shownDigits = 7;

export function historyText(entries: readonly HistoryEntry[], width: number): string {
  if (entries.length === 0) return 'nothing was committed\n';
  const rows = entries.flatMap((entry) => {
    const { at, application = '', subject, commit, repository, branch } = entry;
    const when = at.slice(0, 16).replace('T', ' ');
    const place = [commit.slice(0, shownDigits), `${repository} ${branch}`];
    const told = entry.changes.length === 0 ? [{ image: subject, from: '', to: '' }] : entry.changes;
    return told.map(({ image, from, to }) => [when, application, image, from, to, ...place]);
  });
  return `${tableLines(columns, rows, width).join('\n')}\n`;
}
