/** What one policy answers: its verdict, and what it wants remembered. */
import type { MemoryLine } from './memory/line.ts';
import type { Verdict } from './verdict.ts';

export interface Judgement {
  /** Absent: it does not withhold. */
  readonly verdict?: Verdict;
  /** Lines that are new, or take the place of those of their identity. */
  readonly remember: readonly MemoryLine[];
  /** Lines that are true no more. */
  readonly forget: readonly MemoryLine[];
}

/** Neither withholds nor has anything to remember. */
export const passes: Judgement = { remember: [], forget: [] };
