/** One attempt at all branches of a repository over one remote: read, edit in memory, commit, push. */
import type { Failure } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { type BranchWork, markHeld, prepareBranch } from './branch/branch-work.ts';
import { failed, type Settled, type WriteContext } from './branch/context.ts';
import { type GroupContext, landBranches } from './branch/landing.ts';
import { joinLanded, type Landed, nothingLanded } from './branch/landed.ts';
import type { Located } from '../repository/locate.ts';
import type { RepositorySession } from '../repository/repositories.ts';

/** A branch that was moved before it could be fetched is a lost race for all. */
export async function attempt(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<Landed> {
  const { settled, rest } = sortOut(members, group.context);
  if (rest.length === 0) return { ...nothingLanded, settled };
  const outcome = await settle(() => prepareAndLand(session, rest, group));
  const done = outcome.ok ? outcome.value : allFailed(rest.flat(), outcome.failure);
  return joinLanded([{ ...nothingLanded, settled }, done]);
}

function allFailed(members: readonly Located[], failure: Failure): Landed {
  const isRace = failure.kind === 'git' && failure.code === 'race';
  return isRace
    ? { ...nothingLanded, lost: members.map((member) => ({ ...member, failure })) }
    : { ...nothingLanded, settled: members.map(({ intention }) => failed(intention, failure)) };
}

/** Who cannot, or need not, be written is known without a look; the others by branch. */
function sortOut(
  members: readonly Located[],
  context: WriteContext,
): { readonly settled: readonly Settled[]; readonly rest: readonly (readonly Located[])[] } {
  const settled: Settled[] = [];
  const rest: (readonly Located[])[] = [];
  for (const branch of Map.groupBy(members, ({ location }) => location.branch).values()) {
    const [first] = branch;
    if (first === undefined) continue;
    const { base } = first.location;
    const left = branch.filter(({ location }) => location.base === base);
    settled.push(...branch.flatMap((member) => (left.includes(member) ? [] : [otherBase(member, first)])));
    // If not all of them are known to be held, all are looked at, for they may meet in one scalar.
    const known = left.map(({ intention, location }) => context.memory.doubtsOf(intention, location));
    if (known.every((doubts) => doubts !== undefined))
      settled.push(...left.map((member, i) => markHeld(member, known[i] ?? [], context)));
    else rest.push(left);
  }
  return { settled, rest };
}

/** A write branch has one base: that of the first application. */
function otherBase({ intention, location }: Located, first: Located): Settled {
  const message = `branch ${location.branch} starts from ${first.location.base} for ${first.intention.key}, and cannot start from ${location.base} too`;
  return failed(intention, { kind: 'config', message, annotation: 'git-branch' });
}

async function prepareAndLand(
  session: RepositorySession,
  branches: readonly (readonly Located[])[],
  group: GroupContext,
): Promise<Landed> {
  await session.repository.fetch(commitsOf(branches.flat()), group.context.signal);
  const settled: Settled[] = [];
  const works: BranchWork[] = [];
  for (const members of branches) {
    const prepared = await prepareBranch(session, members, group.context);
    settled.push(...prepared.settled);
    if (prepared.work !== undefined) works.push(prepared.work);
  }
  const landed = await settle(() => landBranches(session, works, group));
  const done = landed.ok ? landed.value : allFailed(works.flatMap(membersOf), landed.failure);
  return joinLanded([{ ...nothingLanded, settled }, done]);
}

function membersOf({ items, location }: BranchWork): readonly Located[] {
  return items.map(({ intention }) => ({ intention, location }));
}

function commitsOf(located: readonly Located[]): readonly string[] {
  const commits = new Set<string>();
  for (const { location } of located) {
    commits.add(location.baseHead);
    if (location.branchHead !== undefined) commits.add(location.branchHead);
  }
  return [...commits];
}
