/** Whether the project of an Application lets it use a repository. */
import { withoutLogin } from '../../core/base/git-url.ts';
import { oncePerKey } from '../../core/base/once.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { projectName } from '../../core/config/application.ts';
import { makeNamespaceJudge } from '../../core/tenants/source-namespaces.ts';
import { makeSourceJudge } from '../../core/tenants/source-repos.ts';
import type { ClusterCycle, ProjectSources } from '../../ports/cluster.ts';

/** Throws `Failed` for a repository that is not permitted, and where that cannot be told. */
export type Permits = (wanted: {
  readonly repoURL: string;
  readonly project: string;
  /** Of the Application. */
  readonly namespace: string;
}) => Promise<void>;

export const permitsAll: Permits = () => Promise.resolve();

/** By the AppProjects of one cycle, each of which is read once. */
export function makeProjectPermits({
  projects,
  argocdNamespace,
}: Pick<ClusterCycle, 'projects' | 'argocdNamespace'>): Permits {
  const judgesFor = oncePerKey<Judges>();
  return async ({ repoURL, project, namespace }) => {
    const name = projectName({ project });
    const judges = await judgesFor(name, async () => judgesOf(await projects.project(name)));
    if (namespace !== argocdNamespace && !judges.isForNamespace(namespace)) throw foreign(name, namespace);
    if (!judges.permits(repoURL)) throw notPermitted(name, repoURL);
  };
}

interface Judges {
  readonly permits: (repoURL: string) => boolean;
  readonly isForNamespace: (namespace: string) => boolean;
}

function judgesOf({ sourceRepos, sourceNamespaces }: ProjectSources): Judges {
  return { permits: makeSourceJudge(sourceRepos), isForNamespace: makeNamespaceJudge(sourceNamespaces) };
}

function foreign(project: string, namespace: string): Failed {
  const message = `--enforce-projects: sourceNamespaces of AppProject ${project} do not admit Applications of namespace ${namespace}`;
  const advice = `name a project that is for this namespace, or let an administrator add it to sourceNamespaces of AppProject ${project}`;
  return new Failed(configFailure(message, undefined, advice));
}

function notPermitted(project: string, repoURL: string): Failed {
  const repo = withoutLogin(repoURL).slice(0, 200);
  const message = `--enforce-projects: sourceRepos of AppProject ${project} do not permit ${repo}`;
  const advice = `write to a repository that the project permits, or let an administrator add this one to sourceRepos of AppProject ${project}`;
  return new Failed(configFailure(message, undefined, advice));
}
