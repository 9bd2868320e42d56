/** How often a problem that stays is said again: at once, then more and more rarely. */

const minuteMs = 60_000;

/** Time from the first, second, … line about a problem to the next one; the last counts for all that follow. */
const pausesMs = [10 * minuteMs, 60 * minuteMs, 360 * minuteMs] as const;
const longestPauseMs = pausesMs[2];

export interface Repeat {
  readonly message: string;
  readonly sinceMs: number;
  readonly timesSaid: number;
  readonly sayAgainAtMs: number;
}

/** Problem key -> when it is said again. */
export type Repeats = ReadonlyMap<string, Repeat>;

export interface Told {
  readonly repeats: Repeats;
  /** Keys that deserve a line. */
  readonly say: ReadonlySet<string>;
  readonly resolved: readonly Repeat[];
}

/**
 * `present`: key and message of each problem of this cycle. With `complete` false (a cycle that could not
 * look at everything) an absent problem is not taken for resolved.
 */
export function tellRepeats(
  before: Repeats,
  present: ReadonlyMap<string, string>,
  nowMs: number,
  complete: boolean,
): Told {
  const absent = [...before].filter(([key]) => !present.has(key));
  const repeats = new Map<string, Repeat>(complete ? [] : absent);
  const say = new Set<string>();
  for (const [key, message] of present) {
    const known = before.get(key);
    if (known !== undefined && nowMs < known.sayAgainAtMs) {
      repeats.set(key, known);
      continue;
    }
    const timesSaid = known?.timesSaid ?? 0;
    repeats.set(key, {
      message,
      sinceMs: known?.sinceMs ?? nowMs,
      timesSaid: timesSaid + 1,
      sayAgainAtMs: nowMs + (pausesMs[timesSaid] ?? longestPauseMs),
    });
    say.add(key);
  }
  return { repeats, say, resolved: complete ? absent.map(([, repeat]) => repeat) : [] };
}
