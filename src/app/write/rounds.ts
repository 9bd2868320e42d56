/** Attempt after attempt, until nobody is left who lost a race or stood behind a commit that the server refuses. */
import type { Failure } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { attempt } from './attempt.ts';
import { failed, type Settled } from './branch/context.ts';
import type { GroupContext } from './branch/landing.ts';
import type { Landed, Unlanded } from './branch/landed.ts';
import { locateMembers } from './located-members.ts';
import type { Located } from '../repository/locate.ts';
import type { RepositorySession } from '../repository/repositories.ts';

/** A branch may move under us this often before the next cycle has to try again. */
const maxAttempts = 4;
const firstBackOffMs = 150;

/** Refused commits that are found out in one cycle; the next one, which knows them, goes on. */
const maxRefused = 12;

/** So many in a row of which none is taken: the branch is closed, whoever writes to it. */
const maxRefusedInRow = 5;

/** Writes all members. Every round but those of a lost race leaves fewer of them. */
export async function writeInRounds(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  const tally = new Tally();
  let pending = members;
  for (let races = 0; pending.length > 0; ) {
    const done = await attempt(session, pending, group);
    settled.push(...done.settled, ...done.refused.map((refused) => settleRefused(refused, group)));
    tally.count(done);
    const { again, given } = tally.sortOut(done.hindered, group);
    settled.push(...given);
    if (done.lost.length > 0) races += 1;
    if (races === maxAttempts) settled.push(...done.lost.map(givenUp));
    const lost = races === maxAttempts ? [] : done.lost;
    const left = [...lost, ...again];
    const next = await settle(() => relocate(session, left, lost.length > 0 ? races : 0, group));
    if (!next.ok) return [...settled, ...left.map(({ intention }) => failed(intention, next.failure))];
    settled.push(...next.value.settled);
    pending = next.value.located;
  }
  return settled;
}

/** Where they are now; after a lost race the server has to be asked, a little later. */
async function relocate(
  session: RepositorySession,
  members: readonly Located[],
  races: number,
  { remote, context }: GroupContext,
): Promise<ReturnType<typeof locateMembers>> {
  const { clock, signal } = context;
  if (members.length === 0) return { located: [], settled: [] };
  if (races > 0) {
    session.forgetHeads();
    await clock.sleep(firstBackOffMs * 2 ** races * (0.5 + clock.random()), signal);
  }
  return locateMembers(members, remote, await session.heads(signal));
}

/** Whom the server refuses is told, and remembered until it wants to write something else. */
function settleRefused(refused: Unlanded, { context }: GroupContext): Settled {
  context.memory.keepRefusal(refused, refused.failure, context.clock.now());
  return failed(refused.intention, refused.failure);
}

/** What the server refused in this cycle. */
class Tally {
  #refused = 0;
  /** Branch -> what was refused since something was taken. */
  readonly #inRow = new Map<string, readonly Failure[]>();

  count({ settled, refused }: Landed): void {
    for (const { result } of settled) if (result.kind === 'committed') this.#inRow.delete(result.branch);
    for (const { location, failure } of refused) {
      this.#refused += 1;
      this.#inRow.set(location.branch, [...(this.#inRow.get(location.branch) ?? []), failure]);
    }
  }

  /** Those who are tried again, and what becomes of the others. */
  sortOut(
    hindered: readonly Located[],
    group: GroupContext,
  ): { readonly again: readonly Located[]; readonly given: readonly Settled[] } {
    const again: Located[] = [];
    const given: Settled[] = [];
    for (const member of hindered) {
      const inRow = this.#inRow.get(member.location.branch) ?? [];
      const failure = inRow.at(-1);
      if (failure !== undefined && inRow.length >= maxRefusedInRow)
        given.push(settleRefused({ ...member, failure }, group));
      else if (this.#refused >= maxRefused) given.push(failed(member.intention, notTried(member, group)));
      else again.push(member);
    }
    return { again, given };
  }
}

function notTried({ location }: Located, { remote }: GroupContext): Failure {
  const { branch } = location;
  const repo = remote.displayUrl;
  const message = `push ${branch} to ${repo}: the server refused ${maxRefused} other commits in this cycle; the next cycle goes on without them`;
  return { kind: 'git', code: 'rejected', repo, branch, message };
}

function givenUp({ intention, failure }: Unlanded): Settled {
  if (failure.kind !== 'git' || failure.code === 'lease') return failed(intention, failure);
  const { branch, repo } = failure;
  const message = `push ${branch === undefined ? '' : `${branch} `}to ${repo}: somebody else was faster in each of ${maxAttempts} attempts; the next cycle tries again`;
  return failed(intention, { ...failure, message });
}
