/** Who waits for a turn: repositories take turns, the one that was served longest ago first. */
import { LRUCache } from 'lru-cache';

/** Requests of one repository that go before others get their turn. */
const shareOfOne = 50;

export interface Waiting<Started> {
  readonly go: (started: Started) => void;
  readonly refuse: (reason: unknown) => void;
}

interface Group<Started> {
  readonly name: string;
  readonly isRetry: boolean;
  readonly queue: Set<Waiting<Started>>;
  servedAt: number;
}

/** What is sent again goes before everything else. */
const beforeAll = -1;

/** When each repository was served last, counted in turns; shared by all lanes of an origin. */
export class Served {
  readonly #at = new LRUCache<string, number>({ max: 20_000 });
  readonly #shares = new LRUCache<string, number>({ max: 20_000 });
  #count = 0;

  /**
   * Of those that were served as long ago, one that has begun comes first: were all begun before any is done, a cycle
   * that ends early would leave every one of them undone, and so would the next.
   */
  at(group: string): number {
    return (this.#at.get(group) ?? 0) - (this.#shares.has(group) ? 0.5 : 0);
  }

  /** True where the repository has had its share for now. */
  serve(group: string): boolean {
    const share = (this.#shares.get(group) ?? 0) + 1;
    this.#shares.set(group, share);
    if (share < shareOfOne) return false;
    this.finish(group);
    return true;
  }

  /** All that was asked about the repository is answered: others come first from now on. */
  finish(group: string): void {
    if (!this.#shares.delete(group)) return; // it had no turn yet
    this.#count += 1;
    this.#at.set(group, this.#count);
  }
}

/** The waiting of one lane, repositories in the order of `Served`. */
export class Turns<Started> {
  readonly #served: Served;
  readonly #byKey = new Map<string, Group<Started>>();
  readonly #order: Group<Started>[] = [];

  constructor(served: Served) {
    this.#served = served;
  }

  get isEmpty(): boolean {
    return this.#order.length === 0;
  }

  get isRetryFirst(): boolean {
    return this.#order[0]?.isRetry === true;
  }

  /** Smaller is earlier. */
  get firstServedAt(): number {
    return this.#order[0]?.servedAt ?? Number.POSITIVE_INFINITY;
  }

  /** Gives what to call where the turn is wanted no more. */
  add(name: string, isRetry: boolean, waiting: Waiting<Started>): () => void {
    const group = this.#byKey.get(keyOf(name, isRetry)) ?? { name, isRetry, queue: new Set(), servedAt: 0 };
    if (group.queue.size === 0) this.#open(group);
    group.queue.add(waiting);
    return () => {
      if (group.queue.delete(waiting) && group.queue.size === 0) this.#close(group);
    };
  }

  take(): { readonly name: string; readonly waiting: Waiting<Started> } | undefined {
    const [group] = this.#order;
    const [waiting] = group?.queue ?? [];
    if (group === undefined || waiting === undefined) return undefined;
    const isShareUsed = this.#served.serve(group.name);
    group.queue.delete(waiting);
    if (group.queue.size === 0 || isShareUsed) this.#close(group);
    if (group.queue.size > 0 && isShareUsed) this.#open(group);
    return { name: group.name, waiting };
  }

  refuseAll(reason: unknown): void {
    const groups = this.#order.splice(0);
    this.#byKey.clear();
    for (const { queue } of groups) {
      const waiting = [...queue];
      queue.clear();
      for (const { refuse } of waiting) refuse(reason);
    }
  }

  #open(group: Group<Started>): void {
    group.servedAt = group.isRetry ? beforeAll : this.#served.at(group.name);
    this.#byKey.set(keyOf(group.name, group.isRetry), group);
    this.#order.splice(this.#placeOf(group.servedAt), 0, group);
  }

  #close(group: Group<Started>): void {
    this.#byKey.delete(keyOf(group.name, group.isRetry));
    this.#order.splice(this.#order.indexOf(group), 1);
  }

  /** Behind all that were served as long ago. */
  #placeOf(servedAt: number): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle]?.servedAt ?? 0) <= servedAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf(name: string, isRetry: boolean): string {
  return isRetry ? `again ${name}` : name;
}
