/** Which lines are still worth their place. */
import { subjectOf, type Word } from './line.ts';
import { filterMemory, type Memory } from './memory.ts';

const dayMs = 86_400_000;

/** Without anybody who asks. */
const unaskedMs = 7 * dayMs;

/** Words that live for their own time, asked for or not: what an idle Application has done counts when it moves. */
const lifeMs: Partial<Readonly<Record<Word, number>>> = {
  proven: 30 * dayMs,
  bad: 90 * dayMs,
  wrote: 90 * dayMs,
  spent: 90 * dayMs,
  watch: 3 * dayMs, // a write is watched for two days at most: until its sync, and quarantine after it
};

/** When somebody asked last for the lines of a subject, as `subjectKey` spells it. */
export type LastAsked = ReadonlyMap<string, number>;

/** Of lines whose subject is not in `asked` nobody knows whether they are asked for: they stay. */
export function withoutForgotten(memory: Memory, asked: LastAsked, nowMs: number): Memory {
  return filterMemory(memory, (line) => {
    const life = lifeMs[line.word];
    if (life !== undefined) return nowMs - line.atMs <= life;
    return nowMs - (asked.get(subjectOf(line)) ?? nowMs) <= unaskedMs;
  });
}
