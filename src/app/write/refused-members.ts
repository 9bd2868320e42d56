/** Members of a commit group that cannot share its commit (spec/policies.md 6.4). */
import type { Failure } from '../../core/base/outcome.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { GitRemote } from '../../ports/git.ts';
import type { Located } from '../repository/locate.ts';

/** Those who reach the repository in the same way. */
interface LocatedGroup {
  readonly remote: Pick<GitRemote, 'key'>;
  readonly members: readonly Located[];
}

interface Member extends Located {
  readonly remoteKey: string;
}

/** Who has other credentials than the first could not push its commit; those of several branches make no commit at all. */
export function refusedMembers(groups: readonly LocatedGroup[]): ReadonlyMap<GitIntention, Failure> {
  const all = groups.flatMap(({ remote, members }) =>
    members.map((member): Member => ({ ...member, remoteKey: remote.key })),
  );
  const failures = new Map<GitIntention, Failure>();
  const units = Map.groupBy(all, ({ intention }) => intention.together?.id);
  units.delete(undefined);
  for (const unit of units.values()) {
    const inOrder = unit.toSorted((a, b) => (a.intention.key < b.intention.key ? -1 : 1));
    const [first] = inOrder;
    if (first === undefined) continue;
    const others = inOrder.filter(({ remoteKey }) => remoteKey !== first.remoteKey);
    for (const { intention } of others) failures.set(intention, otherCredentials(intention, first));
    const pushing = inOrder.filter((member) => !others.includes(member));
    if (new Set(pushing.map(({ location }) => location.branch)).size < 2) continue;
    for (const { intention } of pushing) failures.set(intention, otherBranches(intention, pushing));
  }
  return failures;
}

function otherCredentials({ key, together }: GitIntention, first: Member): Failure {
  const message = `commit-group ${together?.name}: its commit is pushed with the credentials of ${first.intention.key}; ${key} has others`;
  return { kind: 'config', message, annotation: 'commit-group' };
}

function otherBranches({ together }: GitIntention, members: readonly Member[]): Failure {
  const branches = members.map(({ intention, location }) => `${location.branch} of ${intention.key}`);
  const message = `commit-group ${together?.name}: git-branch gives its members several branches: ${branches.join(', ')}`;
  return { kind: 'config', message, annotation: 'git-branch' };
}
