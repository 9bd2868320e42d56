/** The ConfigMap in which people say what is held back. Adapters throw `Failed`. */

/** As it was read or written last. */
export interface KnownHolds {
  readonly data: Readonly<Record<string, string>>;
}

export interface HoldsMap<Known extends KnownHolds = KnownHolds> {
  /** null: there is none. */
  read(signal: AbortSignal): Promise<Known | null>;
  /** `changes`: texts by key; null takes one away. null: it is not as it was known any more. */
  write(
    known: Known | null,
    changes: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Promise<Known | null>;
  /** For whoever gives up. */
  contended(): Error;
}
