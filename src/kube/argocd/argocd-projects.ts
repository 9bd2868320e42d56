/** AppProjects in Argo CD's REST API. */
import { isRecord } from '../../core/base/json.ts';
import type { ProjectReader, ProjectSources } from '../../ports/cluster.ts';
import type { Clock } from '../../ports/clock.ts';
import { oncePerKey } from '../../core/base/once.ts';
import { within } from '../../net/deadline.ts';
import { type ApiCall, apiFailure, parsedObject } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { readAppProject } from '../projects.ts';

const maxBytes = 8 << 20; // with the clusters and repositories of the project

/** The server itself adds what global projects and the project's own repositories permit. */
export function makeArgocdProjects(
  exchange: Exchange,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): ProjectReader {
  const read = async (name: string): Promise<ProjectSources> => {
    const call = projectCall(name);
    const path = `/api/v1/projects/${encodeURIComponent(name)}/detailed`;
    const request = { method: 'GET', path, maxBodyBytes: maxBytes } as const;
    const answer = await within(clock, deadlineMs, [], (signal) => exchange(call, request, signal));
    const { project, globalProjects, repositories } = parsedObject(successBody(call, answer));
    const own = readAppProject(call, project);
    const sourceRepos = [
      ...own.sourceRepos,
      ...objects(call, globalProjects).flatMap((one) => readAppProject(call, one).sourceRepos),
      ...objects(call, repositories).flatMap(({ repo }) => (typeof repo === 'string' ? [repo] : [])),
    ];
    return { sourceRepos, sourceNamespaces: own.sourceNamespaces };
  };
  const once = oncePerKey<ProjectSources>();
  return { project: (name) => once(name, () => read(name)) };
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
        '--enforce-projects needs action "get" on resource "projects" for the account of the token; a project that does not exist looks like one that it may not see',
      'not-found': 'create the AppProject, or name another one',
    },
  };
}
