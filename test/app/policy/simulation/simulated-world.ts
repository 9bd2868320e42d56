/** A world in memory that a story happens to: registry, Git, cluster and memory, with a runner of cycles over them. */
import { makeRunCycle } from '../../../../src/app/cycle.ts';
import type { PolicyWishes } from '../../../../src/app/policy/kept-policies.ts';
import type { Scope } from '../../../../src/app/trigger/trigger.ts';
import type { World } from '../../../../src/app/world.ts';
import { defaultCommitTemplate, defaultGroupTemplate } from '../../../../src/core/commit-message.ts';
import { annotationPrefix } from '../../../../src/core/config/annotations.ts';
import type { AppKey, Application } from '../../../../src/core/config/application.ts';
import type { PolicyKey } from '../../../../src/core/config/keys/policy-keys.ts';
import { emptyMemory, printMemory, readMemory } from '../../../../src/core/policy/memory/memory.ts';
import { makeEndpointTable } from '../../../../src/core/registries/registries.ts';
import type { CycleReport } from '../../../../src/core/report/report.ts';
import { parseTemplate } from '../../../../src/core/template/template.ts';
import type { ClusterCycle } from '../../../../src/ports/cluster.ts';
import type { PolicyMemory } from '../../../../src/ports/policy-memory.ts';
import { anApplication, valueOf } from '../../../core/builders.ts';
import { whileTimePasses } from '../../../fakes/clock.ts';
import { type Json, jsonPatch } from '../../../fakes/kube/json.ts';
import { makeMemoryGit } from '../../../fakes/memory-git.ts';
import { setUp, values } from '../../../fakes/memory-world.ts';
import { Deployment } from './deployment.ts';
import { movingTag, SimulatedRegistry } from './registry.ts';
import {
  type Defaults,
  type Health,
  images,
  minuteMs,
  type Plan,
  type ProjectWindow,
  repositories,
  type Story,
} from './story.ts';

const holdsName = 'argocd-image-updater-holds';
const settingsName = 'argocd-image-updater-config';

export interface SimulatedApp extends Plan {
  readonly name: string;
  readonly deployment: Deployment;
  /** Write-back method argocd: what its spec holds. */
  spec: string;
}

export class SimulatedWorld {
  readonly apps: readonly SimulatedApp[];
  readonly registry = new SimulatedRegistry();
  readonly held = new Set<number>();
  isFrozen = false;
  /** Annotations that are no more there. */
  readonly removed = new Set<string>();
  memoryText = '';
  readonly scene: ReturnType<typeof setUp>;
  readonly #git: ReturnType<typeof makeMemoryGit>;
  #world: World | undefined;
  #runCycle: ReturnType<typeof makeRunCycle>;
  readonly #patched: (readonly number[])[] = [];
  readonly #wishes: PolicyWishes;
  readonly #defaults: Defaults;
  readonly #windows: readonly ProjectWindow[];

