/** How long the answers of a cycle are kept. */
import { describe, expect, it } from 'vitest';
import { makeAsk } from '../../src/app/read/ask.ts';
import { Budget } from '../../src/app/repository/budget.ts';
import { Unfinished } from '../../src/app/repository/unfinished.ts';
import type { ImageNeed } from '../../src/core/decide/needs.ts';
import { makeManualClock } from '../fakes/clock.ts';

const need = { key: 'tags reg.test/acme/web' } as ImageNeed;

/** Asks twice at once, and once more later; gives how often the registry was asked. */
async function questionsFor(tags: readonly string[]): Promise<number> {
  let questions = 0;
  const answer = async () => {
    questions += 1;
    return { kind: 'tags' as const, tags };
  };
  const budget = new Budget(1_000, makeManualClock());
  const { signal } = new AbortController();
  const ask = makeAsk({ registry: { answer }, budget, open: new Unfinished(), signal });
  const both = await Promise.all([ask(need), ask(need)]);
  expect(both).toEqual([
    { ok: true, value: { kind: 'tags', tags } },
    { ok: true, value: { kind: 'tags', tags } },
  ]);
  await ask(need);
  budget.close();
  return questions;
}

describe('answers of a cycle', () => {
  it('fault A6: very long ones are kept for those only who wait for them', async () => {
    expect(await questionsFor(Array.from({ length: 100_001 }, (_, i) => `1.0.${i}`))).toBe(2);
  });

  it('others are kept to its end', async () => {
    expect(await questionsFor(['1.0.0'])).toBe(1);
  });
});
