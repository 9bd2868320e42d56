import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

it('fault O-S3-30: folders of tests lie in that of the run', () => {
  expect(dirname(mkdtempSync(join(tmpdir(), 'left-behind-')))).toMatch(/\/tw-run-[^/]+$/);
});
