/** Pushes that registries told of, gathered until a cycle looks at them. */
import type { Clock } from '../../ports/clock.ts';
import type { PushEvent } from '../../ports/push-event.ts';

export interface PushQueueOptions {
  readonly clock: Clock;
  /** Cycles for pushes in an hour, ten of them at once if they were saved up; 0: as many as there are. */
  readonly perHour: number;
  /**
   * Has a cycle look at what these concern, and resolves after it with those whose tag the registry's list did not
   * show: an event can be faster than the registry. Must not throw.
   */
  readonly look: (events: readonly PushEvent[]) => Promise<readonly PushEvent[]>;
}

/** A cycle waits until no event has come for this long: those of one push come together. */
const quietMs = 300;
/** But no longer than this after the first one: a registry that never rests delays nobody. */
const gatherMs = 1_200;
/** Repositories that may wait. */
const maxWaiting = 10_000;
/** Tags of one repository that are remembered; more of them are looked at all the same, by the list. */
const maxTags = 16;
/** When a tag that is not there is looked for again. */
const againAfterMs: readonly number[] = [2_000, 10_000, 30_000];
/** As 0.18 lets through at once after a quiet time. */
const savedUp = 10;
const hourMs = 3_600_000;

/** By tag, or "" where the event named none: how often it has been looked for. */
type Sought = Map<string, { readonly event: PushEvent; readonly tries: number }>;

export class PushQueue {
  readonly #options: PushQueueOptions;
  readonly #waiting = new Map<string, Sought>();
  /** Absent: nothing waits. */
  #gathering:
    | { readonly begunMs: number; readonly earliestMs: number; readonly cancel: () => void }
    | undefined;
  #tokens = savedUp;
  #tokensAtMs: number;

  constructor(options: PushQueueOptions) {
    this.#options = options;
    this.#tokensAtMs = options.clock.monotonicMs();
  }

  /** Repositories that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** False where no more can wait; then none of them is taken. */
  accept(events: readonly PushEvent[]): boolean {
    const keys = new Set(events.map(repositoryKey).filter((key) => !this.#waiting.has(key)));
    if (this.#waiting.size + keys.size > maxWaiting) return false;
    for (const event of events) this.#add(event, 0);
    return true;
  }

  #add(event: PushEvent, tries: number): void {
    const key = repositoryKey(event);
    const sought = this.#waiting.get(key) ?? new Map();
    this.#waiting.set(key, sought);
    const tag = event.tag ?? '';
    if (sought.size < maxTags && !sought.has(tag)) sought.set(tag, { event, tries });
    this.#schedule();
  }

  #schedule(): void {
    const { clock } = this.#options;
    const now = clock.monotonicMs();
    this.#gathering?.cancel();
    const { begunMs, earliestMs } = this.#gathering ?? {
      begunMs: now,
      earliestMs: now + this.#waitForToken(),
    };
    const dueMs = Math.max(earliestMs, Math.min(now + quietMs, begunMs + gatherMs));
    const cancel = clock.after(Math.max(0, dueMs - now), () => {
      this.#gathering = undefined;
      void this.#look();
    });
    this.#gathering = { begunMs, earliestMs, cancel };
  }

  async #look(): Promise<void> {
    const sought = [...this.#waiting.values()].flatMap((tags) => [...tags.values()]);
    this.#waiting.clear();
    const missing = new Set(await this.#options.look(sought.map(({ event }) => event)));
    for (const { event, tries } of sought) {
      const waitMs = againAfterMs[tries];
      if (!missing.has(event) || waitMs === undefined) continue;
      this.#options.clock.after(waitMs, () => this.#add(event, tries + 1));
    }
  }

  /** Takes a token, at the cost of a wait where there is none. */
  #waitForToken(): number {
    const { clock, perHour } = this.#options;
    if (perHour === 0) return 0;
    const now = clock.monotonicMs();
    this.#tokens = Math.min(savedUp, this.#tokens + ((now - this.#tokensAtMs) * perHour) / hourMs);
    this.#tokensAtMs = now;
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens * hourMs) / perHour;
  }
}

function repositoryKey({ registry, repository }: PushEvent): string {
  return `${registry}/${repository}`;
}
