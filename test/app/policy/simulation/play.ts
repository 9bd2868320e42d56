/** Plays a story to its end, and then lets everything that withholds end: what goes wrong on the way. */
import { rulesAtWork } from './at-work.ts';
import { KeyPast } from './key-past.ts';
import { Proofs } from './proofs.ts';
import { Quarantines } from './quarantines.ts';
import { lateFaults, reportFaults } from './report-rules.ts';
import { faultsOf, type Past, type Played, type Standing } from './rules.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { dayMs, hourMs, images, minuteMs, type Scene, type Step, type Story } from './story.ts';
import { isLeftBehind } from './stuck.ts';
import { Wanted } from './wanted.ts';

const lastMinor = 50;
/** Each brings a window, a token and an age further, and one promotion. */
const lastRounds = 9;
const trustedMs = 5 * minuteMs;

export interface Told {
  readonly faults: readonly string[];
  /** Rules that were at work. */
  readonly rules: ReadonlySet<string>;
  /** What happened. */
  readonly log: readonly string[];
}

class Play {
  readonly world: SimulatedWorld;
  readonly rules = new Set<string>();
  readonly log: string[] = [];
  readonly #story: Story;
  readonly #past: { -readonly [Key in keyof Past]: Past[Key] };
  readonly #keys: readonly KeyPast[];
  readonly #commitsMs: number[][];
  readonly #allCommitsMs: number[] = [];
  #written = 0;
  #sinceRestartMs: number[][];

