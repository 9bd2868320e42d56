/** Plays a story to its end, and then lets everything that withholds end: what goes wrong on the way. */
import { faultsOf, type Past } from './rules.ts';
import { isLeftBehind } from './stuck.ts';
import { Proofs } from './proofs.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { hourMs, type Minor, minuteMs, type Step, type Story } from './story.ts';

const lastMinor = 50;
const dayMs = 24 * hourMs;
/** Each brings a window, a token and an age further, and one promotion. */
const lastDays = 8;

export class Play {
  readonly world: SimulatedWorld;
  readonly #highest: Minor[];
  readonly #pushedMs = new Map<string, number>();
  readonly #commitsMs: number[][];
  readonly #allCommitsMs: number[] = [];
  #sinceRestartMs: number[][];
  readonly #perHour: number | undefined;
  readonly #proofs = new Proofs();
  #lostMs = 0;
  #jumpedMs = 0;
  readonly log: string[] = [];

  constructor(story: Story) {
    this.world = new SimulatedWorld(story.apps, story.perHour);
    this.#highest = story.apps.map(() => 0);
    this.#commitsMs = story.apps.map(() => []);
    this.#sinceRestartMs = story.apps.map(() => []);
    this.#perHour = story.perHour;
    this.#notePushes();
  }

  async scene(step: Step, onlyFor?: number): Promise<readonly string[]> {
    this.log.push(`${JSON.stringify(step)}${onlyFor === undefined ? '' : ` for ${onlyFor}`}`);
    await this.#take(step);
    this.#notePushes();
    return await this.cycle(onlyFor);
  }

  async cycle(onlyFor?: number): Promise<readonly string[]> {
    const { world } = this;
    const [before, beginMs, known] = [world.versions, world.nowMs, world.commits];
    this.#proofs.look(world, this.#jumpedMs);
    const report = await world.cycle(onlyFor);
    const [after, endMs] = [world.versions, world.nowMs];
    const commits = world.commits - known;
    const { held, isFrozen, removed } = world;
    const policies = world.apps.map(({ policies: all }) =>
      Object.fromEntries(Object.entries(all).filter(([key]) => !removed.has(key))),
    );
    const faults = faultsOf(
      { beginMs, endMs, before, after, commits, report, held, isFrozen, policies },
      this.#past(),
    );
    this.log.push(
      `  ${new Date(endMs).toISOString()} ${before.join(' ')} -> ${after.join(' ')} ${told(report)}`,
    );
    this.#allCommitsMs.push(...Array.from({ length: commits }, () => endMs));
    for (const [index, minor] of after.entries()) if (minor !== before[index]) this.#noteCommit(index, minor);
    return faults;
  }

  /** All gates are opened, and something newer is there for everybody. */
  async end(): Promise<readonly string[]> {
    const { world } = this;
    world.held.clear();
    world.isFrozen = false;
    world.removed.add('hold');
    for (const image of [0, 1, 2]) world.push(image, lastMinor);
    this.#notePushes();
    const faults: string[] = [];
    for (let day = 0; day < lastDays; day += 1) faults.push(...(await this.#day()));
    const before = world.commits;
    faults.push(...(await this.#day()));
    if (world.commits > before) faults.push('there is no rest');
    return [...faults, ...this.#left()];
  }

  /** Cycles at times when windows are open: the mornings of Monday to Friday. */
  async #day(): Promise<readonly string[]> {
    const { world } = this;
    const morningMs = (Math.floor(world.nowMs / dayMs) + 1) * dayMs + 10 * hourMs + 30 * minuteMs;
    await world.scene.clock.advance(morningMs - world.nowMs);
    const faults: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      faults.push(...(await this.cycle()));
      world.sync();
      world.becomes(undefined, 'Healthy');
      await world.scene.clock.advance(12 * minuteMs);
    }
    return faults;
  }

  /** Who is not where everybody would be without policies, though nothing withholds it. */
  #left(): readonly string[] {
    const { world } = this;
    return world.apps.flatMap(({ name }, index) =>
      world.versions[index] === lastMinor || isLeftBehind(index, world.apps)
        ? []
        : [`${name} stays at ${world.versions[index] ?? '?'}`],
    );
  }

  async #take(step: Step): Promise<void> {
    const { world } = this;
    const at = 'app' in step ? step.app % world.apps.length : 0;
    switch (step.kind) {
      case 'push':
        return world.push(step.image, step.minor);
      case 'push-again':
        return world.push(step.image, step.minor, true);
      case 'delete':
        return void world.shelves.get(step.image)?.delete(step.minor);
      case 'person':
        world.writes(at, step.minor);
        this.#highest[at] = Math.max(this.#highest[at] ?? 0, step.minor);
        return;
      case 'health':
        return world.becomes(at, step.health);
      case 'sync':
        return world.sync(at);
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
        this.#jumpedMs += Math.abs(step.seconds * 1000);
        return world.scene.clock.jump(step.seconds * 1000);
      case 'restart':
        world.restart(step.isMemoryLost);
        this.#sinceRestartMs = world.apps.map(() => []);
        if (step.isMemoryLost) this.#lostMs = world.nowMs;
    }
  }

  #noteCommit(index: number, minor: Minor): void {
    this.#highest[index] = minor;
    this.#commitsMs[index]?.push(this.world.nowMs);
    this.#sinceRestartMs[index]?.push(this.world.nowMs);
  }

  #notePushes(): void {
    for (const shelf of this.world.shelves.values())
      for (const digest of shelf.values())
        if (!this.#pushedMs.has(digest)) this.#pushedMs.set(digest, this.world.nowMs);
  }

  #past(): Past {
    const { apps, shelves } = this.world;
    const shelfOf = (index: number) => shelves.get(apps[index]?.image ?? 0) ?? new Map<Minor, string>();
    return {
      highest: this.#highest,
      knownSinceMs: (index, minor) =>
        Math.max(this.#lostMs, this.#pushedMs.get(shelfOf(index).get(minor) ?? '') ?? 0),
      sinceRestartMs: this.#sinceRestartMs,
      commitsMs: this.#commitsMs,
      jumpedMs: this.#jumpedMs,
      isProven: (index, minor) => this.#proofs.has(index, minor) && (apps[index]?.live ?? 0) >= minor,
      imageOf: (index) => apps[index]?.image ?? 0,
      perHour: this.#perHour,
      allCommitsMs: this.#allCommitsMs,
      newest: (index) => Math.max(...shelfOf(index).keys()),
    };
  }
}

function told({ applications }: Awaited<ReturnType<SimulatedWorld['cycle']>>): string {
  return applications
    .flatMap(({ app, decisions }) =>
      decisions.map((decision) => {
        const why = 'reason' in decision && typeof decision.reason === 'object' ? decision.reason.reason : '';
        return `[${app.replace('argocd/app', '')} ${decision.kind} ${why}]`;
      }),
    )
    .join(' ');
}

/** What goes wrong in a story, with what happened until then. */
export async function play(story: Story): Promise<readonly string[]> {
  const played = new Play(story);
  for (const { step, onlyFor } of story.scenes) {
    const faults = await played.scene(step, onlyFor);
    if (faults.length > 0) return [...faults, ...played.log];
  }
  const faults = await played.end();
  return faults.length > 0 ? [...faults, ...played.log] : [];
}
