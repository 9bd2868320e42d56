/** Which branch an intention starts from, and which one it is pushed to. */
import { sanitizeBranchName, tryBranchName } from '../../core/branch-name.ts';
import { type Failure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { GitWriteBack } from '../../core/config/write-back.ts';
import type { GitIntention } from '../../core/plan.ts';
import { parseTemplate } from '../../core/template/template.ts';
import type { GitHeads, GitRemote } from '../../ports/git.ts';

export interface Location {
  readonly base: string;
  readonly baseHead: string;
  readonly branch: string;
  /** Absent: the branch does not exist yet. Equal to `baseHead` where branch is base. */
  readonly branchHead?: string;
}

/** An intention and its branches. */
export interface Located {
  readonly intention: GitIntention;
  readonly location: Location;
}

export type BaseLocation = Pick<Location, 'base' | 'baseHead'>;

/** The branch to start from. */
export function locateBase(
  writeBack: GitWriteBack,
  { displayUrl: repo }: GitRemote,
  heads: GitHeads,
): Outcome<BaseLocation> {
  const base = writeBack.base ?? heads.defaultBranch;
  if (base === undefined) {
    const message = `${repo} does not say which branch is its default`;
    const advice = 'name a branch with the annotation git-branch';
    return fail({ kind: 'git', code: 'branch-missing', repo, message, advice });
  }
  const baseHead = heads.branches.get(base);
  return baseHead === undefined ? fail(missing(base, repo, heads)) : succeed({ base, baseHead });
}

export function locate(intention: GitIntention, remote: GitRemote, heads: GitHeads): Outcome<Location> {
  const start = locateBase(intention.writeBack, remote, heads);
  if (!start.ok) return start;
  const branch = pushBranch(intention, start.value.base);
  if (!branch.ok) return branch;
  const branchHead = heads.branches.get(branch.value);
  const located = { ...start.value, branch: branch.value };
  return succeed(branchHead === undefined ? located : { ...located, branchHead });
}

/**
 * The branch that an application writes to when it wants a change; undefined where the name depends on the change, or
 * nothing tells it.
 */
export function standingBranch({ writeBack }: GitIntention, { defaultBranch }: GitHeads): string | undefined {
  const { base = defaultBranch, pushTemplate } = writeBack;
  if (pushTemplate === undefined) return base;
  if (pushTemplate.includes('{{')) return undefined;
  const name = sanitizeBranchName(pushTemplate);
  return name.ok ? name.value : undefined;
}

function missing(base: string, repo: string, heads: GitHeads): Failure {
  if (heads.tags.has(base)) {
    const message = `${base} is a tag of ${repo}, and nothing can be committed to a tag`;
    return { kind: 'git', code: 'revision', repo, message };
  }
  const message = `${repo} has no branch ${base}`;
  return { kind: 'git', code: 'branch-missing', repo, branch: base, message };
}

function pushBranch({ writeBack, changes, app }: GitIntention, base: string): Outcome<string> {
  if (writeBack.pushTemplate === undefined) return succeed(base);
  const template = parseTemplate(writeBack.pushTemplate);
  if (!template.ok) return template;
  const name = tryBranchName(template.value, { changes, appName: app.name, appNamespace: app.namespace });
  if (name.ok && name.value !== '') return sanitizeBranchName(name.value);
  const reason = name.ok ? 'it is empty' : name.failure.message;
  const message = `git-branch: the template "${writeBack.pushTemplate}" gives no branch name: ${reason}`;
  return fail({ kind: 'config', message, annotation: 'git-branch' });
}