  constructor(story: Story) {
    this.#story = story;
    this.world = new SimulatedWorld(story);
    this.#keys = this.world.bases.map((base) => new KeyPast(base));
    this.#commitsMs = story.apps.map(() => []);
    this.#sinceRestartMs = story.apps.map(() => []);
    this.#past = {
      registry: this.world.registry,
      keys: this.#keys,
      proofs: new Proofs(),
      quarantines: new Quarantines(),
      lostMs: 0,
      sinceRestartMs: this.#sinceRestartMs,
      commitsMs: this.#commitsMs,
      allCommitsMs: this.#allCommitsMs,
      perHour: story.perHour,
      slackMs: 0,
    };
  }

  async scene({ steps, onlyFor }: Scene): Promise<readonly string[]> {
    for (const step of steps) {
      this.log.push(JSON.stringify(step));
      await this.#take(step);
      this.#see();
    }
    return await this.#cycle(onlyFor);
  }

  /** All gates are opened, and something newer is there for everybody. */
  async end(): Promise<readonly string[]> {
    const { world } = this;
    world.held.clear();
    world.isFrozen = false;
    world.removed.add('hold');
    this.#setClock(0);
    for (const image of images) world.registry.push(image, lastMinor, world.trueMs);
    for (let round = 0; round < lastRounds; round += 1) {
      const before = this.#written;
      const faults = await this.#round();
      if (faults.length > 0) return faults;
      if (this.#written === before && this.#left().length === 0) return [];
    }
    const left = this.#left();
    return left.length > 0 ? left : ['there is no rest'];
  }

  async #cycle(onlyFor?: number): Promise<readonly string[]> {
    const { world } = this;
    const past = this.#past;
    const offsetMs = Math.abs(world.nowMs - world.trueMs);
    const isClockWrong = offsetMs > trustedMs;
    if (!isClockWrong) past.slackMs = Math.max(past.slackMs, 2 * offsetMs);
    past.proofs.look(world, past.slackMs);
    past.quarantines.look(world, past.slackMs);
    const [begin, before] = [this.#time(), this.#standing()];
    const report = await world.cycle(onlyFor);
    const { held, isFrozen, apps } = world;
    const cycle: Played = {
      begin,
      end: this.#time(),
      before,
      after: this.#standing(),
      commits: world.takeCommits(),
      report,
      apps,
      wanted: this.#wanted(),
      held,
      isFrozen,
      isClockWrong,
      windows: this.#story.windows,
    };
    this.log.push(`  ${told(cycle)}`);
    for (const rule of rulesAtWork(cycle)) this.rules.add(rule);
    const isAsked = (index: number) => onlyFor === undefined || index === onlyFor % apps.length;
    const faults = [
      ...faultsOf(cycle, past),
      ...reportFaults(cycle, past),
      ...lateFaults(isAsked, cycle, past),
    ];
    this.#note(cycle);
    return faults;
  }

  /** Cycles at times when windows are open: late in the morning, some days later. */
  async #round(): Promise<readonly string[]> {
    const { world } = this;
    const days = Math.floor(world.nowMs / dayMs) + 4;
    await world.scene.clock.advance(days * dayMs + 10 * hourMs + 30 * minuteMs - world.nowMs);
    const faults: string[] = [];
    for (let i = 0; i < 3 && faults.length === 0; i += 1) {
      faults.push(...(await this.#cycle()));
      for (const index of world.apps.keys()) this.#settle(index);
      await world.scene.clock.advance(12 * minuteMs);
    }
    return faults;
  }

  /** Our branch is merged, deployed, and healthy. */
  #settle(index: number): void {
    const { world } = this;
    this.#merge(index);
    world.sync(index);
    world.becomes(index, 'Healthy');
  }

  /** Who is not where everybody would be without policies, though nothing withholds it. */
  #left(): readonly string[] {
    const { apps, targets, registry } = this.world;
    const wanted = this.#wanted();
    return apps.flatMap((app, index) => {
      const isThere = targets[index] === registry.choice(app);
      return isThere || isLeftBehind(index, { apps, wanted })
        ? []
        : [`${app.name} stays at ${targets[index]}`];
    });
  }

  async #take(step: Step): Promise<void> {
    const { world } = this;
    const { registry, apps } = world;
    const at = 'app' in step ? step.app % apps.length : 0;
    const app = apps[at];
    if (app === undefined) throw new Error('no Applications');
    switch (step.kind) {
      case 'push':
      case 'push-again':
        return registry.push(step.image, step.minor, world.trueMs, step.kind === 'push-again');
      case 'delete':
        return registry.delete(step.image, step.minor);
      case 'person':
        return world.writes(at, registry.version(app, step.minor));
      case 'revert':
        return world.writes(at, this.#keys[at]?.before ?? registry.version(app, 0));
      case 'merge':
        return this.#merge(at);
      case 'health':
        return world.becomes(at, step.health);
      case 'sync':
        return world.sync(at, step.fails === true);
      case 'sync-all':
        for (const index of apps.keys()) {
          this.#merge(index);
          world.sync(index);
        }
        return;
      case 'hold':
        return void world.held.add(at);
      case 'release':
        return void world.held.delete(at);
      case 'freeze':
      case 'unfreeze':
        world.isFrozen = step.kind === 'freeze';
        return;
      case 'pass':
        return await world.scene.clock.advance(step.minutes * minuteMs);
      case 'jump':
        return world.scene.clock.jump(step.seconds * 1000);
      case 'wrong-clock':
        return this.#setClock(step.days * dayMs);
      case 'right-clock':
        return this.#setClock(0);
      case 'restart':
        return this.#restart(step.isMemoryLost);
    }
  }

  #merge(index: number): void {
    const { world } = this;
    if (world.apps[index]?.method === 'branch') world.writes(index, world.targets[index] ?? '');
  }

  #setClock(aheadMs: number): void {
    const { scene, trueMs, nowMs } = this.world;
    scene.clock.jump(trueMs + aheadMs - nowMs);
  }

  #restart(isMemoryLost: boolean): void {
    this.world.restart(isMemoryLost);
    for (const times of this.#sinceRestartMs) times.length = 0;
    if (!isMemoryLost) return;
    this.#past.lostMs = this.world.trueMs;
    this.#allCommitsMs.length = 0; // a bucket that is lost is empty at first, and that is all
    for (const times of this.#commitsMs) times.length = 0;
    this.#past.quarantines.forget();
    for (const [index, key] of this.#keys.entries())
      if (this.world.apps[index]?.method === 'argocd') key.forget();
  }

  /** What others have changed. */
  #see(): void {
    for (const [index, base] of this.world.bases.entries()) this.#keys[index]?.see(base);
  }

  #note({ before, after, commits, wanted, end: { trueMs } }: Played): void {
    const isGrouped = commits.some((written) => written.some((index) => wanted[index]?.group !== undefined));
    this.#written += commits.length;
    const counted = isGrouped ? commits.slice(0, this.#past.perHour) : commits;
    this.#allCommitsMs.push(...counted.map(() => trueMs));
    for (const [index, to] of after.targets.entries()) {
      if (to === before.targets[index]) continue;
      if (this.world.apps[index]?.method !== 'branch') this.#keys[index]?.wrote(to);
      this.#commitsMs[index]?.push(trueMs);
      this.#sinceRestartMs[index]?.push(trueMs);
      if (wanted[index]?.has('quarantine') === true) this.#past.quarantines.wrote(index, to, trueMs);
    }
  }

  #time(): Played['begin'] {
    return { nowMs: this.world.nowMs, trueMs: this.world.trueMs };
  }

  #standing(): Standing {
    return { bases: this.world.bases, targets: this.world.targets };
  }

  #wanted(): readonly Wanted[] {
    const { apps, removed } = this.world;
    return apps.map((app) => new Wanted(app, this.#story.defaults, (key) => removed.has(key)));
  }
}

function told({ end, before, after, report: { applications } }: Played): string {
  const reasons = applications.flatMap(({ app, decisions }) =>
    decisions.map((decision) => {
      const why = 'reason' in decision && typeof decision.reason === 'object' ? decision.reason.reason : '';
      return `[${app.replace('argocd/app', '')} ${decision.kind} ${why}]`;
    }),
  );
  const moves = `${before.targets.join(' ')} -> ${after.targets.join(' ')}`;
  return `${new Date(end.trueMs).toISOString()} ${moves} ${reasons.join(' ')}`.replaceAll(/0{24,}/g, '…');
}

/** What goes wrong in a story, and what it proves. */
export async function play(story: Story): Promise<Told> {
  const played = new Play(story);
  const { log, rules } = played;
  for (const scene of story.scenes) {
    const faults = await played.scene(scene);
    if (faults.length > 0) return { faults, rules, log };
  }
  return { faults: await played.end(), rules, log };
}
