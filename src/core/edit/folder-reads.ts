/** What of a repository Argo CD builds an Application from, where that is no chart's values. */
import type { Application, ApplicationSource } from '../config/application.ts';
import { resolvePath } from '../config/write-target.ts';
import { repositoryIdentity } from '../base/git-url.ts';

/** One source in the repository of the target. */
export interface FolderSource {
  /** From the root of the repository. */
  readonly path: string;
  /** `unknown`: whichever of the three Argo CD finds it to be. */
  readonly kind: 'kustomize' | 'helm' | 'directory' | 'unknown';
  /** Of a plain directory: with all folders below it. */
  readonly recurse: boolean;
  /** Folders that the Application adds to its kustomization. */
  readonly components: readonly string[];
}

/**
 * Undefined where nobody can tell, since a plugin reads what it likes. A repository that is none of the sources' may be one
 * of them under another name: then the paths alone are compared.
 */
export function folderReads(app: Application, repoURL: string): readonly FolderSource[] | undefined {
  const identity = repositoryIdentity(repoURL);
  const known = app.sources.flatMap((source, index) =>
    source.chart === undefined ? [{ source, index }] : [],
  );
  const here = known.filter(({ source }) => repositoryIdentity(source.repoURL) === identity);
  const found = (here.length === 0 ? known : here).map(({ source, index }) =>
    folderSource(app, source, index),
  );
  return found.length === 0 || found.includes(undefined)
    ? undefined
    : found.filter((source) => source !== undefined);
}

function folderSource(app: Application, source: ApplicationSource, index: number): FolderSource | undefined {
  const kind = kindOf(app, source, index);
  const path = resolvePath('', source.path);
  if (kind === undefined || path === undefined) return undefined;
  const components = (source.kustomize?.components ?? []).flatMap((one) => resolvePath(one, path) ?? []);
  return { path, kind, recurse: source.directory?.recurse ?? false, components };
}

function kindOf(
  { sourceKind, status }: Application,
  source: ApplicationSource,
  index: number,
): FolderSource['kind'] | undefined {
  if (source.plugin !== undefined) return undefined;
  if (source.kustomize !== undefined) return 'kustomize';
  if (source.helm !== undefined) return 'helm';
  if (source.directory !== undefined) return 'directory';
  switch (sourceKind === 'hydrator' ? '' : (status?.sourceTypes[index] ?? '')) {
    case 'Kustomize':
      return 'kustomize';
    case 'Helm':
      return 'helm';
    case 'Directory':
      return 'directory';
    case 'Plugin':
      return undefined;
    default:
      return 'unknown';
  }
}
