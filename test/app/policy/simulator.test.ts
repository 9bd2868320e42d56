/** Months of random events over random policies: what must never happen does not, and in the end all are where they belong. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tally } from './simulation/at-work.ts';
import { play } from './simulation/play.ts';
import { stories } from './simulation/stories.ts';

/** So many stories: of each rule two or so; 10,000 of them take a processor a quarter of an hour. */
const runs = Number(process.env['TIDEWAITER_POLICY_RUNS'] ?? 34);
const longestMs = 4 * 3_600_000;

it('policies keep what they promise, whatever happens', { timeout: longestMs }, async () => {
  const tally = new Tally();

  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const { faults, rules, log } = await play(story);
      tally.add(rules);
      expect(faults.length === 0 ? [] : [...faults, ...log]).toEqual([]);
    }),
    { numRuns: runs },
  );

  expect(tally.idle).toEqual([]);
});
