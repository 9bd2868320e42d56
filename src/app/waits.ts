/** Whom a cycle waits for at this moment: every question to a registry, a Git server or the cluster that is not answered yet. */
import type { Clock } from '../ports/clock.ts';
import { optionalProperty } from '../core/base/optional-property.ts';
import type { Cluster, ClusterCycle } from '../ports/cluster.ts';
import type { Git, GitCycle, GitRepository } from '../ports/git.ts';
import type { Registry } from '../ports/registry.ts';
import type { World } from './world.ts';

export interface Wait {
  /** Registry or Git server and the repository there; what else it is. */
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

export class Waits {
  readonly #clock: Clock;
  /** In the order of their beginnings. */
  readonly #open = new Set<Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same world, whose answers are waited for in the open. */
  watching(world: World): World {
    return {
      ...world,
      cluster: this.#cluster(world.cluster),
      registry: this.#registry(world.registry),
      git: this.#git(world.git),
    };
  }

  /** Who has been waited for longest, and how many others; undefined: nobody. */
  longest(): { readonly wait: Wait; readonly others: number } | undefined {
    const [wait] = this.#open;
    return wait === undefined ? undefined : { wait, others: this.#open.size - 1 };
  }

  async #during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const wait: Wait = { what, sinceMs: this.#clock.now() };
    this.#open.add(wait);
    try {
      return await work();
    } finally {
      this.#open.delete(wait);
    }
  }

  #cluster(cluster: Cluster): Cluster {
    return {
      ...cluster,
      openCycle: () => {
        const cycle = cluster.openCycle();
        return {
          secrets: cycle.secrets,
          argocdNamespace: cycle.argocdNamespace,
          projects: cycle.projects,
          applications: (signal) =>
            this.#during('the list of Applications', () => cycle.applications(signal)),
          application: (namespace, name, signal) =>
            this.#during(`Application ${namespace}/${name}`, () =>
              cycle.application(namespace, name, signal),
            ),
          ...optionalProperty('specPast', this.#specPast(cycle)),
          clockReading: () => cycle.clockReading(),
          recordUpdate: (...event) => cycle.recordUpdate(...event),
          recordReverted: (...event) => cycle.recordReverted(...event),
          recordWithheld: (...event) => cycle.recordWithheld(...event),
          recordFailing: (...event) => cycle.recordFailing(...event),
          refreshApplication: (...refresh) => cycle.refreshApplication(...refresh),
          annotateApplication: (...notice) => cycle.annotateApplication(...notice),
          patchApplication: (...patch) => cycle.patchApplication(...patch),
        };
      },
    };
  }

  #specPast(cycle: ClusterCycle): ClusterCycle['specPast'] {
    if (cycle.specPast === undefined) return undefined;
    return (app, pointer, signal) =>
      this.#during(
        `Application ${app.namespace}/${app.name}`,
        async () => (await cycle.specPast?.(app, pointer, signal)) ?? null,
      );
  }

  #registry(registry: Registry): Registry {
    return {
      close: () => registry.close(),
      clockReading: () => registry.clockReading?.(),
      openCycle: (secrets) => {
        const cycle = registry.openCycle(secrets);
        return {
          answer: (need, signal) =>
            this.#during(`registry ${need.endpoint.prefix}, repository ${need.repository}`, () =>
              cycle.answer(need, signal),
            ),
        };
      },
    };
  }

  #git(git: Git): Git {
    return {
      close: () => git.close(),
      openCycle: (secrets, argocdNamespace) => this.#gitCycle(git.openCycle(secrets, argocdNamespace)),
    };
  }

  #gitCycle(cycle: GitCycle): GitCycle {
    return {
      remote: (wanted) => cycle.remote(wanted),
      open: async (remote, signal) => {
        const what = `Git repository ${remote.displayUrl}`;
        const repository = await this.#during(what, () => cycle.open(remote, signal));
        return this.#repository(what, repository);
      },
    };
  }

  /** Those of its doings that ask the server. */
  #repository(what: string, repository: GitRepository): GitRepository {
    return {
      ...repository,
      heads: (signal) => this.#during(what, () => repository.heads(signal)),
      fetch: (commits, signal) => this.#during(what, () => repository.fetch(commits, signal)),
      read: (commit, paths, signal) => this.#during(what, () => repository.read(commit, paths, signal)),
      ownHistory: (head, signal) => this.#during(what, () => repository.ownHistory(head, signal)),
      commitLog: (wanted, signal) => this.#during(what, () => repository.commitLog(wanted, signal)),
      fileHistory: (wanted, signal) => this.#during(what, () => repository.fileHistory(wanted, signal)),
      branchStanding: (head, base, signal) =>
        this.#during(what, () => repository.branchStanding(head, base, signal)),
      push: (requests, signal) => this.#during(what, () => repository.push(requests, signal)),
    };
  }
}
