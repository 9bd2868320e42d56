/** `write-back-*` and `git-*` annotations -> where and how an application is written. */
import { nearestWord } from './keys/annotation-keys.ts';
import { type Annotations, applicationValue } from './keys/annotation-values.ts';
import type { Application } from './application.ts';
import { parseConstraint } from '../version/constraint.ts';
import { withoutLogin } from '../base/git-url.ts';
import { type HelmReads, helmReads } from './helm-reads.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { readSecretName } from './keys/secret-source.ts';
import { locateRepository, type ResolvedSource } from './source.ts';
import { foreignSecret, mayName, type TenantRules } from '../tenants/tenant-rules.ts';
import { type WrittenPlace, writeRefusal } from '../tenants/write-paths.ts';
import { parseTemplate } from '../template/template.ts';
import type { Warning } from './tracked-image.ts';
import { overrideFileName, resolveWriteTarget, type WriteTarget } from './write-target.ts';

export type GitCredentialSource =
  | { readonly kind: 'repocreds' }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string };

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

/** `write-back-method`, parsed as 0.18 does (writeback.md 1.1). */
export type WriteBackMethod =
  | { readonly kind: 'argocd' }
  | { readonly kind: 'git'; readonly credentials: GitCredentialSource };

export function parseWriteBackMethod(value: string | undefined): Outcome<WriteBackMethod> {
  const text = value?.trim() ?? 'argocd';
  if (text === 'argocd') return succeed({ kind: 'argocd' });
  const colon = text.indexOf(':');
  const method = colon > 0 ? text.slice(0, colon).trim() : text;
  const credentials = parseGitCredentials(colon > 0 ? text.slice(colon + 1) : 'repocreds');
  const isSecretField = credentials?.kind === 'secret' && credentials.name.includes('#');
  if (method === 'git' && credentials !== undefined && !isSecretField)
    return succeed({ kind: 'git', credentials });
  const allowed = 'argocd, git, git:repocreds, git:secret:<namespace>/<name>';
  const meant = meantMethod(method, colon > 0 ? text.slice(colon + 1).trim() : '');
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return refused('write-back-method', text, `expected one of ${allowed}${hint}`);
}

