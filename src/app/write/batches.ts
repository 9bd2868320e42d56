/** Gathers the intentions for one repository into as few batches as its applications allow. */
import type { AppKey } from '../../core/config/application.ts';
import type { Clock } from '../../ports/clock.ts';

export interface BatchOptions<Item, Result> {
  /** Everybody who may still come. */
  readonly expected: readonly AppKey[];
  /**
   * Those whose edits may meet in one scalar: none is written before all of them are known, or were waited for long
   * enough. Who comes later than that is held against what has been written.
   */
  readonly bound: ReadonlyMap<AppKey, ReadonlySet<AppKey>>;
  /** How long the first that is ready waits for others, in ms. */
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Equal for those that are written in one commit: no batch has some of them. */
  readonly unitOf: (item: Item) => unknown;
  /** True for a result after which the application comes again. */
  readonly comesAgain: (result: Result) => boolean;
  /** Writes one batch; one result per item, in order. Must not throw. `lingeredMs`: how long each item waited for others. */
  readonly write: (items: readonly Item[], lingeredMs: readonly number[]) => Promise<readonly Result[]>;
}

/** How long those wait who may meet somebody that is not decided yet: longer than an honest registry needs. */
const holdMs = 4000;

interface Ready<Item, Result> {
  readonly app: AppKey;
  readonly item: Item;
  readonly sinceMs: number;
  readonly resolve: (result: Result) => void;
}

/**
 * A batch starts when nobody is awaited any more, at the latest `lingerMs` after its first item is
 * ready; what comes later forms another batch (decisions.md 4, "Linger").
 */
export class Batches<Item, Result> {
  readonly #options: BatchOptions<Item, Result>;
  readonly #awaited: Set<AppKey>;
  #ready: Ready<Item, Result>[] = [];
  /** Those whom nobody waits for any more. */
  #late: ReadonlySet<AppKey> = new Set();
  #timer: AbortController | undefined;

  constructor(options: BatchOptions<Item, Result>) {
    this.#options = options;
    this.#awaited = new Set(options.expected);
  }

  /** The application has nothing to write. */
  pass(app: AppKey): void {
    this.#awaited.delete(app);
    this.#advance();
  }

  /** Resolves with the result once the batch that holds the item is written. */
  async add(app: AppKey, item: Item): Promise<Result> {
    const [result] = await this.addAll([{ app, item }]);
    return result as Result;
  }

  /** Several at once: one result for each, in order. */
  addAll(items: readonly { readonly app: AppKey; readonly item: Item }[]): Promise<readonly Result[]> {
    const sinceMs = this.#options.clock.monotonicMs();
    const results = items.map(({ app, item }) => {
      this.#awaited.delete(app);
      return new Promise<Result>((resolve) => this.#ready.push({ app, item, sinceMs, resolve }));
    });
    this.#advance();
    return Promise.all(results);
  }

  #advance(): void {
    if (this.#ready.length === 0) return;
    if (this.#awaited.size === 0) this.#start();
    else if (this.#timer === undefined) this.#linger();
  }

  #linger(): void {
    const timer = new AbortController();
    this.#timer = timer;
    const signal = AbortSignal.any([timer.signal, this.#options.signal]);
    const start = (): void => {
      if (!timer.signal.aborted) this.#start();
    };
    // An aborted cycle starts at once too: the writer then says that it was cancelled.
    this.#options.clock.sleep(this.#options.lingerMs, signal).then(start, start);
  }

  #start(): void {
    this.#timer?.abort();
    this.#timer = undefined;
    const { unitOf } = this.#options;
    const held = new Set(this.#ready.filter(({ app }) => this.#isHeld(app)).map(({ item }) => unitOf(item)));
    const batch = this.#ready.filter(({ item }) => !held.has(unitOf(item)));
    this.#ready = this.#ready.filter(({ item }) => held.has(unitOf(item)));
    if (batch.length > 0) void this.#write(batch);
    if (this.#ready.length > 0) this.#holdOn();
  }

  #holdOn(): void {
    const held = new Set(this.#ready.map(({ app }) => app));
    const release = (): void => {
      this.#late = new Set([...this.#late, ...this.#awaited]);
      if (this.#ready.some(({ app }) => held.has(app))) this.#start();
    };
    this.#options.clock.sleep(holdMs, this.#options.signal).then(release, release);
  }

  #isHeld(app: AppKey): boolean {
    if (this.#options.signal.aborted) return false;
    for (const other of this.#options.bound.get(app) ?? []) {
      if (this.#awaited.has(other) && !this.#late.has(other)) return true;
    }
    return false;
  }

  async #write(batch: readonly Ready<Item, Result>[]): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const results = await this.#options.write(
      batch.map(({ item }) => item),
      batch.map(({ sinceMs }) => nowMs - sinceMs),
    );
    for (const [i, { app }] of batch.entries()) {
      const result = results[i];
      if (result !== undefined && this.#options.comesAgain(result)) this.#awaited.add(app);
    }
    for (const [i, { resolve }] of batch.entries()) {
      const result = results[i];
      if (result !== undefined) resolve(result);
    }
  }
}
