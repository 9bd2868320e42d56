/** Annotations of an Application -> AppConfig: what to track, and where to write. */
import { aliasKey, annotationPrefix, keyProblem } from './keys/annotation-keys.ts';
import { applicationValue } from './keys/annotation-values.ts';
import type { Application, ApplicationSource, SourceType } from './application.ts';
import { aliasesIn, splitImageList } from './keys/image-list.ts';
import { checkConflicts, keySpaceOf, overruledKeys } from './image-conflicts.ts';
import { configFailure, fail, type Outcome } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { type ResolvedSource, resolveSource, unsupportedType } from './source.ts';
import { type ConfiguredImage, configureImage, type Warning } from './tracked-image.ts';
import { loginWarnings, readWriteBack, type WriteBack } from './write-back.ts';
import { openToAll, type TenantRules } from '../tenants/tenant-rules.ts';
import { likelierTarget, targetKeyword } from './write-target.ts';

export interface AppConfig {
  readonly app: Application;
  /** One outcome per entry of image-list, in order; a failed one names its annotation. */
  readonly images: readonly ConfiguredImage[];
  readonly writeBack: Outcome<WriteBack>;
  /** Helm or Kustomize, by target prefix or status; `undefined` until the repository has been looked at (file mode). */
  readonly sourceType?: SourceType;
  /** Why the application is not processed at all: Argo CD calls it invalid, or its source cannot be written (as in 0.18). */
  readonly unsupported?: string;
  readonly warnings: readonly Warning[];
}

export interface ReadConfigOptions {
  /** Namespace that Argo CD lives in: decides the name of the default override file. */
  readonly argocdNamespace: string;
  /** `os/arch` for images without `platforms`. */
  readonly defaultPlatform: string;
  /** What annotations may name; absent: everything. */
  readonly tenants?: TenantRules;
  /** Type found in the repository, for an application without status; used where nothing else tells it. */
  readonly sourceType?: SourceType;
}

/**
 * Reads everything that the annotations say. User mistakes are data: a mistake about one image fails
 * that image, one about writing fails `writeBack`, and what stops nothing is a warning.
 */
export function readConfig(app: Application, options: ReadConfigOptions): AppConfig {
  const warnings: Warning[] = [];
  const warn = (message: string, annotation?: string): void => {
    warnings.push(annotation === undefined ? { message } : { message, annotation });
  };
  const deprecate = (message: string, annotation: string): void => {
    if (warnings.every((known) => known.message !== message))
      warnings.push({ message, annotation, isDeprecation: true });
  };
  const { defaultPlatform, argocdNamespace, tenants = openToAll } = options;
  const entries = splitImageList(applicationValue(app.annotations, 'image-list') ?? '');
  const configured = entries.map((entry, index) =>
    configureImage({ app, defaultPlatform, tenants, warn, deprecate }, entry, index),
  );
  const keyword = targetKeyword(applicationValue(app.annotations, 'write-back-target'));
  const wanted = applicationValue(app.annotations, 'write-back-source')?.trim();
  const source = resolveSource(app, { keyword, wanted, foundType: options.sourceType });
  const sourceType = source.ok ? source.value.sourceType : undefined;
  const foreignType = source.ok && keyword === undefined ? unsupportedType(app, sourceType) : undefined;
  const unsupported = invalidSpec(app) ?? foreignType;
  const writeBack =
    unsupported === undefined
      ? writeBackOf(app, source, argocdNamespace, tenants)
      : fail(configFailure(unsupported));
  const space = keySpaceOf(
    sourceType,
    writeBack.ok && writeBack.value.kind === 'git' ? writeBack.value.target : undefined,
  );
  const checked = checkConflicts(configured, space);
  if (configured.length === 0) warn('image-list names no image', 'image-list');
  const keyWarnings = misspelt(app, configured);
  return {
    app,
    images: checked.images,
    writeBack,
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(unsupported === undefined ? {} : { unsupported }),
    warnings: [
      ...warnings,
      ...checked.warnings,
      ...writeBackWarnings({ app, writeBack, sourceType, images: checked.images, tenants }),
      ...keyWarnings,
    ],
  };
}

