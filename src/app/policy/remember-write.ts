/** What we wrote at which key, where policies will ask for it. */
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { AppConfig } from '../../core/config/annotations.ts';
import { versionOf } from '../../core/edit/decided-version.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { specPlace } from './rollback/spec-place.ts';
import { wroteLine, wroteLines } from '../../core/policy/rollback/lines/wrote.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import type { Notebook } from '../memory/notebook.ts';
import type { WriteOutcome } from './judge/policies.ts';

/** Policies that read in commits what was changed at each key (spec/policies.md 2.2). */
export function readsChanges({ respectsRollback, quarantineMs, group, commitGroup }: ImagePolicies): boolean {
  return [respectsRollback, quarantineMs, group, commitGroup].some((policy) => policy !== undefined);
}

/** The lines of a commit that has landed; a message without lines gives nothing. */
export function rememberWrite(
  notebook: Notebook,
  { writeBack }: AppConfig,
  { result, message }: WriteOutcome,
  atMs: number,
): void {
  if (result.kind !== 'committed' || message === undefined || !writeBack.ok) return;
  if (writeBack.value.kind !== 'git') return;
  const repository = repositoryIdentity(writeBack.value.repoURL);
  notebook.add(wroteLines(repository, { id: result.sha, branch: result.branch, message, atMs }));
}

export interface Patched {
  readonly policies: ReadonlyMap<number, ImagePolicies>;
  readonly decisions: readonly Decision[];
  readonly atMs: number;
}

/** The versions of a live patch: its object keeps no history of its own. */
export function rememberPatch(
  notebook: Notebook,
  config: AppConfig,
  { policies, decisions, atMs }: Patched,
): void {
  for (const decision of decisions) {
    if (decision.kind !== 'update' || policies.get(decision.index)?.respectsRollback === undefined) continue;
    const { image, to } = decision;
    const place = specPlace({ config, image });
    if (place !== undefined) notebook.add(wroteLine('', place, versionOf(to), { id: '-', atMs }));
  }
}
