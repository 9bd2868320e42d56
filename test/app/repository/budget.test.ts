/** What is waited for within the time of a cycle, and what comes too late. */
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../src/app/repository/budget.ts';
import { configFailure, fail, type Outcome, succeed } from '../../../src/core/base/outcome.ts';
import { makeManualClock } from '../../fakes/clock.ts';

const late = () => configFailure('too late');

function start() {
  const clock = makeManualClock();
  return { clock, budget: new Budget(1_000, clock) };
}

/** Work that is done when the test says so. */
function open<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<T>>();
  return { work: promise, resolve, reject };
}

describe('fault A7: the time of a cycle', () => {
  it.each([
    { what: 'done in time', doneAtMs: 999, outcome: succeed('done') },
    { what: 'failed in time', doneAtMs: 999, outcome: fail(configFailure('wrong')) },
    { what: 'done too late', doneAtMs: 1_001, outcome: fail(late()) },
  ])('$what', async ({ doneAtMs, outcome }) => {
    const { clock, budget } = start();
    const { work, resolve } = open<string>();
    const waited = budget.within(work, late);
    await clock.advance(doneAtMs);
    resolve(doneAtMs > 1_000 ? succeed('done') : outcome);

    expect(budget.isOver).toBe(doneAtMs > 1_000);
    expect(await waited).toEqual(outcome);
  });

  it('that is over lets nobody wait, but gives what is there', async () => {
    const { clock, budget } = start();
    await clock.advance(1_000);

    expect(await budget.within(Promise.resolve(succeed('there')), late)).toEqual(succeed('there'));
    expect(await budget.within(open<string>().work, late)).toEqual(fail(late()));
  });

  it('tells all who wait at once, each in their own words, and only then makes the words', async () => {
    const { clock, budget } = start();
    let made = 0;
    const words = (name: string) => () => {
      made += 1;
      return configFailure(name);
    };
    const done = budget.within(Promise.resolve(succeed('a')), words('a'));
    const others = ['b', 'c'].map((name) => budget.within(open<string>().work, words(name)));
    await done;
    await clock.advance(1_000);

    expect(await Promise.all(others)).toEqual([fail(configFailure('b')), fail(configFailure('c'))]);
    expect(made).toBe(2);
  });

  it('that is closed is never over, and what breaks is thrown', async () => {
    const { clock, budget } = start();
    budget.close();
    await clock.advance(10_000);
    const { work, reject } = open<string>();
    const waited = budget.within(work, late);
    reject(new Error('broken'));

    await expect(waited).rejects.toThrow('broken');
    expect(budget.isOver).toBe(false);
  });

  it('is told as the flag says it', () => {
    expect(start().budget.text).toBe('1s (--cycle-timeout)');
  });
});
