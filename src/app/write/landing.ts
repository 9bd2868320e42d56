/** Commits the edits of several branches and pushes them; says what became of each application. */
import type { Failure } from '../../core/base/outcome.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { WriteResult } from '../../core/report/report.ts';
import type { BranchWork } from './branch-work.ts';
import { type BranchCommits, type Composed, composeBranch, joinRequests } from './compose.ts';
import type { Claimant } from './conflicts.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { editWork } from './edit-work.ts';
import type { Location } from '../repository/locate.ts';
import type { GitRemote, PushRequest, PushResult } from '../../ports/git.ts';
import type { RepositorySession } from '../repository/repositories.ts';

export type GitFailure = Extract<Failure, { kind: 'git' }>;

/** Somebody else was faster. */
export interface Lost {
  readonly intention: GitIntention;
  readonly failure: GitFailure;
}

export interface Landed {
  readonly settled: readonly Settled[];
  readonly lost: readonly Lost[];
}

export interface GroupContext {
  readonly remote: GitRemote;
  /** Those of the repository who want no change. */
  readonly standing: readonly Claimant[];
  readonly context: WriteContext;
}

/** The commits of one branch, as they are in the mirror. */
interface BuiltBranch extends BranchCommits {
  readonly work: BranchWork;
  /** One for each request. */
  readonly shas: readonly string[];
}

/** One call of the port for all commits, and one push for all branches. */
export async function landBranches(
  session: RepositorySession,
  works: readonly BranchWork[],
  group: GroupContext,
): Promise<Landed> {
  const { signal, commitTemplate } = group.context;
  const settled: Settled[] = [];
  const composed: (BranchCommits & { readonly work: BranchWork })[] = [];
  for (const work of works) {
    const { edits, labels, settled: unlabelled } = await editWork(work, group.standing, group.context);
    settled.push(...unlabelled);
    composed.push({ work, ...composeBranch(work.start, edits, labels, commitTemplate) });
  }
  const requests = joinRequests(composed);
  const shas = requests.length === 0 ? [] : await session.repository.commit(requests, signal);
  const built = withShas(composed, shas);
  const wanted = built.flatMap(pushOf);
  const pushed = wanted.length === 0 ? [] : await session.repository.push(wanted, signal);
  const byBranch = new Map(pushed.map((result) => [result.branch, result]));
  const landed = built.map((branch) =>
    settleBranch(session, branch, byBranch.get(branch.work.location.branch), group),
  );
  return {
    settled: [...settled, ...landed.flatMap((branch) => branch.settled)],
    lost: landed.flatMap(({ lost }) => lost),
  };
}

function withShas(
  branches: readonly (BranchCommits & { readonly work: BranchWork })[],
  shas: readonly string[],
): readonly BuiltBranch[] {
  let first = 0;
  return branches.map((branch) => {
    const own = shas.slice(first, first + branch.requests.length);
    first += branch.requests.length;
    return { ...branch, shas: own };
  });
}

function settleBranch(
  session: RepositorySession,
  { work, composed, shas }: BuiltBranch,
  pushed: PushResult | undefined,
  { remote, context }: GroupContext,
): Landed {
  const { location } = work;
  const head = pushed?.ok === true ? shas.at(-1) : undefined;
  const now = head === undefined ? location : movedLocation(location, head);
  if (head !== undefined) session.movedTo(location.branch, head);
  const settled: Settled[] = [];
  const lost: Lost[] = [];
  for (const item of composed) {
    const { intention } = item;
    if (item.kind === 'failed') settled.push(failed(intention, item.failure));
    else if (pushed?.ok === false && dependsOnPush(item)) {
      const failure = pushFailure(pushed, remote);
      if (pushed.code === 'race' || pushed.code === 'lease') lost.push({ intention, failure });
      else settled.push(failed(intention, failure));
    } else {
      settled.push({ intention, result: resultOf(item, location.branch, shas, remote) });
      context.memory.confirm(intention, now);
    }
  }
  return { settled, lost };
}

function resultOf(
  item: Exclude<Composed, { kind: 'failed' }>,
  branch: string,
  shas: readonly string[],
  { displayUrl: repo }: GitRemote,
): WriteResult {
  if (item.kind === 'unchanged') return { kind: 'unchanged' };
  const scalars = item.edited.flatMap(({ changes }) => changes);
  return { kind: 'committed', sha: shas[item.index] ?? '', branch, repo, scalars };
}

function pushFailure(
  { branch, code, message }: Extract<PushResult, { ok: false }>,
  { displayUrl: repo }: GitRemote,
): GitFailure {
  return { kind: 'git', code, repo, branch, message };
}

function dependsOnPush(item: Exclude<Composed, { kind: 'failed' }>): boolean {
  return item.kind === 'commit' || item.borrowed;
}

function pushOf({ work, shas }: BuiltBranch): readonly PushRequest[] {
  const commit = shas.at(-1);
  if (commit === undefined) return [];
  const { branch, branchHead } = work.location;
  return [{ branch, commit, expected: branchHead ?? null, force: work.restarts }];
}

function movedLocation(location: Location, head: string): Location {
  const moved = { ...location, branchHead: head };
  return location.branch === location.base ? { ...moved, baseHead: head } : moved;
}
