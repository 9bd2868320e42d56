/** `write-back-*` and `git-*` annotations -> where and how an application is written. */
import { optionalProperty } from '../base/optional-property.ts';
import { type Outcome, succeed } from '../base/outcome.ts';
import type { TenantRules } from '../tenants/tenant-rules.ts';
import type { Application } from './application.ts';
import { baseBranch, parseGitBranch } from './keys/git-branch.ts';
import { type HelmReads, helmReads } from './helm-reads.ts';
import { type Annotations, applicationValue, refuseAnnotation } from './keys/annotation-values.ts';
import { locateRepository, type ResolvedSource } from './source.ts';
import { type GitCredentialSource, parseWriteBackMethod } from './keys/write-back-method.ts';
import { tenantRefusal } from './write-permits.ts';
import { overrideFileName, resolveWriteTarget, type WriteTarget } from './write-target.ts';

export type WriteBack =
  | {
      readonly kind: 'argocd';
      /** Index into `Application.sources`. */
      readonly sourceIndex: number;
    }
  | {
      readonly kind: 'git';
      readonly repoURL: string;
      readonly credentials: GitCredentialSource;
      /** Branch to start from as asked for; absent: the repository's default branch. */
      readonly base?: string;
      /** Branch to push to, a Go template; absent: the base branch. */
      readonly pushTemplate?: string;
      readonly target: WriteTarget;
      /** For a values file: which ones Argo CD reads; absent where nobody can tell. */
      readonly reads?: HelmReads;
      /** Index into `Application.sources`: whose parameters and path are meant. */
      readonly sourceIndex: number;
      /** Whether commits get trailers; absent: as the program is told. */
      readonly trailers?: boolean;
    };

export type GitWriteBack = Extract<WriteBack, { kind: 'git' }>;

/** Everything about writing that is decided before the repository is looked at. */
export function readWriteBack(
  app: Application,
  resolved: ResolvedSource,
  argocdNamespace: string,
  tenants: TenantRules,
): Outcome<WriteBack> {
  const { annotations } = app;
  const method = parseWriteBackMethod(applicationValue(annotations, 'write-back-method'));
  if (!method.ok) return method;
  const targetText = applicationValue(annotations, 'write-back-target');
  const target = resolveWriteTarget(targetText, resolved.source, overrideFileName(app, argocdNamespace));
  if (method.value.kind === 'argocd') {
    const onlyInGit = target.ok && target.value.kind === 'manifests';
    if (onlyInGit)
      return refuseAnnotation(
        'write-back-target',
        targetText ?? '',
        'needs the annotation write-back-method: git',
      );
    return succeed({ kind: 'argocd', sourceIndex: resolved.index });
  }
  if (!target.ok) return target;
  const refusal = tenantRefusal(app, method.value.credentials, target.value, tenants);
  return refusal ?? gitWriteBack(app, resolved, method.value.credentials, target.value, argocdNamespace);
}

function gitWriteBack(
  app: Application,
  resolved: ResolvedSource,
  credentials: GitCredentialSource,
  target: WriteTarget,
  argocdNamespace: string,
): Outcome<WriteBack> {
  const { annotations } = app;
  const branches = parseGitBranch(applicationValue(annotations, 'git-branch'));
  if (!branches.ok) return branches;
  const repository = locateRepository(
    app,
    resolved,
    target,
    applicationValue(annotations, 'git-repository')?.trim(),
  );
  if (!repository.ok) return repository;
  const trailers = readTrailers(annotations);
  if (!trailers.ok) return trailers;
  const { repoURL, revision } = repository.value;
  const base = baseBranch(annotations, branches.value.base, revision);
  if (!base.ok) return base;
  const { pushTemplate } = branches.value;
  const reads =
    target.kind === 'helmvalues'
      ? helmReads(app, resolved.index, repoURL, overrideFileName(app, argocdNamespace))
      : undefined;
  return succeed({
    kind: 'git',
    repoURL,
    credentials,
    ...(base.value === '' ? {} : { base: base.value }),
    ...(pushTemplate === undefined ? {} : { pushTemplate }),
    target,
    ...optionalProperty('reads', reads),
    sourceIndex: resolved.index,
    ...trailers.value,
  });
}

function readTrailers(annotations: Annotations): Outcome<{ readonly trailers?: boolean }> {
  const text = applicationValue(annotations, 'git-commit-trailers')?.trim() ?? '';
  if (text === '') return succeed({});
  if (text === 'true' || text === 'false') return succeed({ trailers: text === 'true' });
  return refuseAnnotation('git-commit-trailers', text, 'expected true or false');
}
