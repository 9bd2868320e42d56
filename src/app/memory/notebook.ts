/** What policies remember: read and added to by all that judge, one after the other. */
import type { Judgement } from '../../core/policy/judgement.ts';
import type { MemoryLine } from '../../core/policy/memory/line.ts';
import { emptyMemory, type Memory, withLines, withoutLines } from '../../core/policy/memory/memory.ts';

export class Notebook {
  #memory: Memory = emptyMemory;

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
    if (lines.length > 0) this.#memory = withLines(this.#memory, lines);
  }
}
