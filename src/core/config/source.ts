/** Which source of an application is meant, of what type it is, and which repository holds its target. */

import { annotationPrefix } from './keys/annotation-keys.ts';
import type { Application, ApplicationSource, SourceType } from './application.ts';
import { mayBeRepository, repositoryIdentity, repositoryMistake, withoutLogin } from '../base/git-url.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { resolvePath, type TargetKeyword, type WriteTarget } from './write-target.ts';

export interface SourceRequest {
  /** Keyword of `write-back-target`: it decides the type. */
  readonly keyword?: TargetKeyword | undefined;
  /** `write-back-source`: a source's name, or its position from 0. */
  readonly wanted?: string | undefined;
  /** Type found in the repository, for applications without status. */
  readonly foundType?: SourceType | undefined;
}

export interface ResolvedSource {
  readonly index: number;
  readonly source: ApplicationSource;
  /** Absent as long as nothing tells it: no status, no tool block. */
  readonly sourceType?: SourceType;
}

/**
 * The source whose parameters and path are meant. First what `write-back-source` names; else the
 * first one with a block of the type's tool, then the first one that the status reports with the
 * type, then any with a tool block, then source 0 (writeback.md 10).
 */
export function resolveSource(app: Application, request: SourceRequest): Outcome<ResolvedSource> {
  const { wanted } = request;
  const named = wanted === undefined || wanted === '' ? undefined : findNamed(app.sources, wanted);
  if (named !== undefined && !named.ok) return named;
  const sourceType = typeFor(app, request, named?.value);
  const index = named?.value ?? indexFor(app, sourceType);
  const source = app.sources[index];
  if (source === undefined) return fail(configFailure('spec.source: the application has no source'));
  return succeed({ index, source, ...(sourceType === undefined ? {} : { sourceType }) });
}

function findNamed(sources: readonly ApplicationSource[], wanted: string): Outcome<number> {
  const byName = sources.findIndex(({ name }) => name === wanted);
  if (byName >= 0) return succeed(byName);
  const position = /^\d{1,9}$/.test(wanted) ? Number(wanted) : -1;
  if (sources[position] !== undefined) return succeed(position);
  const names = sources.flatMap(({ name }) => (name === undefined ? [] : [quoted(name)]));
  const allowed = [...names, sources.length === 1 ? '0' : `0 to ${sources.length - 1}`].join(', ');
  const message = `write-back-source ${quoted(wanted)}: there is no such source; expected the name of a source or its position: ${allowed}`;
  return fail(configFailure(message, 'write-back-source'));
}

const keywordTypes = {
  kustomization: 'Kustomize',
  helmvalues: 'Helm',
  manifests: 'Directory',
} as const satisfies Record<TargetKeyword, SourceType>;

/** F-01 to F-05; an explicit tool block tells the type where no status does. */
function typeFor(
  app: Application,
  request: SourceRequest,
  named: number | undefined,
): SourceType | undefined {
  if (request.keyword !== undefined) return keywordTypes[request.keyword];
  const types = app.sources.map((_, index) => typeOf(app, index));
  if (named !== undefined) return types[named] ?? request.foundType;
  if (app.sourceKind !== 'multi') return types[0] ?? request.foundType;
  const decisive = types.find((type) => type === 'Helm' || type === 'Kustomize' || type === 'Plugin');
  if (decisive !== undefined) return decisive;
  return app.status === undefined ? request.foundType : 'Directory';
}

/**
 * Type of one source. The status comes first, except for a hydrated application: there it speaks
 * of the plain manifests that the hydrator wrote.
 */
function typeOf({ sources, sourceKind, status }: Application, index: number): SourceType | undefined {
  const explicit = explicitType(sources[index]);
  const reported = sourceTypeNames.find((name) => name === status?.sourceTypes[index]);
  if (sourceKind === 'hydrator') return explicit ?? reported;
  return status === undefined ? explicit : reported;
}

const sourceTypeNames = ['Helm', 'Kustomize', 'Directory', 'Plugin'] as const satisfies readonly SourceType[];

function explicitType(source: ApplicationSource | undefined): SourceType | undefined {
  if (source?.chart !== undefined || source?.helm !== undefined) return 'Helm';
  if (source?.kustomize !== undefined) return 'Kustomize';
  if (source?.plugin !== undefined) return 'Plugin';
  return source?.directory === undefined ? undefined : 'Directory';
}

function indexFor(app: Application, type: SourceType | undefined): number {
  const { sources } = app;
  const attempts = [
    sources.findIndex((source) => hasBlock(source, type)),
    sources.findIndex((_, index) => type !== undefined && typeOf(app, index) === type),
    // A chart from a chart repository, and a source that is only referenced, hold no kustomization and no manifests.
    type === 'Helm' ? -1 : sources.findIndex((source) => isFolder(source) && hasTool(source)),
    type === 'Helm' ? -1 : sources.findIndex(isFolder),
    sources.findIndex(hasTool),
  ];
  return attempts.find((index) => index >= 0) ?? 0;
}

function hasTool({ helm, kustomize, plugin }: ApplicationSource): boolean {
  return (helm ?? kustomize ?? plugin) !== undefined;
}

/** True for a folder of a Git repository that Argo CD renders. */
function isFolder({ chart, ref, path }: ApplicationSource): boolean {
  return chart === undefined && (ref === undefined || path !== '');
}

function hasBlock(source: ApplicationSource, type: SourceType | undefined): boolean {
  switch (type) {
    case 'Helm':
      return source.helm !== undefined;
    case 'Kustomize':
      return source.kustomize !== undefined;
    case 'Directory':
      return source.directory !== undefined;
    case 'Plugin':
      return source.plugin !== undefined;
    case undefined:
      return false;
  }
}

