/** Facts that only some policies ask for: sync windows of AppProjects, and Applications without an image-list. */
import type { Failure, Outcome } from '../../../core/base/outcome.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, type Application, appKey, projectName } from '../../../core/config/application.ts';
import { adviceFor } from '../../../core/report/advice.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import {
  matchingWindows,
  type SyncTarget,
  type SyncWindow,
} from '../../../core/policy/window/sync-windows.ts';
import type { SyncWindowFacts } from '../../../core/policy/window/window-clock.ts';
import type { PoliciesOf } from '../judge/policies.ts';

export interface Outside {
  /** Windows of an AppProject, with those of its global projects. */
  readonly windowsOfProject: (project: string) => Promise<Outcome<readonly SyncWindow[]>>;
  /** null: there is none. */
  readonly application: (namespace: string, name: string) => Promise<Outcome<Application | null>>;
  /** Where the Application deploys. */
  readonly targetOf: (app: Application) => SyncTarget;
}

/** The windows that match each Application; projects are read for those only that ask for them. */
export async function readSyncWindows(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
  { windowsOfProject, targetOf }: Outside,
): Promise<(app: Application) => SyncWindowFacts> {
  const projects = new Map<string, Outcome<readonly SyncWindow[]>>();
  for (const { app } of configs) {
    if (![...policiesOf(appKey(app)).values()].some(asksArgo)) continue;
    const project = projectName(app);
    if (!projects.has(project)) projects.set(project, await windowsOfProject(project));
  }
  return (app) => {
    const read = projects.get(projectName(app));
    if (read === undefined) return { kind: 'known', windows: [] };
    if (!read.ok) return { kind: 'unknown', why: withAdvice(read.failure) };
    return { kind: 'known', windows: matchingWindows(read.value, targetOf(app)) };
  };
}

/** Whoever lacks a right is told which. */
function withAdvice(failure: Failure): string {
  const advice = adviceFor(failure);
  return advice === undefined ? failure.message : `${failure.message}; ${advice}`;
}

function asksArgo({ windows = [] }: ImagePolicies): boolean {
  return windows.some(({ value }) => value.some(({ kind }) => kind === 'argocd'));
}

/** Sources of promotions that the list leaves out: one that cannot be read is as one that is not there. */
export async function readSources(
  configs: readonly AppConfig[],
  policiesOf: PoliciesOf,
  { application }: Outside,
): Promise<ReadonlyMap<AppKey, Application>> {
  const listed = new Set(configs.map(({ app }) => appKey(app)));
  const sources = configs.flatMap(({ app }) =>
    [...policiesOf(appKey(app)).values()].flatMap(({ promoteFrom = [] }) =>
      promoteFrom.flatMap(({ value }) => value),
    ),
  );
  const found = new Map<AppKey, Application>();
  const asked = new Set<AppKey>();
  for (const { namespace, name } of sources) {
    const key = appKey({ namespace, name });
    if (listed.has(key) || asked.has(key)) continue;
    asked.add(key);
    const read = await application(namespace, name);
    if (read.ok && read.value !== null) found.set(key, read.value);
  }
  return found;
}
