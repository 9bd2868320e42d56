/** AppProjects of one cycle: which repositories their Applications may use, and when these may be synced. */
import { oncePerKey } from '../core/base/once.ts';
import { configFailure, Failed } from '../core/base/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProjectReader, ProjectSources, SecretReader } from '../ports/cluster.ts';
import { within } from '../net/deadline.ts';
import { type ApiCall, parsedObject } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';
import {
  globalProjectsOf,
  readGlobalProjects as readWindowProjects,
} from '../core/policy/window/global-projects.ts';
import type { SyncWindow } from '../core/policy/window/sync-windows.ts';
import { type AppProject, readAppProject, sourcesOf, windowsOf } from './app-project.ts';
import { readGlobalProjects, selectsLabels } from './global-projects.ts';
import { isObjectName } from './secrets.ts';

/** Where AppProjects come from: an API, or files. null: there is none of that name. Throws `Failed`. */
export type GetProject = (name: string) => Promise<AppProject | null>;

/** As Argo CD judges: beside its own, a project has its scoped repositories and what its global projects say. */
export function makeProjectReader(
  getProject: GetProject,
  secrets: SecretReader,
  argocdNamespace: string,
): ProjectReader {
  const object = oncePerKey<AppProject | null>();
  const [sources, windows] = [oncePerKey<ProjectSources>(), oncePerKey<readonly SyncWindow[]>()];
  const world: Projects = {
    get: async (name) => (isObjectName(name) ? object(name, () => getProject(name)) : null),
    globalProjects: async () =>
      (await secrets.configMap(argocdNamespace, 'argocd-cm'))?.values['globalProjects'] ?? '',
    argocdNamespace,
  };
  return {
    project: (name) => sources(name, () => readSources(world, secrets, name)),
    syncWindows: (name) => windows(name, () => readWindows(world, name)),
  };
}

/** Each is asked for once. */
interface Projects {
  readonly get: GetProject;
  /** Of argocd-cm, as written. */
  readonly globalProjects: () => Promise<string>;
  readonly argocdNamespace: string;
}

async function readSources(world: Projects, secrets: SecretReader, name: string): Promise<ProjectSources> {
  const project = await world.get(name);
  if (project === null) throw missingSources(name, world.argocdNamespace);
  const own = sourcesOf(project);
  const scoped = await secrets.argocdSecrets('repository');
  const global = await globalSources(project, world);
  const sourceRepos = [
    ...own.sourceRepos,
    ...scoped.filter(({ values }) => values['project'] === name).map(({ values }) => values['url'] ?? ''),
    ...global.flatMap((one) => sourcesOf(one).sourceRepos),
  ];
  return { ...own, sourceRepos };
}

/** A global project that is not there ends the list, as in Argo CD. */
async function readWindows(world: Projects, name: string): Promise<readonly SyncWindow[]> {
  const project = await world.get(name);
  if (project === null) {
    const message = `there is no AppProject ${world.argocdNamespace}/${name.slice(0, 253)}`;
    throw new Failed(configFailure(message, undefined, missingAdvice));
  }
  const found = [...windowsOf(project)];
  for (const other of windowSources(project, await world.globalProjects())) {
    const global = await world.get(other);
    if (global === null) break;
    found.push(...windowsOf(global));
  }
  return found;
}

function windowSources({ name, labels }: AppProject, written: string): readonly string[] {
  const texts = Object.entries(labels).filter(
    (label): label is [string, string] => typeof label[1] === 'string',
  );
  return globalProjectsOf({ name, labels: Object.fromEntries(texts) }, readWindowProjects(written));
}

/** Stricter than Argo CD, which goes on without those that it cannot read: they may hold what is refused. */
async function globalSources(project: AppProject, world: Projects): Promise<readonly AppProject[]> {
  const found: AppProject[] = [];
  for (const { projectName, selector } of readGlobalProjects(await world.globalProjects())) {
    if (projectName === project.name || !selectsLabels(selector, project.labels)) continue;
    const global = await world.get(projectName);
    if (global === null) throw missingSources(projectName, world.argocdNamespace);
    found.push(global);
  }
  return found;
}

const maxObjectBytes = 4 << 20; // an object in etcd has at most 1.5 MiB

/** The AppProjects of a Kubernetes API. `deadlineMs`: for each question, with all its requests. */
export function makeKubeProjects(
  exchange: Exchange,
  argocdNamespace: string,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): GetProject {
  return async (name) => {
    const call = projectCall(name, argocdNamespace);
    const place = `/apis/argoproj.io/v1alpha1/namespaces/${encodeURIComponent(argocdNamespace)}`;
    const path = `${place}/appprojects/${encodeURIComponent(name)}`;
    const request = { method: 'GET', path, maxBodyBytes: maxObjectBytes } as const;
    const answer = await within(clock, deadlineMs, [], (signal) => exchange(call, request, signal));
    return answer.status === 404 ? null : readAppProject(call, parsedObject(successBody(call, answer)));
  };
}

function projectCall(name: string, namespace: string): ApiCall {
  return {
    doing: `read AppProject ${namespace}/${name}`,
    resource: `appprojects.argoproj.io ${namespace}/${name}`,
    advice: {
      forbidden: `allow verb "get" on "appprojects" of API group "argoproj.io" in namespace "${namespace}" by a Role, as in manifests/overlays/policies; window: argocd and --enforce-projects need it`,
    },
  };
}

const missingAdvice = 'create the AppProject, or name another one';

function missingSources(name: string, namespace: string): Failed {
  const message = `--enforce-projects: there is no AppProject ${namespace}/${name.slice(0, 253)}, so nothing says which repositories its Applications may use`;
  return new Failed(configFailure(message, undefined, missingAdvice));
}
