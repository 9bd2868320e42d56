/** A world in which everything is done but the last step: nothing is pushed, patched or announced. */
import type { JsonPatchOperation } from '../core/live-patch.ts';
import { optionalProperty } from '../core/base/optional-property.ts';
import type { Cluster, ClusterCycle } from '../ports/cluster.ts';
import type { Git, GitCycle, GitRepository } from '../ports/git.ts';
import { emptyMemory } from '../core/policy/memory/memory.ts';
import type { PolicyMemory } from '../ports/policy-memory.ts';
import type { World } from './world.ts';

export function rehearsing(world: World): World {
  const { cluster, git, cacheMemory } = world;
  return {
    ...world,
    cluster: rehearsingCluster(cluster),
    git: rehearsingGit(git),
    ...(cacheMemory === undefined ? {} : { cacheMemory: rehearsingMemory(cacheMemory) }),
  };
}

/** Commits are made in the mirror, since what follows may build on them; the server never hears of them. */
function rehearsingGit(git: Git): Git {
  return {
    openCycle: (secrets, argocdNamespace) => rehearsingCycle(git.openCycle(secrets, argocdNamespace)),
    close: () => git.close(),
  };
}

function rehearsingCycle(cycle: GitCycle): GitCycle {
  return {
    remote: (wanted) => cycle.remote(wanted),
    open: async (remote, signal) => rehearsingRepository(await cycle.open(remote, signal)),
  };
}

function rehearsingRepository(repository: GitRepository): GitRepository {
  return {
    ...repository,
    rehearses: true,
    push: (requests) => Promise.resolve(requests.map(({ branch }) => ({ branch, ok: true }))),
  };
}

function rehearsingCluster(cluster: Cluster): Cluster {
  return {
    ...cluster,
    ...(cluster.policyMemory === undefined ? {} : { policyMemory: rehearsingMemory(cluster.policyMemory) }),
    openCycle: () => {
      const cycle = cluster.openCycle();
      return {
        secrets: cycle.secrets,
        projects: cycle.projects,
        argocdNamespace: cycle.argocdNamespace,
        applications: (signal) => cycle.applications(signal),
        application: (namespace, name, signal) => cycle.application(namespace, name, signal),
        ...optionalProperty('specPast', cycle.specPast?.bind(cycle)),
        clockReading: () => cycle.clockReading(),
        recordUpdate: () => Promise.resolve(),
        recordReverted: () => Promise.resolve(),
        recordWithheld: () => Promise.resolve(),
        recordFailing: () => Promise.resolve(),
        refreshApplication: () => Promise.resolve(),
        annotateApplication: () => Promise.resolve(),
        patchApplication: rehearsedPatch(cycle),
      };
    },
  };
}

/** What is remembered is read, and not written. */
function rehearsingMemory(memory: PolicyMemory): PolicyMemory {
  return {
    place: memory.place,
    read: (signal) => memory.read(signal),
    write: () => Promise.resolve(emptyMemory),
  };
}

/** The adapter is told that nothing needs to be changed, and what would be is kept. */
function rehearsedPatch(cycle: ClusterCycle): ClusterCycle['patchApplication'] {
  return async (app, compute, signal) => {
    let operations: readonly JsonPatchOperation[] = [];
    const nothing = (live: unknown): readonly JsonPatchOperation[] => {
      operations = compute(live);
      return [];
    };
    const patched = await cycle.patchApplication(app, nothing, signal);
    return operations.length === 0 ? patched : { kind: 'rehearsed', operations };
  };
}
