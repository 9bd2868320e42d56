/** The Lease that replicas contend for: one object that all of them can read, and replace if nobody else has. */

export interface LeaseRecord {
  /** Identity of the replica that leads; "" for none. */
  readonly holder: string;
  /** How long others leave it to its holder after they saw it change last. */
  readonly durationSeconds: number;
  /** Milliseconds since 1970, by the holder's clock. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  /** How often the holder changed. */
  readonly transitions: number;
}

export interface StoredLease {
  readonly record: LeaseRecord;
  /** Changes with every write. */
  readonly version: string;
}

/** Throws `Failed` (kube). */
export interface Lease {
  /** For people: namespace and name. */
  readonly name: string;
  /** null: there is none yet. */
  read(signal: AbortSignal): Promise<StoredLease | null>;
  /** null: somebody else was faster. */
  create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | null>;
  /** null: it is not of this version any more. */
  replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | null>;
}
