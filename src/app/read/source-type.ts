/** Which type of source a folder of a repository is, as Argo CD finds out. */
import type { Application, SourceType } from '../../core/config/application.ts';
import { inFolder } from '../../core/apply-edit.ts';
import { kustomizationFileNames } from '../../core/edit/kustomization.ts';
import type { GitWriteBack } from '../../core/plan.ts';

const chartFile = 'Chart.yaml';

/** The files whose presence tells. */
export function sourceTypeProbes(app: Application, { sourceIndex }: GitWriteBack): readonly string[] {
  const folder = folderOf(app, sourceIndex);
  return [chartFile, ...kustomizationFileNames].map((name) => inFolder(folder, name));
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
