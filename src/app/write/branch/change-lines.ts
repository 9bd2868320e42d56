/** What a commit changes at each key that bears a version, as lines of its message (spec/policies.md 2.2). */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { DecidedVersion } from '../../../core/edit/decided-version.ts';
import { formatChange } from '../../../core/policy/rollback/lines/change-line.ts';
import { type ImageVersion, sameVersion } from '../../../core/policy/rollback/lines/image-version.ts';
import type { VersionPlace } from '../../../core/version-places.ts';
import type { FileWork } from '../../../ports/file-work.ts';
import type { ItemEdit } from './edit-branch.ts';

/** `base`: the branch that Argo CD follows, be it written to or not. */
export async function changeLines(
  { item, files }: Extract<ItemEdit, { kind: 'edited' }>,
  base: string,
  work: FileWork,
): Promise<Outcome<readonly string[]>> {
  const { edit, decided } = item.intention;
  const { texts } = item.files;
  const asked = { images: decided.map(({ image }) => image), edit };
  const before = await work.perform('places', texts, asked);
  if (!before.ok) return before;
  const edited = files.map(({ path, text }) => [path, text] as const);
  const after = await work.perform('places', new Map([...texts, ...edited]), asked);
  if (!after.ok) return after;
  const lines = decided.flatMap((version, i) =>
    linesOf(version, before.value[i] ?? [], after.value[i] ?? [], base),
  );
  return succeed([...new Set(lines)]);
}

function linesOf(
  decided: DecidedVersion,
  before: readonly VersionPlace[],
  after: readonly VersionPlace[],
  branch: string,
): readonly string[] {
  return after.flatMap(({ path, key, version }) => {
    const from = before.find((place) => place.path === path)?.version;
    if (version === undefined || sameVersion(from, version)) return [];
    return [formatChange({ place: { branch, path, key }, from, to: withTag(version, decided) })];
  });
}

/** A digest alone has no order: the tag that it was found under has. */
function withTag(version: ImageVersion, { to }: DecidedVersion): ImageVersion {
  const isSame = version.tag === undefined && version.digest === to.digest && to.tag !== undefined;
  return isSame ? { ...version, tag: to.tag } : version;
}
