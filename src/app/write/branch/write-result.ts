/** What a report says of a commit, or of one that would be made. */
import { optionalProperty } from '../../../core/base/optional-property.ts';
import type { WriteResult } from '../../../core/report/report.ts';
import { unifiedDiff } from '../../../core/report/unified-diff.ts';
import type { RepositorySession } from '../../repository/repositories.ts';
import type { BranchWork } from './branch-work.ts';
import type { BranchCommits, Composed } from './compose.ts';

/** The commits of one branch, as they are in the mirror. */
export interface BuiltBranch extends BranchCommits {
  readonly work: BranchWork;
  /** One for each request. */
  readonly shas: readonly string[];
}

export function resultOf(
  item: Exclude<Composed, { kind: 'failed' }>,
  { work, requests, shas }: BuiltBranch,
  { remote, repository }: RepositorySession,
): WriteResult {
  if (item.kind === 'unchanged') return { kind: 'unchanged' };
  const { branch } = work.location;
  const repo = remote.displayUrl;
  const scalars = item.edited.flatMap(({ changes }) => changes);
  const told = item.edited.flatMap((file) => file.warnings ?? []);
  const warnings = optionalProperty('warnings', told.length === 0 ? undefined : told);
  if (repository.rehearses !== true)
    return { kind: 'committed', sha: shas[item.index] ?? '', branch, repo, scalars, ...warnings };
  const files = item.edited.map(({ path, text }) => ({
    path,
    diff: unifiedDiff(path, item.before.get(path) ?? null, text),
  }));
  const message = requests[item.index]?.message ?? '';
  return { kind: 'dry-run', would: { kind: 'commit', repo, branch, message, scalars, files }, ...warnings };
}
