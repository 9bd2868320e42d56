/** What a run of the tests leaves in the machine's temporary folder. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('fault O-S3-30: a run removes all folders that its tests have made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');

  const command = [vitest, 'run', 'test/project/makes-a-folder.test.ts'];
  const env = { ...process.env, TMPDIR: folder };
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, env });

  expect(stdout).toContain('1 passed, 0 failed');
  expect(readdirSync(folder)).toEqual([]);
});
