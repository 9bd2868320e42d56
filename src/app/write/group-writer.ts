/** Writes to one repository over one remote: those whom the server has refused before are tried last, and alone. */
import { settle } from '../../core/base/settle.ts';
import { failed, type Settled } from './branch/context.ts';
import { unitOf } from './branch/units.ts';
import type { GroupContext } from './branch/landing.ts';
import { locateMembers } from './located-members.ts';
import type { Located } from '../repository/locate.ts';
import { writeInRounds } from './rounds.ts';
import type { RepositorySession } from '../repository/repositories.ts';
import type { Refusal } from '../read/target-memory.ts';

/** Known refusals that are tried per branch and cycle, in turn: each costs a push. */
const maxTries = 3;

interface Suspect extends Located {
  readonly refusal: Refusal;
}

/** One result for each member. */
export async function writeGroup(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<readonly Settled[]> {
  const fresh: Located[] = [];
  const suspects: Suspect[] = [];
  for (const unit of Map.groupBy(members, ({ intention }) => unitOf(intention)).values()) {
    const refusal = unit
      .map((member) => group.context.memory.refusalOf(member))
      .find((one) => one !== undefined);
    if (refusal === undefined) fresh.push(...unit);
    else suspects.push(...unit.map((member) => ({ ...member, refusal })));
  }
  const settled = [...(await writeInRounds(session, fresh, group))];
  const others = fresh.map(({ intention, location }) => ({ intention, branch: location.branch }));
  const beside = { ...group, standing: [...group.standing, ...others] };
  for (const onBranch of Map.groupBy(suspects, ({ location }) => location.branch).values())
    settled.push(...(await trySuspects(session, onBranch, beside)));
  return settled;
}

/** Those who have waited longest; once one of them is taken, the server may have come to take the others too. */
async function trySuspects(
  session: RepositorySession,
  suspects: readonly Suspect[],
  group: GroupContext,
): Promise<readonly Settled[]> {
  const sorted = suspects.toSorted((a, b) => a.refusal.triedAtMs - b.refusal.triedAtMs);
  const inTurn = [...Map.groupBy(sorted, ({ intention }) => unitOf(intention)).values()];
  const settled: Settled[] = [];
  for (const [i, unit] of inTurn.slice(0, maxTries).entries()) {
    const results = await writeAgain(session, unit, group);
    settled.push(...results);
    if (results.some(({ result }) => result.kind === 'committed'))
      return [...settled, ...(await writeAgain(session, inTurn.slice(i + 1).flat(), group))];
  }
  return [
    ...settled,
    ...inTurn
      .slice(maxTries)
      .flat()
      .map((suspect) => stillRefused(suspect, group)),
  ];
}

async function writeAgain(
  session: RepositorySession,
  members: readonly Located[],
  group: GroupContext,
): Promise<readonly Settled[]> {
  const heads = await settle(() => session.heads(group.context.signal));
  if (!heads.ok) return members.map(({ intention }) => failed(intention, heads.failure));
  const { located, settled } = locateMembers(members, group.remote, heads.value);
  return [...settled, ...(await writeInRounds(session, located, group))];
}

function stillRefused({ refusal, ...member }: Suspect, { context }: GroupContext): Settled {
  context.memory.keepRefusal(member, refusal.failure, refusal.triedAtMs);
  return failed(member.intention, refusal.failure);
}
