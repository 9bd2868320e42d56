/** What one commit holds: the Applications of a commit group, or of a group of images (spec/policies.md 6.3, 6.4). */
import type { ImagePolicies } from '../../../core/policy/settings.ts';

/** The commit group counts more; of several groups of one Application the first. */
export function togetherOf(
  policies: ReadonlyMap<number, ImagePolicies>,
  project: string,
): string | undefined {
  const all = [...policies.values()];
  const commitGroup = all.find((own) => own.commitGroup !== undefined)?.commitGroup?.value;
  if (commitGroup !== undefined) return commitGroup;
  const group = all.find((own) => own.group !== undefined)?.group?.value.name;
  if (group === undefined) return undefined;
  return group.startsWith('/') ? group : `${project === '' ? '' : `${project}/`}${group}`;
}
