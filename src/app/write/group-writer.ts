/** Writes to one repository over one remote: read, edit in memory, commit, push; again for those who lose a race. */
import type { Failure } from '../../core/base/outcome.ts';
import { type BranchWork, markHeld, prepareBranch } from './branch-work.ts';
import { failed, type Settled, type WriteContext } from './context.ts';
import { type GitFailure, type GroupContext, type Landed, landBranches } from './landing.ts';
import type { Located } from '../repository/locate.ts';
import { locateMembers } from './located-members.ts';
import type { RepositorySession } from '../repository/repositories.ts';
import { settle } from '../../core/base/settle.ts';

/** A branch may move under us this often before the next cycle has to try again. */
const maxAttempts = 4;
const firstBackOffMs = 150;

/** Writes all members; whoever loses a race tries again on the new head. */
export async function writeGroup(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<readonly Settled[]> {
  const { clock, signal } = group.context;
  const settled: Settled[] = [];
  let pending = members;
  for (let attempt = 1; ; attempt += 1) {
    const done = await attemptOnce(session, pending, group);
    settled.push(...done.settled);
    if (done.lost.length === 0) return settled;
    if (attempt === maxAttempts)
      return [...settled, ...done.lost.map(({ intention, failure }) => failed(intention, givenUp(failure)))];
    session.forgetHeads();
    const backOffMs = firstBackOffMs * 2 ** attempt * (0.5 + clock.random());
    const again = await settle(async () => {
      await clock.sleep(backOffMs, signal);
      return locateMembers(done.lost, group.remote, await session.heads(signal));
    });
    if (!again.ok) return [...settled, ...done.lost.map(({ intention }) => failed(intention, again.failure))];
    settled.push(...again.value.settled);
    pending = again.value.located;
  }
}

/** A branch that was moved before it could be fetched is a lost race for all. */
async function attemptOnce(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<Landed> {
  const { settled, rest } = sortOut(members, group.context);
  if (rest.length === 0) return { settled, lost: [] };
  const outcome = await settle(() => prepareAndLand(session, rest, group));
  const done = outcome.ok ? outcome.value : allFailed(rest.flat(), outcome.failure);
  return { settled: [...settled, ...done.settled], lost: done.lost };
}

function allFailed(members: readonly Located[], failure: Failure): Landed {
  const isRace = failure.kind === 'git' && failure.code === 'race';
  return isRace
    ? { settled: [], lost: members.map(({ intention }) => ({ intention, failure })) }
    : { settled: members.map(({ intention }) => failed(intention, failure)), lost: [] };
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
    if (left.every(({ intention, location }) => context.memory.knows(intention, location)))
      settled.push(...left.map((member) => markHeld(member, context)));
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
    const prepared = await prepareBranch(session.repository, members, group.context);
    settled.push(...prepared.settled);
    if (prepared.work !== undefined) works.push(prepared.work);
  }
  const landed = await settle(() => landBranches(session, works, group));
  const done = landed.ok ? landed.value : allFailed(works.flatMap(membersOf), landed.failure);
  return { settled: [...settled, ...done.settled], lost: done.lost };
}

function membersOf({ items, location }: BranchWork): readonly Located[] {
  return items.map(({ intention }) => ({ intention, location }));
}

function givenUp(failure: GitFailure): Failure {
  const { code, branch, repo } = failure;
  if (code === 'lease') return failure;
  const message = `push ${branch === undefined ? '' : `${branch} `}to ${repo}: somebody else was faster in each of ${maxAttempts} attempts; the next cycle tries again`;
  return { ...failure, message };
}

function commitsOf(located: readonly Located[]): readonly string[] {
  const commits = new Set<string>();
  for (const { location } of located) {
    commits.add(location.baseHead);
    if (location.branchHead !== undefined) commits.add(location.branchHead);
  }
  return [...commits];
}
