/** Where versions of an image stand in the files of one commit. */
import { Failed } from '../../../core/base/outcome.ts';
import type { TargetEdit } from '../../../core/edit/edit.ts';
import { versionKey, type VersionPlace } from '../../../core/version-places.ts';
import type { GitRepository } from '../../../ports/git.ts';
import { type Reading, readTargets } from '../../repository/target-files.ts';
import type { RollbackSubject } from './subject.ts';

export interface Head {
  readonly repository: Pick<GitRepository, 'read' | 'list' | 'fetch'>;
  readonly head: string;
  /** As the Application would be written, whatever the version. */
  readonly edit: TargetEdit;
}

/** Throws `Failed` where its files cannot be read. */
export async function placesAt(
  { repository, head, edit }: Head,
  { image }: Pick<RollbackSubject, 'image'>,
  { files, signal }: Reading,
): Promise<readonly VersionPlace[]> {
  await repository.fetch([head], signal);
  const [read] = await readTargets(repository, head, [edit], { files, signal });
  if (read === undefined) return [];
  if (!read.ok) throw new Failed(read.failure);
  const places = await files.perform('places', read.value.texts, { images: [image], edit });
  if (!places.ok) throw new Failed(places.failure);
  return places.value[0] ?? [];
}

/** At which all images of the Application are written. */
export function keysOf({ config }: RollbackSubject, { edit }: Pick<Head, 'edit'>): ReadonlySet<string> {
  return new Set(
    config.images.flatMap(({ image }) => (image.ok ? (versionKey(image.value, edit.kind) ?? []) : [])),
  );
}
