/** What policies remember: read and added to by all that judge, one after the other. */
import type { Judgement } from '../../core/policy/judgement.ts';
import type { MemoryLine, Word } from '../../core/policy/memory/line.ts';
import { emptyMemory, type Memory, withLines, withoutLines } from '../../core/policy/memory/memory.ts';

/** Words that say since when something is so: with a wrong time they would let go on what has to wait. */
const sinceWhen: ReadonlySet<Word> = new Set(['seen', 'soak', 'proven']);

export class Notebook {
  #memory: Memory = emptyMemory;
  #isClockTrusted = (): boolean => true;

  /** Of a cycle: what is seen while the clock is wrong is seen for the first time once it is right. */
  trust(isClockTrusted: () => boolean): void {
    this.#isClockTrusted = isClockTrusted;
  }

  get isClockTrusted(): boolean {
    return this.#isClockTrusted();
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** What others have remembered meanwhile. */
  replace(memory: Memory): void {
    this.#memory = memory;
  }

  keep({ remember, forget }: Pick<Judgement, 'remember' | 'forget'>): void {
    this.add(remember);
    if (forget.length > 0) this.#memory = withoutLines(this.#memory, forget);
  }

  add(lines: readonly MemoryLine[]): void {
    const timely = this.isClockTrusted ? lines : lines.filter(({ word }) => !sinceWhen.has(word));
    if (timely.length > 0) this.#memory = withLines(this.#memory, timely);
  }
}
