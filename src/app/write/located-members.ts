/** The branches of those who write over one remote. */
import type { GitIntention } from '../../core/plan.ts';
import type { GitHeads, GitRemote } from '../../ports/git.ts';
import { locate, type Located } from '../repository/locate.ts';
import { failed, type Settled } from './branch/context.ts';

export interface LocatedMembers {
  readonly located: readonly Located[];
  /** Those who have no branch to start from, or none to write to. */
  readonly settled: readonly Settled[];
}

export function locateMembers(
  members: readonly { readonly intention: GitIntention }[],
  remote: GitRemote,
  heads: GitHeads,
): LocatedMembers {
  const located: Located[] = [];
  const settled: Settled[] = [];
  for (const { intention } of members) {
    const location = locate(intention, remote, heads);
    if (location.ok) located.push({ intention, location: location.value });
    else settled.push(failed(intention, location.failure));
  }
  return { located, settled };
}
