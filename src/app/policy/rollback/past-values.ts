/** What stood at one key, commit by commit: the versions in what a file held. */
import { optionalProperty } from '../../../core/base/optional-property.ts';
import type { TrackedImage } from '../../../core/config/annotations.ts';
import type { TargetEdit } from '../../../core/edit/edit.ts';
import type { ImageVersion } from '../../../core/policy/rollback/lines/image-version.ts';
import type { KeyPast } from '../../../core/policy/rollback/past-values.ts';
import type { FileWork } from '../../../ports/file-work.ts';
import type { FileCommit, FileHistory } from '../../../ports/git-past.ts';

export interface ReadPast {
  readonly commits: KeyPast;
  readonly isDeepest: boolean;
}

/** Commits whose file was not fetched are as good as cut off. */
export async function pastValues(
  { commits, contents, isDeepest }: FileHistory,
  { path, image, edit }: { readonly path: string; readonly image: TrackedImage; readonly edit: TargetEdit },
  files: FileWork,
): Promise<ReadPast> {
  const versions = new Map<string, ImageVersion | undefined>();
  for (const [id, bytes] of contents) versions.set(id, await versionIn(bytes, path, image, edit, files));
  const isRead = ({ content }: FileCommit): boolean => content === undefined || versions.has(content);
  const read = new Set(commits.flatMap((commit) => (isRead(commit) ? [commit.id] : [])));
  const past = commits.filter(isRead).map(({ content, ...commit }) => {
    const parents = commit.parents.filter((id) => read.has(id));
    const version = content === undefined ? undefined : versions.get(content);
    const isCut = commit.isCut || parents.length < commit.parents.length;
    return { ...commit, parents, isCut, ...optionalProperty('version', version) };
  });
  return { commits: past, isDeepest: isDeepest || read.size < commits.length };
}

/** What cannot be read holds no version: nobody deploys from it. */
async function versionIn(
  bytes: Buffer | null,
  path: string,
  image: TrackedImage,
  edit: TargetEdit,
  files: FileWork,
): Promise<ImageVersion | undefined> {
  if (bytes === null) return undefined;
  const texts = new Map([[path, bytes.toString('utf8')]]);
  const found = await files.perform('places', texts, { images: [image], edit });
  return found.ok ? found.value[0]?.find((place) => place.path === path)?.version : undefined;
}
