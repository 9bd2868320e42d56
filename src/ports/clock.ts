/** Time and chance, passed in so that tests decide. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 <= x < 1. */
  random(): number;
}