/** What was probably meant by `<method>:<credentials>`. */
function meantMethod(method: string, credentials: string): string | undefined {
  const word = method === 'git' ? method : nearestWord(method.toLowerCase(), ['argocd', 'git'], 2);
  if (word !== 'git' || credentials === '') return word;
  const [, secret] = /^(?:secret:)?([^/:#]+\/[^/:#]+)(?:#.*)?$/.exec(credentials) ?? [];
  if (secret !== undefined) return `git:secret:${secret}`;
  return nearestWord(credentials, ['repocreds'], 3) === undefined ? undefined : 'git:repocreds';
}

function parseGitCredentials(text: string): GitCredentialSource | undefined {
  if (text === 'repocreds') return { kind: 'repocreds' };
  const secret = text.startsWith('secret:') ? readSecretName(text.slice('secret:'.length)) : undefined;
  return secret === undefined ? undefined : { kind: 'secret', ...secret };
}

export interface GitBranches {
  /** Absent: the one of the source. */
  readonly base?: string;
  /** Absent: the base. */
  readonly pushTemplate?: string;
}

/** `<base>`, `<base>:<write>`, `:<write>`; the pieces are not trimmed, an empty one is absent. `<write>` is a Go template. */
export function parseGitBranch(value: string | undefined): Outcome<GitBranches> {
  const text = value?.trim() ?? '';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return refused(
      'git-branch',
      withoutLogin(text),
      'it is a URL, not a branch; git-repository names the repository',
    );
  }
  const bare = /^(["'`])(.*)\1$/s.exec(text)?.[2];
  if (bare !== undefined) return refused('git-branch', text, `it stands in quotes; did you mean ${bare}?`);
  const [base = '', pushTemplate = '', ...more] = text.split(':');
  if (more.length > 0) {
    return refused(
      'git-branch',
      text,
      'expected <base>, <base>:<write> or :<write>; a branch cannot hold a colon',
    );
  }
  if (/^refs\/(?!heads\/(?!refs\/))/.test(pushTemplate)) {
    return refused(
      'git-branch',
      text,
      'only names below refs/heads/ are branches: write the name without refs/',
    );
  }
  const template = parseTemplate(pushTemplate);
  if (!template.ok) return refused('git-branch', text, template.failure.message);
  return succeed({ ...(base === '' ? {} : { base }), ...(pushTemplate === '' ? {} : { pushTemplate }) });
}

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
      return refused('write-back-target', targetText ?? '', 'needs the annotation write-back-method: git');
    return succeed({ kind: 'argocd', sourceIndex: resolved.index });
  }
  if (!target.ok) return target;
  const refusal = tenantRefusal(app, method.value.credentials, target.value, tenants);
  return refusal ?? gitWriteBack(app, resolved, method.value.credentials, target.value, argocdNamespace);
}

/** A login that nobody has limited, of a Secret that is somebody else's (11-S2). */
export function loginWarnings(
  { annotations, namespace }: Application,
  { credentials }: GitWriteBack,
  tenants: TenantRules,
): readonly Warning[] {
  if (credentials.kind !== 'secret' || mayName(credentials, namespace, tenants) !== 'unlimited') return [];
  const foreign = foreignSecret(credentials.namespace, namespace);
  if (foreign === undefined) return [];
  const annotation = 'write-back-method';
  const value = quoted(applicationValue(annotations, annotation)?.trim() ?? '');
  const message = `${annotation} ${value}: ${foreign}, or use git:repocreds with a repository Secret of Argo CD`;
  return [{ message, annotation }];
}

function tenantRefusal(
  { annotations, namespace }: Application,
  credentials: GitCredentialSource,
  target: WriteTarget,
  tenants: TenantRules,
): Outcome<never> | undefined {
  const login = credentials.kind === 'secret' ? mayName(credentials, namespace, tenants) : 'allowed';
  if (typeof login !== 'string') {
    const method = applicationValue(annotations, 'write-back-method') ?? '';
    return refused('write-back-method', method, login.refusal);
  }
  const refusal = writeRefusal(tenants.writePaths, namespace, writtenPlace(target));
  if (refusal === undefined) return undefined;
  return refused('write-back-target', applicationValue(annotations, 'write-back-target') ?? '', refusal);
}

function writtenPlace(target: WriteTarget): WrittenPlace {
  if (target.kind === 'manifests') return { kind: 'all-of', paths: target.paths };
  const path = target.kind === 'kustomization' ? `${target.directory}/kustomization.yaml` : target.path;
  return { kind: 'file', path };
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
  return refused('git-commit-trailers', text, 'expected true or false');
}

/** "" for the repository's default branch. A commit or a range is refused by its form (decisions.md 4). */
function baseBranch(
  annotations: Annotations,
  asked: string | undefined,
  revision: string | undefined,
): Outcome<string> {
  const base = asked ?? revision;
  const advice = 'name a branch with the annotation git-branch';
  if (base === undefined) {
    const repository = quoted(withoutLogin(applicationValue(annotations, 'git-repository') ?? ''));
    return fail(
      configFailure(`git-repository ${repository}: no source tells its branch`, 'git-branch', advice),
    );
  }
  const branch = base.startsWith('refs/heads/') ? base.slice('refs/heads/'.length) : base;
  if (branch === '' || branch === 'HEAD') return succeed('');
  const problem = revisionProblem(branch);
  if (problem === undefined) return succeed(branch);
  const where = asked === undefined ? 'targetRevision' : 'git-branch';
  return fail(
    configFailure(
      `${where} ${quoted(base)} is ${problem}, to which nothing can be committed`,
      'git-branch',
      advice,
    ),
  );
}

function revisionProblem(text: string): string | undefined {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text)) return 'a commit';
  if (/[*~^<>=!|, ]/.test(text) && parseConstraint(text).ok) return 'a version range';
  if (text.startsWith('refs/')) return 'no branch but another ref';
  return isBranchName(text) ? undefined : 'no branch name';
}

/** What Git refuses in a ref, and a leading dash, which a command line would take for an option. */
function isBranchName(text: string): boolean {
  if (/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/u.test(text)) return false;
  return !/^[-./]|[./]$/.test(text) && text !== '@';
}

function refused(annotation: string, value: string, why: string): Outcome<never> {
  return fail(configFailure(`${annotation} ${quoted(value)}: ${why}`, annotation));
}
