/**
 * Elects one of several replicas by a Lease, as client-go does: who holds it renews it, and the others take it once
 * they have not seen it change for as long as it says. Clocks of different machines are never compared.
 */
import type { Failure } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease, LeaseRecord, StoredLease } from '../../ports/lease.ts';

/** How long the others wait for a holder that is silent. Source: client-go, daemon.md 8. */
const leaseSeconds = 15;
/** Who has not renewed for this long does not lead any more: earlier than others may think so. */
const renewDeadlineMs = 10_000;
/** Between two attempts to renew, and at most between two to acquire. */
const retryMs = 2_000;

export type ElectionEvent =
  | { readonly kind: 'leads' }
  /** `holder`: "" where nobody leads yet. */
  | { readonly kind: 'follows'; readonly holder: string }
  | { readonly kind: 'lost' }
  /** The Lease could not be read or written; tried again. */
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ElectionOptions {
  readonly lease: Lease;
  /** Of this process and no other. */
  readonly identity: string;
  readonly clock: Clock;
  readonly tell: (event: ElectionEvent) => void;
}

/** The time in which this replica leads. */
export interface Term {
  /** Fires as soon as others may lead. */
  readonly lost: AbortSignal;
  /** Gives the Lease back where it is still held: the next replica need not wait for it. */
  end(): Promise<void>;
}

interface Observed extends StoredLease {
  readonly atMs: number;
}

export class Election {
  readonly #options: ElectionOptions;
  #observed: Observed | undefined;
  /** By the monotonic clock. */
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #followed: string | undefined;
  #terms = 0;

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** True while no other replica can lead: to be asked right before whatever only one may do. */
  leads(): boolean {
    return this.#options.clock.monotonicMs() < this.#leadsUntilMs;
  }

  /** Whose name the Lease had when this replica saw it last; "": nobody's. */
  get leader(): string {
    return this.#observed?.record.holder ?? '';
  }

  /** How many terms of this replica have begun: between two of them others may have led. */
  get terms(): number {
    return this.#terms;
  }

  /** Waits until this replica leads; undefined once the signal has fired. */
  async lead(signal: AbortSignal): Promise<Term | undefined> {
    const { clock, tell } = this.#options;
    this.#followed = undefined;
    while (!signal.aborted) {
      if (await this.#attempt(signal)) {
        tell({ kind: 'leads' });
        return this.#begin();
      }
      this.#tellWhomItFollows();
      // apart from one another, so that replicas that began together do not always collide
      await settle(() => clock.sleep(retryMs * (0.5 + clock.random() / 2), signal));
    }
    return undefined;
  }

  #begin(): Term {
    this.#terms += 1;
    const lost = new AbortController();
    const ended = new AbortController();
    const renewing = this.#renew(lost, ended.signal);
    return {
      lost: lost.signal,
      end: async () => {
        ended.abort(new Error('the term ends'));
        await renewing;
        await this.#release();
      },
    };
  }

  async #renew(lost: AbortController, ended: AbortSignal): Promise<void> {
    const { clock, tell } = this.#options;
    const until = AbortSignal.any([lost.signal, ended]);
    const lose = (): void => {
      if (until.aborted) return;
      tell({ kind: 'lost' });
      lost.abort(new Error('the Lease is lost'));
    };
    while (!until.aborted) {
      const leftMs = this.#leadsUntilMs - clock.monotonicMs();
      const cancel = clock.after(leftMs, lose);
      const waited = await settle(() => clock.sleep(retryMs, until));
      if (waited.ok) await this.#attempt(until);
      cancel();
      if (!this.leads()) lose();
    }
  }

  /** Once: acquires the Lease, or renews it. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const startedMs = this.#options.clock.monotonicMs();
    const written = await settle(() => this.#write(startedMs, signal));
    if (!written.ok) {
      if (!signal.aborted) this.#options.tell({ kind: 'failed', failure: written.failure });
      return false;
    }
    if (written.value === null || signal.aborted) return false;
    this.#note(written.value);
    // from before it was written: nobody can have seen it earlier
    this.#leadsUntilMs = startedMs + renewDeadlineMs;
    return true;
  }

  /** null: another replica leads, or was faster. */
  async #write(startedMs: number, signal: AbortSignal): Promise<StoredLease | null> {
    const { lease, identity } = this.#options;
    const ours = this.#observed;
    if (ours?.record.holder === identity) {
      const renewed = await lease.replace(ours.version, this.#recordAfter(ours.record), signal);
      if (renewed !== null) return renewed;
    }
    const found = await lease.read(signal);
    if (found === null) return lease.create(this.#recordAfter(undefined), signal);
    const { record, atMs } = this.#note(found);
    const isFree = record.holder === '' || record.holder === identity;
    if (!isFree && startedMs < atMs + record.durationSeconds * 1000) {
      this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
      return null;
    }
    return lease.replace(found.version, this.#recordAfter(record), signal);
  }

  /** A Lease counts from when this replica saw its record change: not its labels, which no holder writes. */
  #note(stored: StoredLease): Observed {
    const known = this.#observed;
    const isUnchanged = known !== undefined && isSame(known.record, stored.record);
    const observed = { ...stored, atMs: isUnchanged ? known.atMs : this.#options.clock.monotonicMs() };
    this.#observed = observed;
    return observed;
  }

  #recordAfter(before: LeaseRecord | undefined): LeaseRecord {
    const { identity, clock } = this.#options;
    const nowMs = clock.now();
    const isRenewal = before?.holder === identity;
    return {
      holder: identity,
      durationSeconds: leaseSeconds,
      acquiredAtMs: isRenewal ? before.acquiredAtMs : nowMs,
      renewedAtMs: nowMs,
      transitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
    };
  }

  async #release(): Promise<void> {
    const { lease, identity, clock, tell } = this.#options;
    const held = this.#observed;
    const isHeld = this.leads() && held?.record.holder === identity;
    this.#leadsUntilMs = Number.NEGATIVE_INFINITY;
    if (!isHeld) return;
    const nowMs = clock.now();
    const free = { ...held.record, holder: '', durationSeconds: 1, acquiredAtMs: nowMs, renewedAtMs: nowMs };
    const never = new AbortController().signal;
    const released = await settle(() => lease.replace(held.version, free, never));
    if (!released.ok) tell({ kind: 'failed', failure: released.failure });
    else if (released.value !== null) this.#note(released.value);
  }

  #tellWhomItFollows(): void {
    const holder = this.#observed?.record.holder;
    if (holder === undefined || holder === this.#followed) return;
    this.#followed = holder;
    this.#options.tell({ kind: 'follows', holder });
  }
}

function isSame(a: LeaseRecord, b: LeaseRecord): boolean {
  return (
    a.holder === b.holder &&
    a.durationSeconds === b.durationSeconds &&
    a.acquiredAtMs === b.acquiredAtMs &&
    a.renewedAtMs === b.renewedAtMs &&
    a.transitions === b.transitions
  );
}
