/** What a strategy chooses among, and what it comes to. */
import type { Instant } from '../version/instant.ts';

/** A tag that passed the filters. */
export interface Candidate {
  readonly tag: string;
  /** Build date; newest-build cannot order a candidate without one. */
  readonly created?: Instant;
  /** Of its manifest: tells whether two tags are one image. */
  readonly digest?: string;
}

export type Selection =
  | {
      readonly kind: 'chosen';
      readonly tag: string;
      /** Tags that the strategy cannot order: no version, no date, not the followed tag. */
      readonly unparsed: readonly string[];
      /** Tags that other rules of the reading left out, by rule. */
      readonly leftOut?: LeftOut;
      /** Versions outside the constraint. */
      readonly unsatisfied: readonly string[];
      /** A tag that people would have chosen instead, and why it is not. */
      readonly doubt?: string;
      /** Set where the running tag is chosen because nothing tells which of several images is the newest. */
      readonly tie?: string;
    }
  /** Nothing to order: the image stays as it is. */
  | { readonly kind: 'none-left'; readonly unparsed: readonly string[]; readonly leftOut?: LeftOut }
  /** There are versions, but none that the constraint admits. */
  | {
      readonly kind: 'none-satisfies';
      readonly unparsed: readonly string[];
      readonly leftOut?: LeftOut;
      readonly unsatisfied: readonly string[];
    };

export type LeftOut = ReadonlyMap<string, readonly string[]>;

/** What runs at the moment, as far as it is known. */
export interface Running {
  readonly tag?: string;
  readonly digest?: string;
}

export interface Tagged {
  readonly tag: string;
}

/** By code unit, as Go compares the bytes of a tag. */
export function compareTags(a: Tagged, b: Tagged): number {
  return compareTexts(a.tag, b.tag);
}

export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function tagsOf(candidates: readonly Tagged[]): readonly string[] {
  return candidates.map((candidate) => candidate.tag);
}

export function chooseLast<T extends Tagged>(
  candidates: readonly T[],
  compare: (a: T, b: T) => number,
  unparsed: readonly string[],
): Selection {
  let last: T | undefined;
  for (const candidate of candidates)
    if (last === undefined || compare(candidate, last) > 0) last = candidate;
  if (last === undefined) return { kind: 'none-left', unparsed };
  return { kind: 'chosen', tag: last.tag, unparsed, unsatisfied: [] };
}

/** Gathers the tags that rules of a reading left out. */
export class LeftOutTags {
  readonly #byRule = new Map<string, string[]>();
  count = 0;

  add(rule: string, tag: string): void {
    this.count += 1;
    const tags = this.#byRule.get(rule);
    if (tags === undefined) this.#byRule.set(rule, [tag]);
    else tags.push(tag);
  }

  /** Absent where there are none. */
  found(): { readonly leftOut?: LeftOut } {
    return this.count === 0 ? {} : { leftOut: this.#byRule };
  }
}
