/** `git-branch`: which branch is read, and which is written. */
import { withoutLogin } from '../../base/git-url.ts';
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import { parseTemplate } from '../../template/template.ts';
import { parseConstraint } from '../../version/constraint.ts';
import { type Annotations, applicationValue, refuseAnnotation } from './annotation-values.ts';

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
    return refuseAnnotation(
      'git-branch',
      withoutLogin(text),
      'it is a URL, not a branch; git-repository names the repository',
    );
  }
  const bare = /^(["'`])(.*)\1$/s.exec(text)?.[2];
  if (bare !== undefined)
    return refuseAnnotation('git-branch', text, `it stands in quotes; did you mean ${bare}?`);
  const [base = '', pushTemplate = '', ...more] = text.split(':');
  if (more.length > 0) {
    return refuseAnnotation(
      'git-branch',
      text,
      'expected <base>, <base>:<write> or :<write>; a branch cannot hold a colon',
    );
  }
  if (/^refs\/(?!heads\/(?!refs\/))/.test(pushTemplate)) {
    return refuseAnnotation(
      'git-branch',
      text,
      'only names below refs/heads/ are branches: write the name without refs/',
    );
  }
  const template = parseTemplate(pushTemplate);
  if (!template.ok) return refuseAnnotation('git-branch', text, template.failure.message);
  return succeed({ ...(base === '' ? {} : { base }), ...(pushTemplate === '' ? {} : { pushTemplate }) });
}

/** "" for the repository's default branch. A commit or a range is refused by its form (decisions.md 4). */
export function baseBranch(
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
