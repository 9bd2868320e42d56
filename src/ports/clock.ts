/** Time and chance, passed in so that tests decide. */
export interface Clock {
  /** Milliseconds since 1970: may jump either way. For what the world dates: tokens, commits, reports. */
  now(): number;
  /** Milliseconds since some moment: never jumps. For pauses, deadlines, durations and progress. */
  monotonicMs(): number;
  /** Resolves after the time, or rejects with the signal's reason. With 0 too everybody else has a turn before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back after the time, unless what it gives is called first. */
  after(ms: number, act: () => void): () => void;
  /** 0 <= x < 1. */
  random(): number;
}
