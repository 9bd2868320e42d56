/** A cluster, registries and a Git server that a story is played in, and the cycles over them. */
import { makeRunCycle } from '../../../../src/app/cycle.ts';
import type { PolicyWishes } from '../../../../src/app/policy/kept-policies.ts';
import type { Scope } from '../../../../src/app/trigger/trigger.ts';
import type { World } from '../../../../src/app/world.ts';
import { defaultCommitTemplate } from '../../../../src/core/commit-message.ts';
import type { AppKey, Application } from '../../../../src/core/config/application.ts';
import { packState } from '../../../../src/core/config/state/application-state.ts';
import type { Answer, ImageNeed } from '../../../../src/core/decide/needs.ts';
import { emptyMemory, printMemory, readMemory } from '../../../../src/core/policy/memory/memory.ts';
import { makeEndpointTable } from '../../../../src/core/registries/registries.ts';
import type { CycleReport } from '../../../../src/core/report/report.ts';
import { parseTemplate } from '../../../../src/core/template/template.ts';
import type { PolicyMemory } from '../../../../src/ports/policy-memory.ts';
import { valueOf } from '../../../core/builders.ts';
import { whileTimePasses } from '../../../fakes/clock.ts';
import { makeMemoryGit } from '../../../fakes/memory-git.ts';
import { app as anApp, setUp, values } from '../../../fakes/memory-world.ts';
import { type Minor, minorOf, minuteMs, type Plan, tagOf } from './story.ts';

const url = 'https://git.test/good';
const wishes = { flags: new Map(), cycleMs: 2 * minuteMs, seesAll: true };
const holdsName = 'argocd-image-updater-holds';

/** What is known of an Application beside its plan. */
export interface Running {
  live: Minor;
  health: string;
  healthSinceMs: number;
  syncedAtMs: number;
}

export class SimulatedWorld {
  readonly apps: readonly (Plan & Running & { readonly name: string })[];
  /** By image: minor -> the digest that it names. */
  readonly shelves = new Map<number, Map<Minor, string>>();
  readonly held = new Set<number>();
  isFrozen = false;
  /** Annotations that are no more there. */
  readonly removed = new Set<string>();
  memoryText = '';
  readonly scene: ReturnType<typeof setUp>;
  readonly #git: ReturnType<typeof makeMemoryGit>;
  #world: World | undefined;
  #runCycle: ReturnType<typeof makeRunCycle>;
  #pushes = 0;
  readonly #wishes: PolicyWishes = wishes;

