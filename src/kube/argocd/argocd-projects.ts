/** AppProjects in Argo CD's REST API. */
import { isRecord } from '../../core/base/json.ts';
import type { ProjectReader, ProjectSources } from '../../ports/cluster.ts';
import type { Clock } from '../../ports/clock.ts';
import { oncePerKey } from '../../core/base/once.ts';
import { within } from '../../net/deadline.ts';
import { type ApiCall, apiFailure, parsedObject } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { type AppProject, readAppProject, sourcesOf, windowsOf } from '../app-project.ts';

const maxBytes = 8 << 20; // with the clusters and repositories of the project

/** The server itself adds the global projects and the project's own repositories. */
export function makeArgocdProjects(
  exchange: Exchange,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): ProjectReader {
  const read = async (name: string): Promise<DetailedProject> => {
    const call = projectCall(name);
    const path = `/api/v1/projects/${encodeURIComponent(name)}/detailed`;
    const request = { method: 'GET', path, maxBodyBytes: maxBytes } as const;
    const answer = await within(clock, deadlineMs, [], (signal) => exchange(call, request, signal));
    const { project, globalProjects, repositories } = parsedObject(successBody(call, answer));
    return {
      own: readAppProject(call, project),
      global: objects(call, globalProjects).map((one) => readAppProject(call, one)),
      repositories: objects(call, repositories),
    };
  };
  const once = oncePerKey<DetailedProject>();
  const get = (name: string): Promise<DetailedProject> => once(name, () => read(name));
  return {
    project: async (name) => sourcesOfAll(await get(name)),
    syncWindows: async (name) => {
      const { own, global } = await get(name);
      return [own, ...global].flatMap(windowsOf);
    },
  };
}

/** A project and what counts for it as well. */
interface DetailedProject {
  readonly own: AppProject;
  readonly global: readonly AppProject[];
  readonly repositories: readonly Readonly<Record<string, unknown>>[];
}

function sourcesOfAll({ own, global, repositories }: DetailedProject): ProjectSources {
  const { sourceRepos, sourceNamespaces } = sourcesOf(own);
  const shared = global.flatMap((one) => sourcesOf(one).sourceRepos);
  const scoped = repositories.flatMap(({ repo }) => (typeof repo === 'string' ? [repo] : []));
  return { sourceRepos: [...sourceRepos, ...shared, ...scoped], sourceNamespaces };
}

/** Empty lists come as null, or not at all. */
function objects(call: ApiCall, value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: unknown = value ?? [];
  if (Array.isArray(list) && list.every(isRecord)) return list;
  throw apiFailure(call, 'malformed', 'the answer is no AppProject');
}

function projectCall(name: string): ApiCall {
  return {
    doing: `read AppProject ${name.slice(0, 253)} of the Argo CD API`,
    resource: `projects ${name.slice(0, 253)}`,
    advice: {
      unauthorized: 'give a valid token with ARGOCD_TOKEN or --argocd-auth-token',
      forbidden:
        'allow action "get" on resource "projects" to the account of the token; window: argocd and --enforce-projects need it, and a project that does not exist looks like one that it may not see',
      'not-found': 'create the AppProject, or name another one',
    },
  };
}
