/** What is told of a way to write that works, but perhaps not as it is meant. */
import { quoted } from '../base/quoted.ts';
import type { TenantRules } from '../tenants/tenant-rules.ts';
import type { AppConfig } from './app-config.ts';
import type { Application, SourceType } from './application.ts';
import { overruledKeys } from './image-conflicts.ts';
import { applicationValue } from './keys/annotation-values.ts';
import type { Warning } from './tracked-image.ts';
import { loginWarnings } from './write-permits.ts';
import { likelierTarget } from './write-target.ts';

export function writeBackWarnings({
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
