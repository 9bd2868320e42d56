/** What must be true of those that move together, or in turn. */
import type { Past, Played } from './rules.ts';

type Cycle = Pick<Played, 'apps' | 'wanted' | 'before' | 'after' | 'commits' | 'report'>;

/** Those that were written in the cycle. */
function movedIn({ before, after }: Cycle): readonly number[] {
  return [...after.targets.keys()].filter((index) => after.targets[index] !== before.targets[index]);
}

/** Members move together, to one version; a group is one of a project. */
export function groupFaults(cycle: Cycle): readonly string[] {
  const { apps, wanted, before, after } = cycle;
  const moved = movedIn(cycle);
  const grouped = [...apps.keys()].filter((index) => wanted[index]?.group !== undefined);
  const groups = Map.groupBy(grouped, (index) => `${apps[index]?.project} ${wanted[index]?.group}`);
  return [...groups].flatMap(([name, members]) => {
    const versions = new Set(members.map((index) => after.targets[index]));
    if (!members.some((index) => moved.includes(index)) || versions.size === 1) return [];
    const shown = (all: readonly string[]) => members.map((index) => `app${index} ${all[index]}`).join(', ');
    return [`the group ${name} is split: ${shown(before.targets)} -> ${shown(after.targets)}`];
  });
}

/** Applications of one repository that are written in a cycle are so by one commit. */
export function commitGroupFaults(cycle: Cycle): readonly string[] {
  const { apps, wanted, commits } = cycle;
  const members = movedIn(cycle).filter(
    (index) => wanted[index]?.has('commit-group') === true && apps[index]?.method === 'git',
  );
  return [...Map.groupBy(members, (index) => apps[index]?.repository)].flatMap(([, together]) => {
    const isWhole = commits.some((written) => together.every((index) => written.includes(index)));
    return isWhole ? [] : [`the commit group is split: ${together.map((index) => `app${index}`).join(', ')}`];
  });
}

/** Until a version is proven somewhere, not more than the first ones have it. */
export function rolloutFaults(cycle: Cycle, { proofs }: Pick<Past, 'proofs'>): readonly string[] {
  const { apps, wanted, after } = cycle;
  const cohort = [...apps.keys()].filter((index) => wanted[index]?.has('rollout') === true);
  const moved = movedIn(cycle).filter((index) => {
    const own = wanted[index];
    return cohort.includes(index) && own?.group === undefined && own?.isPinned === false;
  });
  const byVersion = Map.groupBy(moved, (index) => `${apps[index]?.image} ${after.targets[index]}`);
  return [...byVersion.values()].flatMap((movers) => {
    const [first = 0] = movers;
    const app = apps[first];
    const version = after.targets[first] ?? '';
    if (app === undefined) return [];
    const peers = cohort.filter((index) => apps[index]?.image === app.image);
    const share = Math.max(
      ...peers.map((index) => sizeOf(wanted[index]?.all('rollout')[0] ?? '', peers.length)),
    );
    const holds = ({ targets }: Played['after'], index: number) => targets[index] === version;
    const isThere = (index: number) =>
      wanted[index]?.group === undefined &&
      !isStopped(index, cycle) &&
      (holds(cycle.before, index) || holds(after, index));
    const there = peers.filter((index) => isThere(index));
    const isProven = peers.some((index) => proofs.has(index, version));
    return there.length <= share || isProven
      ? []
      : [`${there.length} of ${peers.length} have ${version} first`];
  });
}

function sizeOf(text: string, members: number): number {
  if (text === 'one-first') return 1;
  const number = Number.parseInt(text, 10);
  return text.endsWith('%') ? Math.ceil((number * members) / 100) : number;
}

/** Something else than its turn withholds it, such as a hold, or a pin to a version that is not there: nobody waits for it. */
function isStopped(index: number, { report, apps }: Cycle): boolean {
  const own = report.applications.find(({ app }) => app === `argocd/${apps[index]?.name}`);
  return (own?.decisions ?? []).some(
    (decision) =>
      decision.kind === 'failed' ||
      ((decision.kind === 'held' || decision.kind === 'waiting') && decision.reason.code !== 'rollout'),
  );
}
