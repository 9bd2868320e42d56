/** How the candidates of an image fell: which rule dropped which tags. */

/** Tags that one rule dropped. */
export interface DroppedByRule {
  readonly rule: string;
  readonly count: number;
  /** The first of them: a few, or as many as were asked for. */
  readonly examples: readonly string[];
}

/** How the candidates fell: enough to explain a decision without asking again. */
export interface Trace {
  /** Tags the registry listed; absent where no list was asked for (digest strategy). */
  readonly listed?: number;
  /** In the order in which the rules apply. */
  readonly dropped: readonly DroppedByRule[];
  /** Why the order of the candidates may not be the one that was meant, for a warning. */
  readonly doubt?: string;
}

const fewExamples = 3;

/** Why no candidate is left, for people. */
export function nothingLeft({ listed, dropped }: Trace): string {
  if (listed === 0) return 'the repository has no tags';
  return `none of ${listed} tags is left: ${droppedText(dropped)}`;
}

/** Which rule dropped how many, for people. */
export function droppedText(dropped: readonly DroppedByRule[]): string {
  return dropped
    .map(({ rule, count, examples }) => {
      const few = examples.slice(0, fewExamples);
      return `${rule} dropped ${count} (${few.join(', ')}${count > few.length ? ', …' : ''})`;
    })
    .join('; ');
}

/** Gathers dropped tags by rule, in the order in which the rules first dropped one. */
export class Drops {
  readonly #byRule = new Map<string, { count: number; examples: string[] }>();
  readonly #kept: number;

  constructor(kept = fewExamples) {
    this.#kept = kept;
  }

  add(rule: string, tag: string): void {
    const entry = this.#byRule.get(rule) ?? { count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < this.#kept) entry.examples.push(tag);
    this.#byRule.set(rule, entry);
  }

  list(): readonly DroppedByRule[] {
    return Array.from(this.#byRule, ([rule, { count, examples }]) => ({ rule, count, examples }));
  }
}
