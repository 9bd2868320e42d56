/** What one commit holds: the Applications of a commit group, or those of a group that move at once (spec/policies.md 6.3, 6.4). */
import { repositoryIdentity } from '../../../core/base/git-url.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import { appKey } from '../../../core/config/application.ts';
import type { Together } from '../../../core/plan.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';

type Policies = ReadonlyMap<number, ImagePolicies>;

/** Members of a commit group that start from the same branch; the branch that they write to is known later. */
export function commitGroupOf({ writeBack }: AppConfig, policies: Policies): Together | undefined {
  const name = firstOf(policies, ({ commitGroup }) => commitGroup?.value);
  if (name === undefined || !writeBack.ok || writeBack.value.kind !== 'git') return undefined;
  const { repoURL, base = '' } = writeBack.value;
  return { id: JSON.stringify([repositoryIdentity(repoURL), base, name]), name };
}

/** Equal for those whose changes make one commit if they are written at once. */
export function commitOf(config: AppConfig, policies: Policies): string {
  const { app, writeBack } = config;
  const commitGroup = commitGroupOf(config, policies);
  if (commitGroup !== undefined) return commitGroup.id;
  const group = firstOf(policies, (own) => own.group?.value.name);
  if (group === undefined || !writeBack.ok || writeBack.value.kind !== 'git') return appKey(app);
  const { repoURL, base, pushTemplate } = writeBack.value;
  return JSON.stringify([repositoryIdentity(repoURL), base, pushTemplate, app.project, group]);
}

function firstOf<Value>(
  policies: Policies,
  read: (own: ImagePolicies) => Value | undefined,
): Value | undefined {
  return [...policies.values()].map(read).find((value) => value !== undefined);
}
