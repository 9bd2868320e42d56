/** Test run: one process pool, and a last line `N passed, N failed, N skipped`. */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// One seed for everything generated; the closing line tells it, and setting it repeats a run.
process.env['TIDEWAITER_SEED'] ??= String(Date.now() % 2 ** 31);

export default defineConfig({
  test: {
    // Suites need what only CI makes.
    include: ['test/**/*.test.ts', ...(process.env['TIDEWAITER_IMAGE'] ? ['test/image/*.suite.ts'] : [])],
    globalSetup: ['./test/temporary-root.ts'],
    setupFiles: ['./test/seed.ts'],
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/count-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
    maxWorkers: 2,
  },
});
