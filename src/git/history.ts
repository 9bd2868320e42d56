/** Whose commits a branch has beyond its base, from a history that is fetched for this question alone. */
import type { CommitSettings } from './commit.ts';
import { cleanIdentity } from './commit.ts';
import { fetchHistory } from './fetch.ts';
import type { Session } from './session.ts';

const maxCommits = 200;

/**
 * True if this person is the committer of every commit that the branch has and base has not. False also where that
 * cannot be told: both histories are cut after `maxCommits`. In the mirror, commits without their trees would spoil
 * later fetches, for the server leaves out what they hold.
 */
export async function isBranchOf(
  person: CommitSettings['author'],
  session: Session,
  branchHead: string,
  baseHead: string,
  signal: AbortSignal,
): Promise<boolean> {
  const committers = await session.apart(async (empty) => {
    await fetchHistory(empty, [branchHead, baseHead], maxCommits, signal);
    const range = [`--max-count=${maxCommits}`, branchHead, '--not', baseHead];
    const args = ['log', '--format=%cn <%ce>', ...range, '--'];
    const { stdout } = await empty.local({ doing: 'read', args, signal });
    return stdout.toString().split('\n').slice(0, -1);
  });
  // Where the history is cut, it is cut after so many commits: fewer of them are all there are.
  if (committers.length >= maxCommits) return false;
  const { name, email } = cleanIdentity(person);
  return committers.every((committer) => committer === `${name} <${email}>`);
}