/** Why Tidewaiter, like 0.18, leaves an application of this type alone; undefined if it does not. */
export function unsupportedType(app: Application, type: SourceType | undefined): string | undefined {
  const remedy =
    'only Helm and Kustomize sources are updated, others through write-back-target kustomization, helmvalues or manifests';
  const isDirectory = type === 'Directory';
  if (isDirectory && app.sourceKind === 'hydrator' && explicitType(app.sources[0]) === undefined) {
    return `source type not known: the dry source has no helm or kustomize block, and the status tells only of what it is hydrated to; ${remedy}`;
  }
  if (type === 'Plugin' || isDirectory) return `source type ${type}: ${remedy}`;
  if (type !== undefined || app.status === undefined) return undefined;
  return `source type not known yet: the status of the application does not tell it; ${remedy}`;
}

export interface TargetRepository {
  readonly repoURL: string;
  /** targetRevision of the Git source; absent where none tells a branch (a Helm chart's version). */
  readonly revision?: string;
}

/**
 * The repository that holds the target: the one that `git-repository` names; else that of the `ref`
 * source through which a Helm source reads exactly this values file; else the source's own. A Helm
 * chart repository is none, so a chart needs one of the first two.
 */
export function locateRepository(
  app: Application,
  { source }: ResolvedSource,
  target: WriteTarget,
  gitRepository: string | undefined,
): Outcome<TargetRepository> {
  const unread = target.kind === 'override' ? unreadOverride(source, target.path) : undefined;
  if (unread !== undefined) return refuseUnread(app, unread);
  if (gitRepository !== undefined && gitRepository !== '') {
    if (!mayBeRepository(gitRepository)) return refuseRepository(gitRepository);
    const mistake = repositoryMistake(gitRepository);
    if (mistake !== undefined) return refuseAddress(gitRepository, mistake);
    const revision = revisionFor(app, source, gitRepository);
    return succeed({ repoURL: gitRepository, ...(revision === undefined ? {} : { revision }) });
  }
  const gitSource = valuesSource(app, source, target) ?? (source.chart === undefined ? source : undefined);
  if (gitSource === undefined) {
    const message = `the source is the Helm chart ${source.chart ?? ''}, which is no Git repository; add the annotation ${annotationPrefix}git-repository with the URL of the repository that holds the target`;
    return fail(configFailure(message, 'git-repository'));
  }
  if (gitSource.repoURL === '')
    return fail(configFailure('the source has no repoURL to write to', 'git-repository'));
  return succeed({ repoURL: gitSource.repoURL, revision: gitSource.targetRevision });
}

function refuseAddress(url: string, why: string): Outcome<never> {
  const message = `git-repository ${quoted(withoutLogin(url))}: ${why}`;
  return fail(configFailure(message, 'git-repository'));
}

/** The text has no form of a repository, so it is not quoted where it might hold a password. */
function refuseRepository(text: string): Outcome<never> {
  const shown = text.includes('@') ? '' : ` ${quoted(text)}`;
  const message = `git-repository${shown}: expected https://, ssh://, user@host:path or an absolute path`;
  return fail(configFailure(message, 'git-repository'));
}

function revisionFor(app: Application, source: ApplicationSource, gitRepository: string): string | undefined {
  const identity = repositoryIdentity(gitRepository);
  const sameSource = [source, ...app.sources].find(
    ({ chart, repoURL }) => chart === undefined && repositoryIdentity(repoURL) === identity,
  );
  return (sameSource ?? (source.chart === undefined ? source : undefined))?.targetRevision;
}

/** The `ref` source of a `$ref/path` value file that is the target, unless the source's own files hold it. */
function valuesSource(
  app: Application,
  source: ApplicationSource,
  target: WriteTarget,
): ApplicationSource | undefined {
  if (target.kind !== 'helmvalues') return undefined;
  const ownFiles = source.helm?.valueFiles ?? [];
  if (source.chart === undefined && ownFiles.some((file) => resolvePath(file, source.path) === target.path))
    return undefined;
  const files = [source, ...app.sources].flatMap(({ helm }) => helm?.valueFiles ?? []);
  for (const file of files) {
    const referenced = referencedFile(file);
    if (referenced === undefined || resolvePath(referenced.path, '') !== target.path) continue;
    const found = app.sources.find(({ ref, chart }) => ref === referenced.ref && chart === undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `$values/apps/shop.yaml` -> ref `values`, path `apps/shop.yaml`. */
function referencedFile(file: string): { readonly ref: string; readonly path: string } | undefined {
  const slash = file.indexOf('/');
  if (!file.startsWith('$') || slash < 0) return undefined;
  return { ref: file.slice(1, slash), path: file.slice(slash + 1) };
}

/** Why Argo CD would never read an override file of this source. */
function unreadOverride(source: ApplicationSource, path: string): string | undefined {
  if (!isOverrideFile(path)) return undefined;
  if (source.chart !== undefined)
    return `the source is the Helm chart ${source.chart}, and Argo CD looks for ${path} inside the chart`;
  const rendersNothing = source.ref !== undefined && source.path === '';
  return rendersNothing
    ? `the source ${source.ref} is only referenced, and Argo CD never reads ${path} in it`
    : undefined;
}

function isOverrideFile(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith('.argocd-source-');
}

function refuseUnread(app: Application, why: string): Outcome<never> {
  const referenced = app.sources
    .flatMap(({ helm }) => helm?.valueFiles ?? [])
    .map((file) => referencedFile(file)?.path)
    .find((path) => path !== undefined);
  const example = `${annotationPrefix}write-back-target: helmvalues:/${referenced ?? 'path/to/values.yaml'}`;
  return fail(configFailure(`${why}; add the annotation ${example}`, 'write-back-target'));
}
