/** What a command of people changes in the holds ConfigMap, as data and in words. */
import type { Hold, Skip } from '../settings.ts';
import { formatInstant } from '../words/instant.ts';
import type { Zones } from '../words/zone.ts';
import type { HoldsData } from './holds-book.ts';
import type { HoldsTexts } from './holds-draft.ts';

export interface HoldsContext {
  readonly data: HoldsData;
  readonly zones: Zones;
}

export interface HoldsChange {
  /** New texts by key; null takes a key away. Empty: there is nothing to change. */
  readonly data: HoldsTexts;
  /** What takes it back. */
  readonly before: HoldsTexts;
  /** What changed, one fact a line. */
  readonly told: readonly string[];
  /** The command that undoes it; absent where only the texts before do. */
  readonly undo?: string;
  /** What else withholds afterwards. */
  readonly still: readonly string[];
}

/** ` until 2026-12-01T08:00:00Z: bug 42`, to be put behind a verb. */
export function holdWords({ untilMs, reason, by }: Hold): string {
  const until = untilMs === undefined ? '' : ` until ${formatInstant(untilMs)}`;
  return `${until}${reason === undefined ? '' : `: ${reason}`}${by === undefined ? '' : ` (${by})`}`;
}

export function skipWords({ version, reason }: Skip): string {
  return reason === undefined ? version : `${version} (${reason})`;
}
