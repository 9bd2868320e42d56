/** Which type of source a folder of a repository is, as Argo CD finds out. */
import type { Application, SourceType } from '../../core/config/application.ts';
import { nearestWord } from '../../core/config/keys/annotation-keys.ts';
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { Failure } from '../../core/base/outcome.ts';
import { inFolder } from '../../core/apply-edit.ts';
import { kustomizationFileNames } from '../../core/edit/kustomization.ts';
import { resolvePath } from '../../core/config/write-target.ts';
import type { GitRepository } from '../../ports/git.ts';
import type { Question } from './repository-question.ts';
import type { GitWriteBack } from '../../core/config/write-back.ts';

const chartFile = 'Chart.yaml';

/** The files whose presence tells. */
export function sourceTypeProbes(app: Application, { sourceIndex }: GitWriteBack): readonly string[] {
  const folder = folderOf(app, sourceIndex);
  return [chartFile, ...kustomizationFileNames].map((name) => inFolder(folder, name));
}

const shownFolders = 5;

/** What to say of a folder that a source names and a branch lacks; `files`: what lies near it. */
export function missingFolder(folder: string, branch: string, files: readonly string[]): Failure {
  const folders = [...new Set(files.map((file) => file.slice(0, Math.max(file.lastIndexOf('/'), 0))))];
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const near = nearestWord(folder, folders) ?? folders.find((other) => other.endsWith(`/${name}`));
  const shown = [...new Set([...(near === undefined ? [] : [near]), ...folders])]
    .filter((other) => other !== '')
    .slice(0, shownFolders);
  const more = folders.length > shown.length && shown.length === shownFolders ? ', …' : '';
  const there = shown.length === 0 ? '' : `; there are ${shown.join(', ')}${more}`;
  const message = `the folder ${folder} of the source does not exist on ${branch}${there}`;
  return { kind: 'edit', path: folder, message };
}

/** A chart, else a kustomization, else a plain directory. */
export function findSourceType(
  app: Application,
  { sourceIndex }: GitWriteBack,
  exists: (path: string) => boolean,
): SourceType {
  const folder = folderOf(app, sourceIndex);
  if (exists(inFolder(folder, chartFile))) return 'Helm';
  return kustomizationFileNames.some((name) => exists(inFolder(folder, name))) ? 'Kustomize' : 'Directory';
}

function folderOf(app: Application, sourceIndex: number): string {
  const path = app.sources[sourceIndex]?.path ?? '';
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Where nothing reports what runs, the source's own folder has to be there: a folder that is absent is not an empty one. */
export async function findMissingFolder(
  repository: GitRepository,
  commit: string,
  { config: { app }, writeBack }: Question,
  branch: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const source = app.sources[writeBack.sourceIndex];
  if (app.status !== undefined || source === undefined || source.chart !== undefined) return undefined;
  if (repositoryIdentity(source.repoURL) !== repositoryIdentity(writeBack.repoURL)) return undefined;
  const folder = resolvePath(source.path, '') ?? '';
  if (folder === '') return undefined;
  const found = await repository.read(commit, [folder], signal);
  if ((found.get(folder) ?? null) !== null) return undefined;
  const near = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  return missingFolder(folder, branch, await repository.list(commit, near, true, signal));
}
