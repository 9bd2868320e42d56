/** Months of random events over random policies: what must never happen does not, and in the end all are where they belong. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play } from './simulation/play.ts';
import { stories } from './simulation/story.ts';

/** So many stories; 10,000 of them take half an hour. */
const runs = Number(process.env['TIDEWAITER_POLICY_RUNS'] ?? 25);
const longestMs = 2 * 3_600_000;

it('policies keep what they promise, whatever happens', { timeout: longestMs }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      expect(await play(story)).toEqual([]);
    }),
    { numRuns: runs },
  );
});