  constructor(plans: readonly Plan[], perHour?: number) {
    if (perHour !== undefined)
      this.#wishes = { ...wishes, maxCommitsPerHour: { value: perHour, source: '--max-commits-per-hour' } };
    const running = { live: 0, health: 'Healthy', healthSinceMs: 0, syncedAtMs: 0 };
    this.apps = plans.map((plan, i) => ({ ...plan, ...running, name: `app${i}` }));
    const files = this.apps.map(({ name, image }) => [fileOf(name), values(`image${image}`, tagOf(0))]);
    this.#git = makeMemoryGit(new Map([[url, Object.fromEntries(files) as Record<string, string>]]));
    this.scene = setUp([], this.#git, { policies: this.#wishes }, (world) => (this.#world = world));
    this.scene.answers(this.#answer);
    for (const image of [0, 1, 2]) this.push(image, 0);
    this.#runCycle = this.#start();
    this.sync();
  }

  get nowMs(): number {
    return this.scene.clock.now();
  }

  /** What Git holds of each. */
  get versions(): readonly Minor[] {
    return this.apps.map(({ name }) =>
      minorOf(/tag: (.*)/.exec(this.#git.file(url, fileOf(name)) ?? '')?.[1] ?? ''),
    );
  }

  get commits(): number {
    return this.#git.messages(url).length;
  }

  push(image: number, minor: Minor, again = false): void {
    const shelf = this.shelves.get(image) ?? new Map<Minor, string>();
    this.shelves.set(image, shelf);
    if (again ? !shelf.has(minor) : false) return;
    if (again) this.#pushes += 1;
    const text = `${image}:${minor}${again ? `:${this.#pushes}` : ''}`;
    shelf.set(minor, `sha256:${Buffer.from(text).toString('hex').padEnd(64, '0').slice(-64)}`);
  }

  /** Somebody commits. */
  writes(index: number, minor: Minor): void {
    const app = this.apps[index];
    if (app === undefined) return;
    const text = values(`image${app.image}`, tagOf(minor));
    if (this.versions[index] === minor) return;
    this.#git.commit(url, `somebody ${this.commits}`, { [fileOf(app.name)]: text });
  }

  /** Argo CD deploys what Git holds. */
  sync(index?: number): void {
    const { versions } = this;
    for (const [i, app] of this.apps.entries()) {
      if (index !== undefined && index !== i) continue;
      app.live = versions[i] ?? 0;
      app.syncedAtMs = this.nowMs;
    }
  }

  becomes(index: number | undefined, health: string): void {
    for (const [i, app] of this.apps.entries()) {
      if ((index !== undefined && index !== i) || app.health === health) continue;
      app.health = health;
      app.healthSinceMs = this.nowMs;
    }
  }

  restart(isMemoryLost: boolean): void {
    if (isMemoryLost) this.memoryText = '';
    this.#runCycle = this.#start();
  }

  async cycle(onlyFor?: number): Promise<CycleReport> {
    const listed = this.apps.map((_, i) => this.#application(i));
    this.scene.list(listed);
    const entries = [...this.held].map((i) => [`argocd.app${i}`, 'true']);
    if (this.isFrozen) entries.push(['freeze', 'reason="incident"']);
    this.scene.sets(holdsName, Object.fromEntries(entries) as Record<string, string>);
    const app = onlyFor === undefined ? undefined : this.apps[onlyFor % this.apps.length];
    const scope: Scope | undefined =
      app === undefined ? undefined : { kind: 'some', apps: new Set([`argocd/${app.name}` as AppKey]) };
    return await whileTimePasses(this.scene.clock, this.#runCycle(new AbortController().signal, scope));
  }

  #start(): ReturnType<typeof makeRunCycle> {
    if (this.#world === undefined) throw new Error('no world');
    return makeRunCycle(
      { ...this.#world, cacheMemory: this.#memory() },
      {
        endpoints: makeEndpointTable([]),
        defaultPlatform: 'linux/amd64',
        commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)),
        maxConcurrency: 2,
        lingerMs: 1000,
        cycleTimeoutMs: 300_000,
        policies: this.#wishes,
      },
    );
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

  readonly #answer = (repository: string, { query }: ImageNeed): Promise<Answer> => {
    const shelf = this.shelves.get(Number(repository.replace('acme/image', ''))) ?? new Map<Minor, string>();
    if (query.kind === 'tags') return Promise.resolve({ kind: 'tags', tags: [...shelf.keys()].map(tagOf) });
    if (query.kind !== 'digest') throw new Error(`not expected: ${query.kind}`);
    const digest = (shelf.get(minorOf(query.tag)) ?? null) as `sha256:${string}` | null;
    return Promise.resolve({ kind: 'digest', digest });
  };

  #application(index: number): Application {
    const app = this.apps[index];
    if (app === undefined) throw new Error(`no Application ${index}`);
    const { name, image, policies, live, health, healthSinceMs, syncedAtMs } = app;
    const kept = Object.entries(policies).filter(([key]) => !this.removed.has(key));
    const annotations = { 'image-list': `web=ghcr.io/acme/image${image}`, ...Object.fromEntries(kept) };
    const at = new Date(syncedAtMs).toISOString();
    const state = packState({
      status: {
        health: { status: health, lastTransitionTime: new Date(healthSinceMs).toISOString() },
        sync: { status: this.versions[index] === live ? 'Synced' : 'OutOfSync' },
        reconciledAt: new Date(this.nowMs).toISOString(),
        history: [{ deployStartedAt: at, deployedAt: at, revision: 'f'.repeat(40), id: 1 }],
        operationState: { phase: 'Succeeded', startedAt: at, finishedAt: at },
      },
    });
    return {
      ...anApp(name, 'good', fileOf(name), 'main', annotations),
      status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/image${image}:${tagOf(live)}`] },
      ...(state === undefined ? {} : { state }),
    };
  }
}

function fileOf(name: string): string {
  return `${name}/values.yaml`;
}