  constructor({ apps: plans, perHour, defaults, windows }: Omit<Story, 'scenes'>) {
    this.#defaults = defaults;
    this.#windows = windows;
    const flags = new Map(Object.entries(defaults.flags)) as ReadonlyMap<PolicyKey, string>;
    const limit = { value: perHour ?? 0, source: '--max-commits-per-hour' };
    this.#wishes = {
      flags,
      cycleMs: 2 * minuteMs,
      seesAll: true,
      ...(perHour === undefined ? {} : { maxCommitsPerHour: limit }),
    };
    for (const image of images) this.registry.push(image, 0, 0);
    const named = plans.map((plan, i) => ({
      ...plan,
      name: `app${i}`,
      spec: this.registry.version(plan, 0),
    }));
    this.#git = makeMemoryGit(
      new Map(
        repositories.map((url, i) => [url, filesIn(named.filter(({ repository }) => repository === i))]),
      ),
    );
    this.scene = setUp([], this.#git, { policies: this.#wishes }, (world) => (this.#world = world));
    this.apps = named.map((app) => ({ ...app, deployment: new Deployment(app.spec, this.trueMs) }));
    this.scene.answers(this.registry.answer);
    this.#runCycle = this.#start();
    for (const index of this.apps.keys()) this.sync(index);
  }

  /** By the clock of the program. */
  get nowMs(): number {
    return this.scene.clock.now();
  }

  /** By that of everybody else. */
  get trueMs(): number {
    return this.scene.clock.monotonicMs();
  }

  /** What Argo CD would deploy of each. */
  get bases(): readonly string[] {
    return this.apps.map((app) => (app.method === 'argocd' ? app.spec : (this.#read(app, 'main') ?? '')));
  }

  /** What stands where each is written to. */
  get targets(): readonly string[] {
    const bases = this.bases;
    return this.apps.map((app, index) => {
      const written = app.method === 'branch' ? this.#read(app, branchOf(app.name)) : undefined;
      return written ?? bases[index] ?? '';
    });
  }

  /** Of ours since it was asked last: each with the Applications that it writes. */
  takeCommits(): readonly (readonly number[])[] {
    const commits = repositories.flatMap((url, at) =>
      this.#git
        .takePushed(url)
        .map(({ paths }) =>
          this.apps.flatMap(({ name, repository }, index) =>
            repository === at && paths.includes(fileOf(name)) ? [index] : [],
          ),
        ),
    );
    return [...commits, ...this.#patched.splice(0)];
  }

  /** Somebody commits, or edits the spec. */
  writes(index: number, version: string): void {
    const app = this.apps[index];
    if (app === undefined || this.bases[index] === version) return;
    if (app.method === 'argocd') app.spec = version;
    else {
      const url = repositories[app.repository] ?? '';
      const texts = { [fileOf(app.name)]: values(`image${app.image}`, version) };
      this.#git.commit(url, `somebody ${this.#git.messages(url).length}`, texts);
    }
  }

  /** Argo CD deploys what is there for it. */
  sync(index: number, fails = false): void {
    const app = this.apps[index];
    if (app === undefined) return;
    const revision = this.#git.head(repositories[app.repository] ?? '') ?? '';
    app.deployment.sync(this.bases[index] ?? '', revision, this.trueMs, fails);
  }

  becomes(index: number, health: Health): void {
    this.apps[index]?.deployment.becomes(health, this.trueMs);
  }

  restart(isMemoryLost: boolean): void {
    if (isMemoryLost) this.memoryText = '';
    this.#runCycle = this.#start();
  }

  async cycle(onlyFor?: number): Promise<CycleReport> {
    this.scene.list(this.apps.map((_, i) => this.#application(i)));
    const entries = [...this.held].map((i) => [`argocd.app${i}`, 'true'] as const);
    const freeze = this.isFrozen ? { freeze: 'reason="incident"' } : {};
    this.scene.sets(holdsName, { ...Object.fromEntries(entries), ...freeze });
    this.scene.sets(settingsName, { defaults: JSON.stringify({ projects: { team: this.#defaults.team } }) });
    const app = onlyFor === undefined ? undefined : this.apps[onlyFor % this.apps.length];
    const scope: Scope | undefined =
      app === undefined ? undefined : { kind: 'some', apps: new Set([`argocd/${app.name}` as AppKey]) };
    return await whileTimePasses(this.scene.clock, this.#runCycle(new AbortController().signal, scope));
  }

  #read({ name, repository }: SimulatedApp, branch: string): string | undefined {
    const text = this.#git.file(repositories[repository] ?? '', fileOf(name), branch);
    return text === undefined ? undefined : /tag: (.*)/.exec(text)?.[1];
  }

  #start(): ReturnType<typeof makeRunCycle> {
    if (this.#world === undefined) throw new Error('no world');
    const world = this.#world;
    return makeRunCycle(
      { ...world, cluster: { openCycle: () => this.#cluster(world) }, cacheMemory: this.#memory() },
      {
        endpoints: makeEndpointTable([]),
        defaultPlatform: 'linux/amd64',
        commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
        groupTemplate: valueOf(parseTemplate(defaultGroupTemplate)),
        maxConcurrency: 2,
        lingerMs: 1000,
        cycleTimeoutMs: 300_000,
        policies: this.#wishes,
      },
    );
  }

  #cluster({ cluster }: World): ClusterCycle {
    const opened = cluster.openCycle();
    const { trueMs, nowMs } = this;
    return {
      ...opened,
      clockReading: () => ({ theirsMs: trueMs, oursMs: nowMs, whose: 'the API server' }),
      projects: {
        project: () => Promise.reject(new Error('not expected')),
        syncWindows: (name) => Promise.resolve(name === 'team' ? this.#windows.map(asSyncWindow) : []),
      },
      patchApplication: ({ name }, compute) => {
        const app = this.apps.find((each) => each.name === name);
        if (app === undefined) throw new Error(`no Application ${name}`);
        const live = liveObject(app);
        const operations = compute(live);
        if (operations.length === 0) return Promise.resolve('unchanged');
        app.spec = tagIn(jsonPatch(live, JSON.stringify(operations)));
        this.#patched.push([this.apps.indexOf(app)]);
        return Promise.resolve('patched');
      },
    };
  }

  #memory(): PolicyMemory {
    return {
      place: 'the story',
      read: () => Promise.resolve(readMemory(this.memoryText)),
      write: (memory) => {
        this.memoryText = printMemory(memory);
        return Promise.resolve(emptyMemory);
      },
    };
  }

  #application(index: number): Application {
    const app = this.apps[index];
    if (app === undefined) throw new Error(`no Application ${index}`);
    const { name, project, policies, deployment, image, repository } = app;
    const kept = Object.entries(policies).filter(([key]) => !this.removed.has(key));
    const annotations = { ...writeBack(app), ...Object.fromEntries(kept) };
    const repoURL = repositories[repository] ?? '';
    const wanted = this.bases[index] ?? '';
    return anApplication({
      name,
      project,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]),
      ),
      sources: [{ repoURL, path: name, targetRevision: 'main', ...helmOf(app) }],
      status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/image${image}:${deployment.live}`] },
      state: deployment.packed({ wanted, repoURL, nowMs: this.trueMs }),
    });
  }
}

function fileOf(name: string): string {
  return `${name}/values.yaml`;
}

function branchOf(name: string): string {
  return `update-${name}`;
}

function filesIn(
  apps: readonly Pick<SimulatedApp, 'name' | 'image' | 'spec'>[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    apps.map(({ name, image, spec }) => [fileOf(name), values(`image${image}`, spec)]),
  );
}

function writeBack({ name, image, strategy, method }: SimulatedApp): Readonly<Record<string, string>> {
  const tag = strategy === 'digest' ? `:${movingTag}` : '';
  return {
    'image-list': `web=ghcr.io/acme/image${image}${tag}`,
    'web.update-strategy': strategy,
    ...(method === 'argocd'
      ? { 'write-back-method': 'argocd' }
      : { 'write-back-method': 'git:repocreds', 'write-back-target': `helmvalues:/${fileOf(name)}` }),
    ...(method === 'branch' ? { 'git-branch': `main:${branchOf(name)}` } : {}),
  };
}

function parametersOf({ image, spec }: SimulatedApp) {
  const parameter = (name: string, value: string) => ({ name, value, forceString: true });
  return [parameter('image.name', `ghcr.io/acme/image${image}`), parameter('image.tag', spec)];
}

function helmOf(app: SimulatedApp): Pick<Application['sources'][number], 'helm'> {
  return app.method === 'argocd' ? { helm: { parameters: parametersOf(app), valueFiles: [] } } : {};
}

function liveObject(app: SimulatedApp): Json {
  const repoURL = repositories[app.repository] ?? '';
  const helm = { parameters: parametersOf(app) };
  return {
    metadata: { name: app.name },
    spec: { source: { repoURL, path: app.name, targetRevision: 'main', helm } },
  };
}

function tagIn(live: Json): string {
  const { spec } = live as unknown as {
    spec: { source: { helm: { parameters: { name: string; value: string }[] } } };
  };
  return spec.source.helm.parameters.find(({ name }) => name === 'image.tag')?.value ?? '';
}

function asSyncWindow({ kind, hour, hours, onWorkdays, applications }: ProjectWindow) {
  return {
    kind,
    schedule: `0 ${hour} * * ${onWorkdays ? '1-5' : '*'}`,
    duration: `${hours}h`,
    applications,
    namespaces: [],
    clusters: [],
    manualSync: false,
    andOperator: false,
    timeZone: '',
  };
}
