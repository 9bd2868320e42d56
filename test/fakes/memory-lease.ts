/** A Lease in memory, as an API server keeps it: whoever has not seen the last write cannot write. */
import { Failed } from '../../src/core/base/outcome.ts';
import type { Lease, LeaseRecord, StoredLease } from '../../src/ports/lease.ts';

export interface MemoryLease {
  /** What one replica has of it. `isCut`: its requests hang until they are given up. */
  connect(isCut?: () => boolean): Lease;
  /** Every record that was stored, in order. */
  readonly history: LeaseRecord[];
  /** Answers of the next requests that get lost: what they ask for is done. */
  lostAnswers: number;
  /** Somebody writes something else than the record. */
  touch(): void;
  /** Requests that are refused. */
  refusals: number;
}

export function makeMemoryLease(): MemoryLease {
  let stored: StoredLease | null = null;
  let writes = 0;
  const failed = (message: string) =>
    new Failed({
      kind: 'kube',
      code: 'network',
      message,
      resource: 'leases.coordination.k8s.io argocd/lease',
    });
  const store = (record: LeaseRecord): StoredLease => {
    lease.history.push(record);
    writes += 1;
    stored = { record, version: String(writes) };
    return stored;
  };
  const answer = async <T>(isCut: () => boolean, signal: AbortSignal, act: () => T): Promise<T> => {
    await Promise.resolve();
    if (isCut()) await hang(signal);
    if (signal.aborted) throw failed('cancelled');
    if (lease.refusals > 0) {
      lease.refusals -= 1;
      throw failed('refused');
    }
    const result = act();
    if (lease.lostAnswers === 0) return result;
    lease.lostAnswers -= 1;
    throw failed('no answer');
  };
  const lease: MemoryLease = {
    history: [],
    lostAnswers: 0,
    refusals: 0,
    touch: () => {
      writes += 1;
      if (stored !== null) stored = { ...stored, version: String(writes) };
    },
    connect: (isCut = () => false) => ({
      name: 'argocd/lease',
      read: (signal) => answer(isCut, signal, () => stored),
      create: (record, signal) => answer(isCut, signal, () => (stored === null ? store(record) : null)),
      replace: (version, record, signal) =>
        answer(isCut, signal, () => (stored?.version === version ? store(record) : null)),
    }),
  };
  return lease;
}

function hang(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
