/** Which values files of a repository Argo CD renders an Application with. */
import type { Application, ApplicationSource } from './application.ts';
import { repositoryIdentity } from '../base/git-url.ts';
import { resolvePath } from './write-target.ts';

/** Paths from the root of the target's repository. A `*` stands for what only Argo CD fills in. */
export interface HelmReads {
  /** All that a source reads, the weakest first: the chart's own, then the value files in their order. */
  readonly files: readonly string[];
  /** Override files of the source: what they hold wins over every values file. */
  readonly overrides: readonly string[];
}

/**
 * Undefined where nobody can tell: a plugin reads what it likes, and a kustomization may hold charts. A repository that
 * is none of the sources' may be one of them under another name: then the paths alone are compared.
 */
export function helmReads(
  app: Application,
  index: number,
  repoURL: string,
  overrideFile: string,
): HelmReads | undefined {
  const source = app.sources[index];
  if (source === undefined || !rendersHelm(app, index)) return undefined;
  const identity = repositoryIdentity(repoURL);
  const isKnown = app.sources.some(
    (other) => other.chart === undefined && repositoryIdentity(other.repoURL) === identity,
  );
  const isThere = (other: ApplicationSource): boolean =>
    !isKnown || repositoryIdentity(other.repoURL) === identity;
  const ordered = [source, ...app.sources.filter((other) => other !== source)];
  const files = ordered.flatMap((one) => filesOf(app, one, isThere));
  const overrides =
    source.chart === undefined && isThere(source)
      ? [overrideFile, '.argocd-source.yaml'].flatMap((name) => resolvePath(name, source.path) ?? [])
      : [];
  return { files: [...new Set(files)], overrides };
}

function rendersHelm({ sources, status, sourceKind }: Application, index: number): boolean {
  const source = sources[index];
  if (source?.plugin !== undefined || source?.kustomize !== undefined) return false;
  if (source?.helm !== undefined || source?.chart !== undefined) return true;
  const reported = sourceKind === 'hydrator' ? '' : (status?.sourceTypes[index] ?? '');
  return reported === '' || reported === 'Helm';
}

function filesOf(
  app: Application,
  source: ApplicationSource,
  isThere: (source: ApplicationSource) => boolean,
): readonly string[] {
  const isChartInGit = source.chart === undefined && isThere(source);
  const own = isChartInGit && (source.path !== '' || source.ref === undefined) ? ['values.yaml'] : [];
  return [
    ...own.flatMap((name) => resolvePath(name, source.path) ?? []),
    ...(source.helm?.valueFiles ?? []).flatMap((file) => {
      const path = pathOf(app, source, file, isThere);
      return path === undefined ? [] : [path];
    }),
  ];
}

function pathOf(
  app: Application,
  source: ApplicationSource,
  file: string,
  isThere: (source: ApplicationSource) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) return undefined;
  const [, ref, below] = /^\$([^/]+)\/(.*)$/s.exec(file) ?? [];
  const referenced = ref === undefined ? undefined : app.sources.find((other) => other.ref === ref);
  if (referenced !== undefined)
    return isThere(referenced) ? resolvePath(filledIn(app, below ?? ''), '') : undefined;
  if (source.chart !== undefined || !isThere(source)) return undefined;
  return resolvePath(filledIn(app, file), source.path);
}

/** Argo CD's variables of a build; of those that an Application does not tell, anything may come. */
function filledIn(app: Application, file: string): string {
  const known: Readonly<Record<string, string>> = {
    ARGOCD_APP_NAME: app.name,
    ARGOCD_APP_PROJECT_NAME: app.project,
  };
  return file.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    return known[braced ?? bare ?? ''] ?? '*';
  });
}

/** True if Argo CD reads the file: as one of the list, or as the values of a chart inside a chart that it renders. */
export function isRead({ files }: HelmReads, path: string): boolean {
  return files.some((file) => matches(file, path)) || isSubchart(files, path);
}

function isSubchart(files: readonly string[], path: string): boolean {
  const segments = path.split('/');
  if (segments.at(-1) !== 'values.yaml') return false;
  return segments.some((segment, depth) => {
    if (segment !== 'charts' || depth > segments.length - 3) return false;
    return files.includes([...segments.slice(0, depth), 'values.yaml'].join('/'));
  });
}

/** Each part between the stars once, in order. */
function matches(file: string, path: string): boolean {
  const [first = '', ...rest] = file.split('*');
  const last = rest.pop();
  if (last === undefined) return file === path;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.endsWith(last) && path.length - last.length >= at;
}
