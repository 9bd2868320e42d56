/** What policies keep from one cycle to the next, and what the user wants of all cycles. */
import type { PolicyKey } from '../../core/config/keys/policy-keys.ts';
import type { Sourced } from '../../core/policy/settings.ts';
import { Zones } from '../../core/policy/words/zone.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PolicyMemory } from '../../ports/policy-memory.ts';
import { AdministrationReader } from './facts/administration.ts';
import { Intervals } from './facts/intervals.ts';
import { MemoryKeeper } from '../memory/memory-keeper.ts';
import { memoryWords } from '../memory/memory-words.ts';
import { Notebook } from '../memory/notebook.ts';
import { Watching } from './facts/watching.ts';
import type { Places } from './limits.ts';
import { UnreadHistories } from './rollback/unread-histories.ts';

export interface PolicyWishes {
  /** Values of `--default-<key>`. */
  readonly flags: ReadonlyMap<PolicyKey, string>;
  /** Every Application is listed: what is set for one that is not there is a mistake. */
  readonly seesAll?: boolean;
  /** Between two cycles. */
  readonly cycleMs: number;
  readonly maxCommitsPerHour?: Sourced<number>;
}

export interface KeptPolicies {
  readonly zones: Zones;
  readonly administration: AdministrationReader;
  readonly notebook: Notebook;
  readonly watching: Watching;
  readonly unread: UnreadHistories;
  readonly keeper: MemoryKeeper;
  /** Once in the life of the process, whatever the words become. */
  readonly tellOnce: (about: string, words: string) => void;
  /** What was told since somebody asked last. */
  readonly takeTold: () => readonly string[];
  readonly intervals: Intervals;
  places: Places;
  /** Groups that are written halfway: what all are to be at, and who is not. */
  readonly splits: Map<string, { readonly id: string; readonly left: ReadonlySet<string> }>;
}

/** Who follows so many restless tags has heard enough of them. */
const maxSubjects = 1000;

/** `stores`: where memory outlives the process. */
export function keepPolicies(
  { flags }: PolicyWishes,
  clock: Clock,
  stores: readonly PolicyMemory[],
): KeptPolicies {
  const zones = new Zones();
  const notebook = new Notebook();
  const told: string[] = [];
  const subjects = new Set<string>();
  return {
    zones,
    administration: new AdministrationReader({ zones, clock, flags }),
    notebook,
    watching: new Watching(notebook),
    unread: new UnreadHistories(),
    keeper: new MemoryKeeper({ places: stores, clock, tell: (event) => told.push(memoryWords(event)) }),
    tellOnce: (about, words) => {
      if (subjects.has(about) || subjects.size === maxSubjects) return;
      subjects.add(about);
      told.push(words);
    },
    takeTold: () => told.splice(0),
    intervals: new Intervals(),
    places: new Map(),
    splits: new Map(),
  };
}
