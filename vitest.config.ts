/** Test run: one process pool, and a last line `N passed, N failed, N skipped`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Suites need what only CI makes.
    include: ['test/**/*.test.ts', ...(process.env['TIDEWAITER_IMAGE'] ? ['test/image/*.suite.ts'] : [])],
    reporters: ['default', './test/count-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
    maxWorkers: 2,
  },
});
