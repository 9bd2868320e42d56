/** What a run of the tests leaves in the machine's temporary folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('fault O-S3-30: a run removes all folders that its tests have made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');

  const { stdout } = spawnSync(process.execPath, [vitest, 'run', 'test/project/makes-a-folder.test.ts'], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    encoding: 'utf8',
  });

  expect(stdout).toContain('1 passed, 0 failed');
  expect(readdirSync(folder)).toEqual([]);
}, 120_000);
