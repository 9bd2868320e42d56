/** Prints the closing line that says how many tests passed and failed. */
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const { passed, failed, skipped, pending } = count;
    process.on('exit', () => {
      process.stdout.write(
        `\nseed ${process.env['TIDEWAITER_SEED']}\n${passed} passed, ${failed + pending} failed, ${skipped} skipped\n`,
      );
    });
  }
}
