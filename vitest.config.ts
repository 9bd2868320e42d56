/** Test run: one process pool, and a last line `N passed, N failed, N skipped`. */
import { defineConfig } from 'vitest/config';
import { ProgramsFirst } from './test/programs-first.ts';

// One seed for everything generated; the closing line tells it, and setting it repeats a run.
process.env['TIDEWAITER_SEED'] ??= String(Date.now() % 2 ** 31);

export default defineConfig({
  test: {
    // Suites need what only CI makes.
    include: ['test/**/*.test.ts', ...(process.env['TIDEWAITER_IMAGE'] ? ['test/image/*.suite.ts'] : [])],
    globalSetup: ['./test/temporary-root.ts'],
    setupFiles: ['./test/seed.ts'],
    sequence: { sequencer: ProgramsFirst },
    reporters: ['default', './test/count-reporter.ts'],
    // A guard against what hangs, not a limit: on a busy machine anything may take minutes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    isolate: false,
    // A third one keeps servers and programs of the other two from answering in time on two processors.
    maxWorkers: 2,
  },
});