/** Argo CD does not deploy it: its project may be one that its owner must not use, and whose credentials it would get. */
function invalidSpec({ status }: Application): string | undefined {
  if (status?.invalid === undefined) return undefined;
  return `Argo CD calls the Application invalid (condition InvalidSpecError): ${quoted(status.invalid)}`;
}

function writeBackOf(
  app: Application,
  source: Outcome<ResolvedSource>,
  argocdNamespace: string,
  tenants: TenantRules,
): Outcome<WriteBack> {
  return source.ok ? readWriteBack(app, source.value, argocdNamespace, tenants) : source;
}

function writeBackWarnings({
  app,
  writeBack,
  sourceType,
  images,
  tenants,
}: Pick<AppConfig, 'app' | 'writeBack' | 'images'> & {
  readonly sourceType: SourceType | undefined;
  readonly tenants: TenantRules;
}): readonly Warning[] {
  if (!writeBack.ok) return [];
  const { value } = writeBack;
  if (value.kind === 'git')
    return [
      ...targetWarnings(app),
      ...loginWarnings(app, value, tenants),
      ...overruledKeys(app, value, images),
    ];
  const git = ['git-branch', 'git-repository', 'git-commit-trailers'] as const;
  const unused = git.filter((key) => applicationValue(app.annotations, key) !== undefined);
  const warnings = unused.map((key) => ({
    message: `${key} has no effect with write-back-method argocd`,
    annotation: key,
  }));
  if (app.applicationSet === undefined) return warnings;
  const remedy = `ignoreApplicationDifferences: [{jsonPointers: [${writtenPointer(app, sourceType)}]}]`;
  const message = `the ApplicationSet ${app.applicationSet} owns this application and reverts what write-back-method argocd sets; use write-back-method: git, or give the ApplicationSet's spec ${remedy}`;
  return [...warnings, { message, annotation: 'write-back-method' }];
}

/** A misspelt keyword is the name of an override file, which nobody reads. */
function targetWarnings(app: Application): readonly Warning[] {
  const text = applicationValue(app.annotations, 'write-back-target')?.trim() ?? '';
  const meant = likelierTarget(text);
  if (meant === undefined) return [];
  const message = `write-back-target ${quoted(text)} is taken for the name of an override file; did you mean ${meant}?`;
  return [{ message, annotation: 'write-back-target' }];
}

/** What write-back-method argocd changes of an Application; a list, such as that of the sources, is ignored as a whole. */
function writtenPointer({ sourceKind }: Application, sourceType: SourceType | undefined): string {
  if (sourceKind === 'multi') return '/spec/sources';
  const list = sourceType === 'Kustomize' ? 'kustomize/images' : 'helm/parameters';
  return `/spec/${sourceKind === 'single' ? 'source' : 'sourceHydrator/drySource'}/${list}`;
}

const maxMisspelt = 20; // each costs a comparison with all keys

/** Annotations under our prefix that nothing reads. */
function misspelt(app: Application, images: readonly ConfiguredImage[]): readonly Warning[] {
  const named = images.flatMap(({ alias, entry, image }) =>
    image.ok ? [alias] : [alias, ...aliasesIn(entry)],
  );
  const aliases = new Set(named.map(aliasKey).filter((alias) => alias !== ''));
  const warnings: Warning[] = [];
  for (const fullKey of Object.keys(app.annotations)) {
    if (!fullKey.startsWith(annotationPrefix)) continue;
    if (warnings.length === maxMisspelt) break;
    const key = fullKey.slice(annotationPrefix.length);
    const problem = keyProblem(key, aliases);
    if (problem !== undefined) warnings.push({ message: `${key} ${problem}`, annotation: key });
  }
  return warnings;
}

export { annotationPrefix } from './keys/annotation-keys.ts';
export type { ConfiguredImage, TrackedImage, Warning } from './tracked-image.ts';
export type { GitCredentialSource, GitWriteBack, WriteBack } from './write-back.ts';
export type { WriteTarget } from './write-target.ts';
export type { ApplicationSource };
