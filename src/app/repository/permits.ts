/** Whether the project of an Application lets it use a repository. */
import { withoutLogin } from '../../core/base/git-url.ts';
import { oncePerKey } from '../../core/base/once.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { makeSourceJudge, type SourceJudge } from '../../core/tenants/source-repos.ts';
import type { ProjectReader } from '../../ports/cluster.ts';

/** Throws `Failed` for a repository that is not permitted, and where that cannot be told. */
export type Permits = (wanted: { readonly repoURL: string; readonly project: string }) => Promise<void>;

export const permitsAll: Permits = () => Promise.resolve();

const unnamedProject = 'default'; // as in Argo CD

/** By `sourceRepos`, for one cycle: each project is read once. */
export function makeProjectPermits(projects: ProjectReader): Permits {
  const judgeOf = oncePerKey<SourceJudge>();
  return async ({ repoURL, project }) => {
    const name = project === '' ? unnamedProject : project;
    const judge = await judgeOf(name, async () => makeSourceJudge(await projects.sourceRepos(name)));
    if (judge(repoURL)) return;
    const repo = withoutLogin(repoURL).slice(0, 200);
    const message = `--enforce-projects: sourceRepos of AppProject ${name} do not permit ${repo}`;
    throw new Failed(configFailure(message, undefined, `${advice} ${name}`));
  };
}

const advice =
  'write to a repository that the project permits, or let an administrator add this one to sourceRepos of AppProject';
