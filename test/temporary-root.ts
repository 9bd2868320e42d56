/** One folder for everything that a test run leaves behind, in tests and in the programs that they start; it goes when the run ends. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before any worker starts: they have it from the environment. The name is short, for paths of sockets have to be. */
export default function setUp(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'tw-run-'));
  chmodSync(root, 0o755); // some tests are of programs that another user runs
  process.env['TMPDIR'] = root;
  // Sources that tests start as programs are stripped of their types and compiled once: that is most of a start.
  process.env['NODE_COMPILE_CACHE'] = join(root, 'compile-cache');
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
