/** How often a problem that stays is said again: at once, then more and more rarely. */
import type { AppKey } from '../config/application.ts';

const minuteMs = 60_000;

/** Time from the first, second, … line about a problem to the next one; the last counts for all that follow. */
const pausesMs = [10 * minuteMs, 60 * minuteMs, 360 * minuteMs] as const;
const longestPauseMs = pausesMs[2];

export interface Repeat {
  readonly message: string;
  /** Every Application that a line about it has named. */
  readonly named: ReadonlySet<AppKey>;
  readonly sinceMs: number;
  readonly timesSaid: number;
  /** Infinite for a note. */
  readonly sayAgainAtMs: number;
}

/** Problem key -> when it is said again. */
export type Repeats = ReadonlyMap<string, Repeat>;

export interface Told {
  readonly repeats: Repeats;
  /** Keys that deserve a line -> the Applications to name in it. */
  readonly say: ReadonlyMap<string, readonly AppKey[]>;
  readonly resolved: readonly Repeat[];
}

/** What a problem of this cycle is known by. */
export interface Present {
  readonly key: string;
  readonly message: string;
  readonly applications: readonly AppKey[];
  /** Said once; that it is over is no news. */
  readonly isNote?: true;
}

/**
 * With `complete` false (a cycle that could not look at everything) an absent problem is not taken for resolved. An
 * Application that a problem reaches later is named at once: whoever looks for its name must find it.
 */
export function tellRepeats(
  before: Repeats,
  present: readonly Present[],
  nowMs: number,
  complete: boolean,
): Told {
  const repeats = new Map<string, Repeat>();
  const say = new Map<string, readonly AppKey[]>();
  for (const { key, message, applications, isNote } of present) {
    const known = before.get(key);
    const isDue = known === undefined || nowMs >= known.sayAgainAtMs;
    const names = isDue ? applications : applications.filter((app) => !known.named.has(app));
    if (isDue || names.length > 0) say.set(key, names);
    if (isDue) repeats.set(key, saidNow(known, { message, applications, isNote }, nowMs));
    else
      repeats.set(key, names.length === 0 ? known : { ...known, named: new Set([...known.named, ...names]) });
  }
  const absent = [...before].filter(([key]) => !repeats.has(key));
  if (!complete) for (const [key, repeat] of absent) repeats.set(key, repeat);
  return { repeats, say, resolved: complete ? absent.map(([, repeat]) => repeat).filter(isProblem) : [] };
}

/** Nobody waits for the end of a note. */
function isProblem({ sayAgainAtMs }: Repeat): boolean {
  return sayAgainAtMs !== Number.POSITIVE_INFINITY;
}

function saidNow(
  known: Repeat | undefined,
  {
    message,
    applications,
    isNote = false,
  }: Omit<Present, 'key' | 'isNote'> & { isNote?: boolean | undefined },
  nowMs: number,
): Repeat {
  const timesSaid = known?.timesSaid ?? 0;
  return {
    message,
    named: new Set(applications),
    sinceMs: known?.sinceMs ?? nowMs,
    timesSaid: timesSaid + 1,
    sayAgainAtMs: isNote ? Number.POSITIVE_INFINITY : nowMs + (pausesMs[timesSaid] ?? longestPauseMs),
  };
}
