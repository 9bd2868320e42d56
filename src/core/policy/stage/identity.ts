/** What makes versions of different images the same one for their group (spec/policies.md 6.2). */
import { parseVersion } from '../../version/version.ts';
import type { GroupIdentity } from '../settings.ts';

interface Named {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** undefined: it has none, such as a tag that is no version. A label has to be asked for. */
export function versionIdentity(
  { tag }: Named,
  by: Exclude<GroupIdentity, { kind: 'label' }>,
): string | undefined {
  if (tag === undefined || by.kind === 'tag') return tag;
  const version = parseVersion(tag);
  if (version === undefined) return undefined;
  const { major, minor, patch, prerelease } = version;
  return `${major}.${minor}.${patch}${prerelease === '' ? '' : `-${prerelease}`}`;
}
