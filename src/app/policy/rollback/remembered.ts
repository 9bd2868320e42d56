/** What is known of the past of a key beside its history: what we remember to have written, and what was deployed. */
import { repositoryIdentity } from '../../../core/base/git-url.ts';
import { readState } from '../../../core/config/state/application-state.ts';
import type { Memory } from '../../../core/policy/memory/memory.ts';
import type { KeyPlace } from '../../../core/policy/rollback/lines/change-line.ts';
import type { Deployed } from '../../../core/policy/rollback/key-facts.ts';
import { type Wrote, wroteAt } from '../../../core/policy/rollback/lines/wrote.ts';
import { followsBase } from '../../read/observe.ts';
import type { RollbackSubject } from './subject.ts';

export type Remembered = Memory;

type Spoken = Pick<RollbackSubject, 'config'>;

export function wroteBefore(
  { config: { writeBack } }: Spoken,
  place: KeyPlace,
  remembered: Remembered | undefined,
): Wrote | undefined {
  if (remembered === undefined || !writeBack.ok) return undefined;
  const { value } = writeBack;
  return wroteAt(remembered, value.kind === 'git' ? repositoryIdentity(value.repoURL) : '', place);
}

/** Commits of the base branch that Argo CD has deployed; a branch that is hydrated is another one. */
export function deployedCommits({ config }: Spoken): readonly Deployed[] {
  const { app, writeBack } = config;
  if (app.state === undefined || app.sourceKind === 'hydrator') return [];
  if (!writeBack.ok || writeBack.value.kind !== 'git') return [];
  const { value } = writeBack;
  if (!followsBase({ config, writeBack: value })) return [];
  return readState(app.state).history.flatMap(({ isOfSpec, revisions, deployedAtMs }) => {
    const revision = revisions[value.sourceIndex] ?? '';
    if (!isOfSpec || deployedAtMs === undefined || !isCommit(revision)) return [];
    return [{ revision, atMs: deployedAtMs }];
  });
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
