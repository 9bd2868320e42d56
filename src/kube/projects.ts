/** AppProjects of one cycle: which repositories their Applications may use. */
import { oncePerKey } from '../core/base/once.ts';
import { configFailure, Failed } from '../core/base/outcome.ts';
import { isRecord } from '../core/base/json.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProjectReader, ProjectSources, SecretReader } from '../ports/cluster.ts';
import { within } from '../net/deadline.ts';
import { type ApiCall, apiFailure, parsedObject } from './api/error.ts';
import { type Exchange, successBody } from './api/exchange.ts';
import { readGlobalProjects, selectsLabels } from './global-projects.ts';
import { isObjectName } from './secrets.ts';

export interface AppProject {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly sourceRepos: readonly string[];
  readonly sourceNamespaces: readonly string[];
}

/** Where AppProjects come from: an API, or files. null: there is none of that name. Throws `Failed`. */
export type GetProject = (name: string) => Promise<AppProject | null>;

/** As Argo CD judges: beside its own, a project has its scoped repositories and what its global projects permit. */
export function makeProjectReader(
  getProject: GetProject,
  secrets: SecretReader,
  argocdNamespace: string,
): ProjectReader {
  const object = oncePerKey<AppProject | null>();
  const once = oncePerKey<ProjectSources>();
  const get: GetProject = (name) => object(name, () => getProject(name));
  const read = async (name: string): Promise<ProjectSources> => {
    const project = isObjectName(name) ? await get(name) : null;
    if (project === null) throw missing(name, argocdNamespace);
    const scoped = await secrets.argocdSecrets('repository');
    const own = scoped.filter(({ values }) => values['project'] === name);
    const global = await globalProjects(project, get, secrets, argocdNamespace);
    const sourceRepos = [
      ...project.sourceRepos,
      ...own.map(({ values }) => values['url'] ?? ''),
      ...global.flatMap((one) => one.sourceRepos),
    ];
    return { sourceRepos, sourceNamespaces: project.sourceNamespaces };
  };
  return { project: (name) => once(name, () => read(name)) };
}

/** Stricter than Argo CD, which goes on without those that it cannot read: they may hold what is refused. */
async function globalProjects(
  project: AppProject,
  get: GetProject,
  secrets: SecretReader,
  argocdNamespace: string,
): Promise<readonly AppProject[]> {
  const settings = await secrets.configMap(argocdNamespace, 'argocd-cm');
  const found: AppProject[] = [];
  for (const { projectName, selector } of readGlobalProjects(settings?.values['globalProjects'] ?? '')) {
    if (projectName === project.name || !selectsLabels(selector, project.labels)) continue;
    const global = await get(projectName);
    if (global === null) throw missing(projectName, argocdNamespace);
    found.push(global);
  }
  return found;
}

/** Throws `Failed` for what is no AppProject. */
export function readAppProject(call: ApiCall, object: unknown): AppProject {
  const { metadata, spec = {} } = isRecord(object) ? object : {};
  const refuse = (problem: string): Failed => apiFailure(call, 'malformed', problem);
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string' || !isRecord(spec))
    throw refuse('the answer is no AppProject');
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  const textsOf = (key: 'sourceRepos' | 'sourceNamespaces'): readonly string[] => {
    const texts: unknown = spec[key] ?? [];
    if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
    throw refuse(`its ${key} are no list of texts`);
  };
  const [sourceRepos, sourceNamespaces] = [textsOf('sourceRepos'), textsOf('sourceNamespaces')];
  return { name: metadata['name'], labels, sourceRepos, sourceNamespaces };
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
      forbidden: `--enforce-projects needs verb "get" on "appprojects" of API group "argoproj.io" in namespace "${namespace}"; manifests/overlays/many-tenants has the Role`,
    },
  };
}

function missing(name: string, namespace: string): Failed {
  const message = `--enforce-projects: there is no AppProject ${namespace}/${name.slice(0, 253)}, so nothing says which repositories its Applications may use`;
  return new Failed(configFailure(message, undefined, 'create the AppProject, or name another one'));
}
