/** A world in which nothing is pushed or patched once another replica may lead. */
import { Failed } from '../../core/base/outcome.ts';
import type { Cluster, ClusterCycle } from '../../ports/cluster.ts';
import type { Git, GitCycle, GitRemote, GitRepository, PushResult } from '../../ports/git.ts';

const message = 'not written: this replica does not lead any more';

/** `leads` is asked right before each push. */
export function fencedGit(git: Git, leads: () => boolean): Git {
  return {
    openCycle: (secrets, argocdNamespace) => fencedCycle(git.openCycle(secrets, argocdNamespace), leads),
    close: () => git.close(),
  };
}

function fencedCycle(cycle: GitCycle, leads: () => boolean): GitCycle {
  return {
    remote: (wanted) => cycle.remote(wanted),
    open: async (remote: GitRemote, signal) => fencedRepository(await cycle.open(remote, signal), leads),
  };
}

function fencedRepository(repository: GitRepository, leads: () => boolean): GitRepository {
  return {
    ...repository,
    push: async (requests, signal) => {
      if (leads()) return repository.push(requests, signal);
      return requests.map(({ branch }): PushResult => ({ branch, ok: false, code: 'not-leader', message }));
    },
  };
}

/** `leads` is asked right before each patch is sent, also before a repeated one. */
export function fencedCluster(cluster: Cluster, leads: () => boolean): Cluster {
  return {
    ...cluster,
    openCycle: () => {
      const cycle = cluster.openCycle();
      return { ...cycle, patchApplication: fencedPatch(cycle, leads) };
    },
  };
}

function fencedPatch(cycle: ClusterCycle, leads: () => boolean): ClusterCycle['patchApplication'] {
  return (app, compute, signal) => {
    const resource = `applications.argoproj.io ${app.namespace}/${app.name}`;
    const guarded = (live: unknown) => {
      const operations = compute(live);
      // what is there already needs no patch, and may be the one that was just made
      if (operations.length > 0 && !leads())
        throw new Failed({ kind: 'kube', code: 'not-leader', message, resource });
      return operations;
    };
    return cycle.patchApplication(app, guarded, signal);
  };
}
