/** Stage 7 for Git: the intentions for one repository, written with one push for each way into it. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { GitIntention } from '../../core/plan.ts';
import { type Claimant, findConflictFailures } from './branch/conflicts.ts';
import { failWithUnit } from './branch/units.ts';
import { refusedMembers } from './refused-members.ts';
import { failed, type Settled, type WriteContext } from './branch/context.ts';
import { writeGroup } from './group-writer.ts';
import { locateMembers } from './located-members.ts';
import { type Located, standingBranch } from '../repository/locate.ts';
import type { GitHeads, GitRemote } from '../../ports/git.ts';
import { settle } from '../../core/base/settle.ts';
import type { Written } from './written.ts';

/** Writes a batch of intentions for one repository; one result per intention, in order. */
export async function writeBatch(
  intentions: readonly GitIntention[],
  context: WriteContext,
): Promise<readonly Written[]> {
  const settled = await writeAll(intentions, context);
  const results = new Map(settled.map((one) => [one.intention, one]));
  return intentions.map((intention) => {
    const one = results.get(intention);
    if (one === undefined) throw new Error(`no result for ${intention.key}`);
    const { result, warnings = [], stale, message } = one;
    return {
      result,
      changes: intention.changes,
      warnings,
      ...optionalProperty('stale', stale),
      ...optionalProperty('message', message),
    };
  });
}

/** Those who reach the repository in the same way. */
interface RemoteGroup {
  readonly remote: GitRemote;
  readonly members: readonly GitIntention[];
}

/** The same, with the branches of each. */
interface LocatedGroup {
  readonly remote: GitRemote;
  readonly heads: GitHeads;
  readonly members: readonly Located[];
}

interface Sorted<Group> {
  readonly settled: readonly Settled[];
  readonly groups: readonly Group[];
}

/** Nothing is pushed before every group's branches are known, and with them whose claims conflict. */
async function writeAll(
  intentions: readonly GitIntention[],
  context: WriteContext,
): Promise<readonly Settled[]> {
  const reached = await groupByRemote(intentions, context);
  const located = await locateGroups(reached.groups, context);
  const [first] = located.groups;
  const settled = [...reached.settled, ...located.settled];
  if (first === undefined) return settled;
  const refused = refusedMembers(located.groups);
  for (const [intention, failure] of refused) settled.push(failed(intention, failure));
  const wanting = located.groups
    .flatMap(({ members }) => members.map(claimant))
    .filter(({ intention }) => !refused.has(intention));
  const standing = standingClaimants(context.standing, first.heads);
  const conflicting = findConflictFailures(wanting, standing);
  const others = failWithUnit(
    wanting.map(({ intention }) => intention),
    conflicting,
  );
  const conflicts = new Map([...conflicting, ...others]);
  for (const [intention, failure] of conflicts) settled.push(failed(intention, failure));
  for (const { remote, members } of located.groups) {
    const left = members.filter(({ intention }) => !conflicts.has(intention) && !refused.has(intention));
    if (left.length === 0) continue;
    const outcome = await settle(() =>
      context.repositories.use(remote, (session) => writeGroup(session, left, { remote, standing, context })),
    );
    if (outcome.ok) settled.push(...outcome.value);
    else settled.push(...left.map(({ intention }) => failed(intention, outcome.failure)));
  }
  return settled;
}

function claimant({ intention, location }: Located): Claimant {
  return { intention, branch: location.branch };
}

function standingClaimants(intentions: readonly GitIntention[], heads: GitHeads): readonly Claimant[] {
  return intentions.flatMap((intention) => {
    const branch = standingBranch(intention, heads);
    return branch === undefined ? [] : { intention, branch };
  });
}

async function groupByRemote(
  intentions: readonly GitIntention[],
  { repositories }: WriteContext,
): Promise<Sorted<RemoteGroup>> {
  const settled: Settled[] = [];
  const groups = new Map<string, { remote: GitRemote; members: GitIntention[] }>();
  const ordered = intentions.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const remotes = await Promise.all(
    ordered.map(async (intention) => {
      const { repoURL, credentials } = intention.writeBack;
      const { project, namespace } = intention.app;
      const wanted = { repoURL, credentials, project, namespace };
      return { intention, remote: await settle(() => repositories.remote(wanted)) };
    }),
  );
  for (const { intention, remote } of remotes) {
    if (!remote.ok) {
      settled.push(failed(intention, remote.failure));
      continue;
    }
    const group = groups.get(remote.value.key) ?? { remote: remote.value, members: [] };
    group.members.push(intention);
    groups.set(remote.value.key, group);
  }
  return { settled, groups: [...groups.values()] };
}

async function locateGroups(
  groups: readonly RemoteGroup[],
  { repositories, signal }: WriteContext,
): Promise<Sorted<LocatedGroup>> {
  const settled: Settled[] = [];
  const located: LocatedGroup[] = [];
  for (const { remote, members } of groups) {
    const heads = await settle(() => repositories.use(remote, (session) => session.heads(signal)));
    if (!heads.ok) {
      settled.push(...members.map((intention) => failed(intention, heads.failure)));
      continue;
    }
    const found = locateMembers(
      members.map((intention) => ({ intention })),
      remote,
      heads.value,
    );
    settled.push(...found.settled);
    located.push({ remote, heads: heads.value, members: found.located });
  }
  return { settled, groups: located };
}
