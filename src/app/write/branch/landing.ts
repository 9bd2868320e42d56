/** Commits the edits of several branches and pushes them; says what became of each application. */
import { settle } from '../../../core/base/settle.ts';
import type { BranchWork } from './branch-work.ts';
import { type BranchCommits, type Composed, composeBranch, joinRequests, warningsOf } from './compose.ts';
import type { Claimant } from './conflicts.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { editWork } from './edit-work.ts';
import type { Location } from '../../repository/locate.ts';
import { joinLanded, type Landed, nothingLanded } from './landed.ts';
import { type Chain, type ChainResult, type Push, pushChains } from './push-chains.ts';
import type { GitRemote } from '../../../ports/git.ts';
import { type BuiltBranch, resultOf } from './write-result.ts';
import type { RepositorySession } from '../../repository/repositories.ts';

export interface GroupContext {
  readonly remote: GitRemote;
  /** Those of the repository who want no change. */
  readonly standing: readonly Claimant[];
  readonly context: WriteContext;
}

interface ComposedBranch extends BranchCommits {
  readonly work: BranchWork;
}

/** One call of the port for all commits, and one push for all branches, unless the server refuses something. */
export async function landBranches(
  session: RepositorySession,
  works: readonly BranchWork[],
  group: GroupContext,
): Promise<Landed> {
  const { signal } = group.context;
  const unlabelled: Settled[] = [];
  const composed: ComposedBranch[] = [];
  for (const work of works) {
    const edited = await editWork(work, group.standing, group.context);
    unlabelled.push(...edited.settled);
    composed.push({ work, ...composeBranch(work.start, edited, group.context) });
  }
  const requests = joinRequests(composed);
  const shas = requests.length === 0 ? [] : await session.repository.commit(requests, signal);
  const built = withShas(composed, shas);
  if (group.context.isRehearsal) {
    const rehearsed = built.flatMap((branch) => branch.composed.map((item) => rehearsedItem(item, branch)));
    return { ...nothingLanded, settled: [...unlabelled, ...rehearsed] };
  }
  const results = await pushChains(built.map(chainOf), pushOver(session, group));
  const landed = built.map((branch, i) => settleBranch(session, branch, results[i] ?? { landed: 0 }, group));
  return joinLanded([{ ...nothingLanded, settled: unlabelled }, ...landed]);
}

/** Nothing that is remembered of targets is true yet. */
function rehearsedItem(item: Composed, branch: BuiltBranch): Settled {
  const { intention } = item;
  if (item.kind === 'failed') return failed(intention, item.failure);
  return { intention, result: { kind: 'unchanged' }, ...messageOf(item, branch) };
}

function withShas(branches: readonly ComposedBranch[], shas: readonly string[]): readonly BuiltBranch[] {
  let first = 0;
  return branches.map((branch) => {
    const own = shas.slice(first, first + branch.requests.length);
    first += branch.requests.length;
    return { ...branch, shas: own };
  });
}

function chainOf({ work, shas }: BuiltBranch): Chain {
  const { branch, branchHead } = work.location;
  return { branch, expected: branchHead ?? null, force: work.restarts, commits: shas };
}

/** What landed must be told, so a push that throws is a result like others. */
function pushOver(session: RepositorySession, { remote, context }: GroupContext): Push {
  return async (requests) => {
    const pushed = await settle(() => session.repository.push(requests, context.signal));
    if (!pushed.ok) return requests.map(() => pushed.failure);
    return pushed.value.map((result) => {
      if (result.ok) return undefined;
      const { ok: _, ...refusal } = result;
      return { kind: 'git', repo: remote.displayUrl, ...refusal };
    });
  };
}

function settleBranch(
  session: RepositorySession,
  branch: BuiltBranch,
  result: ChainResult,
  group: GroupContext,
): Landed {
  const { work, composed, shas } = branch;
  const { context } = group;
  const head = result.landed === 0 ? undefined : shas[result.landed - 1];
  const now = head === undefined ? work.location : movedLocation(work.location, head);
  if (head !== undefined) session.movedTo(now.branch, head);
  let commits = 0;
  const parts = composed.map((item): Landed => {
    const { intention } = item;
    if (item.kind === 'failed') return { ...nothingLanded, settled: [failed(intention, item.failure)] };
    if (item.kind === 'commit') commits = item.index + 1;
    const isThere = commits <= result.landed || (item.kind === 'unchanged' && !item.borrowed);
    if (!isThere) return unlanded(item, commits === result.landed + 1, result, now);
    context.memory.confirm(intention, now, item.doubts);
    return {
      ...nothingLanded,
      settled: [
        {
          intention,
          result: resultOf(item, branch, session),
          warnings: warningsOf(item),
          ...messageOf(item, branch),
        },
      ],
    };
  });
  return joinLanded(parts);
}

/** `isNext`: nothing but this commit stands between it and what landed. */
function unlanded(
  { intention, kind }: Composed,
  isNext: boolean,
  { refused, stopped }: ChainResult,
  location: Location,
): Landed {
  if (refused !== undefined && isNext && kind === 'commit')
    return { ...nothingLanded, refused: [{ intention, location, failure: refused }] };
  if (stopped === undefined) return { ...nothingLanded, hindered: [{ intention, location }] };
  const isLost = stopped.kind === 'git' && (stopped.code === 'race' || stopped.code === 'lease');
  return isLost
    ? { ...nothingLanded, lost: [{ intention, location, failure: stopped }] }
    : { ...nothingLanded, settled: [failed(intention, stopped)] };
}

function messageOf(item: Composed, { requests }: BuiltBranch): Pick<Settled, 'message'> {
  const message = item.kind === 'commit' ? requests[item.index]?.message : undefined;
  return message === undefined ? {} : { message };
}

function movedLocation(location: Location, head: string): Location {
  const moved = { ...location, branchHead: head };
  return location.branch === location.base ? { ...moved, baseHead: head } : moved;
}
