/** What policies remember, from cycle to cycle: in this process, and in each of its places. */
import type { Failure, Outcome } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { withoutForgotten } from '../../core/policy/memory/forgetting.ts';
import { subjectOf } from '../../core/policy/memory/line.ts';
import {
  allLines,
  emptyMemory,
  filterMemory,
  linesOf,
  type Memory,
  mergeMemories,
  withoutFuture,
} from '../../core/policy/memory/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PolicyMemory } from '../../ports/policy-memory.ts';

export type MemoryEvent =
  /** Told once until it works again: what is not read or written stays in the process, and is tried each cycle. */
  | { readonly kind: 'unread' | 'unwritten'; readonly place: string; readonly failure: Failure }
  | {
      readonly kind: 'unreadable';
      readonly place: string;
      readonly count: number;
      /** The first of the lines, as somebody has written it. */
      readonly first: string;
    };

export interface MemoryKeeperOptions {
  readonly places: readonly PolicyMemory[];
  readonly clock: Clock;
  readonly tell: (event: MemoryEvent) => void;
}

/** Whoever stops the process waits for this. */
const lastWriteMs = 5_000;

interface Place {
  readonly memory: PolicyMemory;
  isRead: boolean;
  isTold: boolean;
}

export class MemoryKeeper {
  readonly #places: readonly Place[];
  readonly #clock: Clock;
  readonly #tell: MemoryKeeperOptions['tell'];
  /** By subject. */
  readonly #askedMs = new Map<string, number>();
  /** Subjects since the last cycle whose clock was right. */
  readonly #asked = new Set<string>();

  constructor({ places, clock, tell }: MemoryKeeperOptions) {
    this.#places = places.map((memory) => ({ memory, isRead: false, isTold: false }));
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Where what speaks against a version may be kept, and nobody could read it yet; undefined: nowhere. */
  get unread(): string | undefined {
    return this.#places.find(({ isRead }) => !isRead)?.memory.place;
  }

  /** Another process may have written meanwhile, as where another replica led: the next cycle reads all places again. */
  readAgain(): void {
    for (const place of this.#places) place.isRead = false;
  }

  /** At the start of a cycle: `memory` of the last one, with what the places have that were not read yet. */
  async open(memory: Memory, signal: AbortSignal): Promise<Memory> {
    let whole = memory;
    for (const place of this.#places.filter(({ isRead }) => !isRead)) {
      const read = await settle(() => place.memory.read(signal));
      this.#settled(place, 'unread', read.ok ? undefined : read.failure, signal);
      if (!read.ok) continue;
      place.isRead = true;
      const { memory: kept, unreadable } = read.value;
      if (unreadable.count > 0) this.#tell({ kind: 'unreadable', place: place.memory.place, ...unreadable });
      whole = mergeMemories(whole, withoutStaleTokens(kept, whole));
    }
    return { ...whole, onAsked: (subject) => void this.#asked.add(subject) };
  }

  /**
   * At the end of a cycle: drops what nobody asks for any more, and keeps the rest in all places. `isClockTrusted` false:
   * nobody knows what is long ago, nor what is yet to come, and all stays as it is.
   */
  async close(memory: Memory, signal: AbortSignal, isClockTrusted: boolean): Promise<Memory> {
    let kept = isClockTrusted ? this.#tidied(memory, this.#clock.now()) : memory;
    for (const place of this.#places) {
      const written = await this.#write(place.memory, kept, signal);
      this.#settled(place, 'unwritten', written.ok ? undefined : written.failure, signal);
      if (written.ok) kept = mergeMemories(kept, withoutStaleTokens(written.value, kept));
    }
    return kept;
  }

  /** A cycle that is stopped has spent tokens and made commits all the same. */
  async #write(place: PolicyMemory, memory: Memory, signal: AbortSignal): Promise<Outcome<Memory>> {
    const written = await settle(() => place.write(memory, signal));
    if (written.ok || !signal.aborted) return written;
    const late = new AbortController();
    const cancel = this.#clock.after(lastWriteMs, () => late.abort(new Error('the process ends')));
    try {
      return await settle(() => place.write(memory, late.signal));
    } finally {
      cancel();
    }
  }

  #tidied(memory: Memory, nowMs: number): Memory {
    for (const subject of this.#asked) this.#askedMs.set(subject, nowMs);
    this.#asked.clear();
    // nobody knows when a line was asked for before this process: it has its time from now on
    for (const line of allLines(memory)) {
      const subject = subjectOf(line);
      if (!this.#askedMs.has(subject)) this.#askedMs.set(subject, nowMs);
    }
    const kept = withoutForgotten(withoutFuture(memory, nowMs), this.#askedMs, nowMs);
    this.#forgetSubjects(kept);
    return kept;
  }

  #forgetSubjects(memory: Memory): void {
    const subjects = new Set([...allLines(memory)].map(subjectOf));
    for (const subject of this.#askedMs.keys()) if (!subjects.has(subject)) this.#askedMs.delete(subject);
  }

  #settled(
    place: Place,
    kind: 'unread' | 'unwritten',
    failure: Failure | undefined,
    signal: AbortSignal,
  ): void {
    if (signal.aborted) return;
    if (failure !== undefined && !place.isTold) this.#tell({ kind, place: place.memory.place, failure });
    // a place that can be read may not be writable: only a write tells that all is well
    if (kind === 'unwritten' || failure !== undefined) place.isTold = failure !== undefined;
  }
}

/** Of a bucket that this process has taken from, its own count is the newer one. */
function withoutStaleTokens(kept: Memory, own: Memory): Memory {
  const { lines } = own;
  const known = { ...emptyMemory, lines };
  return filterMemory(
    kept,
    (line) => line.word !== 'spent' || linesOf(known, 'spent', [line.bucket]).length === 0,
  );
}
