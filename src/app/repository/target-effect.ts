/** Whether a target has an effect, as far as its repository shows it; to tell, kustomizations of the sources are followed. */
import { inFolder } from '../../core/apply-edit.ts';
import type { Warning } from '../../core/config/annotations.ts';
import type { TargetEdit } from '../../core/edit/edit.ts';
import { kustomizationFileNames } from '../../core/edit/kustomization.ts';
import { firstFolders, type FolderEdit, type Links, unusedText } from '../../core/folder-effect.ts';
import { readTexts, type TargetFiles, type TargetReader, type Reading } from './target-files.ts';

const maxRounds = 6; // a base of a base of …
const maxFolders = 60;

/** What there is to say of the effect of what an edit wants, once the files hold it. */
export async function targetDoubts(
  repository: TargetReader,
  commit: string,
  edit: TargetEdit,
  { texts }: TargetFiles,
  reading: Reading,
): Promise<readonly Warning[]> {
  const told = await reading.files.perform('doubts', texts, edit);
  const unused = await unusedTarget(repository, commit, edit, texts, reading);
  const doubts = [...(told.ok ? told.value : []), ...(unused === undefined ? [] : [unused])];
  return doubts.map((message) => ({ message, annotation: 'write-back-target' }));
}

async function unusedTarget(
  repository: TargetReader,
  commit: string,
  edit: TargetEdit,
  texts: TargetFiles['texts'],
  reading: Reading,
): Promise<string | undefined> {
  if (edit.kind !== 'kustomization' && edit.kind !== 'manifests') return undefined;
  const seen = new Set<string>();
  const links = edit.reads === undefined ? undefined : await follow(repository, commit, edit, seen, reading);
  return links === undefined ? undefined : unusedText(edit, links, seen, texts);
}

/** All that is named on the way; undefined where there is too much of it, or it cannot be read. */
async function follow(
  repository: TargetReader,
  commit: string,
  edit: FolderEdit,
  seen: Set<string>,
  reading: Reading,
): Promise<Links | undefined> {
  const all = { folders: [] as string[], named: [] as string[], remote: [] as string[] };
  let next = new Set(firstFolders(edit));
  for (let round = 0; next.size > 0; round += 1) {
    for (const folder of next) seen.add(folder);
    if (edit.kind === 'kustomization' && seen.has(edit.directory)) break;
    if (round === maxRounds || seen.size > maxFolders) return undefined;
    const paths = [...next].flatMap((folder) => kustomizationFileNames.map((name) => inFolder(folder, name)));
    const found = await reading.files.perform(
      'links',
      await readTexts(repository, commit, paths, reading),
      undefined,
    );
    if (!found.ok) return undefined;
    for (const kind of ['folders', 'named', 'remote'] as const)
      for (const one of found.value[kind]) all[kind].push(one);
    next = new Set(found.value.folders.filter((folder) => !seen.has(folder)));
  }
  return all;
}
