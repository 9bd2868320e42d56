/** The branches that Applications are deployed from, and what we have committed to each. */
import { locateBase } from '../../app/repository/locate.ts';
import type { World } from '../../app/world.ts';
import { type Failure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { readConfig, type ReadConfigOptions } from '../../core/config/annotations.ts';
import type { GitWriteBack } from '../../core/config/annotations.ts';
import type { GitCycle, GitRemote, OwnHistory } from '../../ports/git.ts';
import { mapConcurrently } from '../../net/concurrent.ts';

export interface ReadBranch {
  readonly repository: string;
  readonly branch: string;
  readonly history: OwnHistory;
}

export interface ReadBranches {
  readonly branches: readonly ReadBranch[];
  /** One for each repository that could not be read. */
  readonly failures: readonly Failure[];
}

type Place = { readonly remote: GitRemote; readonly writeBack: GitWriteBack };

/** Each branch once, however many Applications write to it. Throws `Failed` where Applications cannot be listed. */
export async function readBranches(
  { cluster, git }: World,
  options: Omit<ReadConfigOptions, 'argocdNamespace'> & { readonly maxConcurrency: number },
  signal: AbortSignal,
): Promise<ReadBranches> {
  const view = cluster.openCycle();
  const { argocdNamespace, secrets } = view;
  const { applications } = await view.applications(signal);
  const cycle = git.openCycle(secrets, argocdNamespace);
  const failures: Failure[] = [];
  const places = new Map<string, Place>();
  for (const app of applications) {
    const { writeBack } = readConfig(app, { ...options, argocdNamespace });
    if (!writeBack.ok || writeBack.value.kind !== 'git') continue;
    const { repoURL, credentials, base = '' } = writeBack.value;
    const remote = await settle(() => cycle.remote({ repoURL, credentials, project: app.project }));
    if (remote.ok)
      places.set(`${remote.value.key} ${base}`, { remote: remote.value, writeBack: writeBack.value });
    else failures.push(remote.failure);
  }
  const byRepository = [...Map.groupBy(places.values(), ({ remote }) => remote.key).values()];
  const read = await mapConcurrently(byRepository, options.maxConcurrency, signal, (own, each) =>
    settle(() => readRepository(cycle, own, each)),
  );
  const branches = new Map<string, ReadBranch>();
  for (const outcomes of read) {
    for (const outcome of outcomes.ok ? outcomes.value : [fail<never>(outcomes.failure)]) {
      if (!outcome.ok) failures.push(outcome.failure);
      else branches.set(`${outcome.value.repository} ${outcome.value.branch}`, outcome.value);
    }
  }
  const distinct = new Map(failures.map((failure) => [failure.message, failure]));
  return { branches: [...branches.values()], failures: [...distinct.values()] };
}

async function readRepository(
  cycle: GitCycle,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Outcome<ReadBranch>[]> {
  const [first] = places;
  if (first === undefined) return [];
  const repository = await cycle.open(first.remote, signal);
  try {
    const heads = await repository.heads(signal);
    const found: Outcome<ReadBranch>[] = [];
    for (const { remote, writeBack } of places) {
      const base = locateBase(writeBack, remote, heads);
      if (!base.ok) {
        found.push(base);
        continue;
      }
      const history = await repository.ownHistory(base.value.baseHead, signal);
      found.push(succeed({ repository: remote.displayUrl, branch: base.value.base, history }));
    }
    return found;
  } finally {
    await repository.close();
  }
}
