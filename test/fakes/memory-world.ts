/** A cycle runner over plain ports in memory: Git repositories, a registry and a cluster that a test plays. */
import { filesInPlace } from './file-work.ts';
import type { Scope } from '../../src/app/trigger/trigger.ts';
import { makeRunCycle } from '../../src/app/cycle.ts';
import type { CycleOptions, World } from '../../src/app/world.ts';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { defaultCommitTemplate, defaultGroupTemplate } from '../../src/core/commit-message.ts';
import { makeEndpointTable } from '../../src/core/registries/registries.ts';
import type { ApplicationReport } from '../../src/core/report/report.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import type { Answer, ImageNeed } from '../../src/core/decide/needs.ts';
import type { ClusterCycle } from '../../src/ports/cluster.ts';
import { anApplication, valueOf } from '../core/builders.ts';
import { makeManualClock, whileTimePasses } from './clock.ts';
import { makeMemoryGit, type MemoryGit } from './memory-git.ts';

export const cycleTimeoutMs = 300_000;
export const values = (name: string, tag: string) => `image:\n  name: ghcr.io/acme/${name}\n  tag: ${tag}\n`;

/** An application that follows `ghcr.io/acme/<name>` and writes to `https://git.test/<repository>`. */
export function app(
  name: string,
  repository: string,
  path = `${name}/values.yaml`,
  branch = 'main',
  more: Readonly<Record<string, string>> = {},
): Application {
  const annotations = {
    'image-list': `web=ghcr.io/acme/${name}`,
    'write-back-method': 'git:repocreds',
    'write-back-target': `helmvalues:/${path}`,
    'git-repository': `https://git.test/${repository}`,
    'git-branch': branch,
    ...more,
  };
  return anApplication({
    name,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]),
    ),
    status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/${name}:1.0.0`] },
  });
}

/** `shared`: the repositories of another instance; `term`: of leadership, where there are several replicas. */
export function setUp(
  applications: readonly Application[],
  shared?: MemoryGit,
  options: Partial<CycleOptions> = {},
  as: (world: World) => World = (world) => world,
  term?: () => number,
) {
  const clock = makeManualClock();
  const own = makeMemoryGit(
    new Map(
      ['slow', 'good'].map((repository) => [
        `https://git.test/${repository}`,
        Object.fromEntries(applications.map(({ name }) => [`${name}/values.yaml`, values(name, '1.0.0')])),
      ]),
    ),
  );
  const git = shared ?? own;
  const asked: string[] = [];
  const events: string[] = [];
  const refreshed: string[] = [];
  const notices: { readonly name: string; readonly annotations: Readonly<Record<string, string | null>> }[] =
    [];
  let annotate = (): Promise<void> => Promise.resolve();
  let listed = applications;
  const configMaps: Record<string, Readonly<Record<string, string>> | Error | undefined> = {};
  let refresh = (): Promise<void> => Promise.resolve();
  let answer = (_repository: string, _need: ImageNeed): Promise<Answer> =>
    Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] });
  const unexpected = () => Promise.reject(new Error('not expected'));
  const cluster: ClusterCycle = {
    argocdNamespace: 'argocd',
    secrets: {
      secret: unexpected,
      configMap: (namespace, name) => {
        const values = configMaps[name];
        if (values instanceof Error) return Promise.reject(values);
        const found = values === undefined ? null : { namespace, name, labels: {}, type: '', values };
        return options.policies === undefined ? unexpected() : Promise.resolve(found);
      },
      argocdSecrets: unexpected,
    },
    projects: { project: unexpected, syncWindows: unexpected },
    applications: () => Promise.resolve({ applications: listed, problems: [] }),
    recordUpdate: ({ name }) => {
      events.push(name);
      return Promise.resolve();
    },
    application: () => Promise.resolve(null),
    clockReading: () => undefined,
    recordReverted: unexpected,
    recordFailing: unexpected,
    recordWithheld: unexpected,
    refreshApplication: ({ name }) => {
      refreshed.push(name);
      return refresh();
    },
    annotateApplication: ({ name }, annotations) => {
      notices.push({ name, annotations });
      return annotate();
    },
    patchApplication: unexpected,
  };
  const world: World = {
    cluster: { openCycle: () => cluster },
    registry: {
      openCycle: () => ({
        answer: (need) => {
          const { repository } = need;
          asked.push(repository);
          return answer(repository, need);
        },
      }),
      close: () => undefined,
    },
    git,
    files: filesInPlace,
    clock,
  };
  const told: ApplicationReport[] = [];
  const cycleOptions: CycleOptions = {
    endpoints: makeEndpointTable([]),
    defaultPlatform: 'linux/amd64',
    commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
    groupTemplate: valueOf(parseTemplate(defaultGroupTemplate)),
    maxConcurrency: 2,
    lingerMs: 2000,
    cycleTimeoutMs,
    onApplication: (report) => told.push(report),
    ...options,
  };
  const renew = () => Promise.resolve({ ...cycleOptions, ...(term === undefined ? {} : { term: term() }) });
  const runCycle = makeRunCycle(as(world), cycleOptions, renew);
  return {
    clock,
    git,
    /** One cycle by the clock of the world that `as` made. */
    runCycle,
    asked,
    events,
    refreshed,
    notices,
    annotates: (by: typeof annotate) => {
      annotate = by;
    },
    /** The data of a ConfigMap from now on; undefined: there is none. */
    sets: (name: string, data: Readonly<Record<string, string>> | Error | undefined) => {
      configMaps[name] = data;
    },
    list: (by: readonly Application[]) => {
      listed = by;
    },
    refreshes: (by: typeof refresh) => {
      refresh = by;
    },
    told,
    answers: (by: typeof answer) => {
      answer = by;
    },
    cycle: async (scope?: Scope) => {
      const begunMs = clock.monotonicMs();
      const report = await whileTimePasses(clock, runCycle(new AbortController().signal, scope));
      const writes = Object.fromEntries(
        report.applications.map(({ app: key, write, decisions }) => {
          const failed = decisions.find((decision) => decision.kind === 'failed');
          const failure = write?.kind === 'failed' ? write.failure : failed?.failure;
          return [key.replace('argocd/', ''), failure?.message ?? write?.kind ?? 'nothing'];
        }),
      );
      return { writes, report, tookMs: clock.monotonicMs() - begunMs };
    },
  };
}
