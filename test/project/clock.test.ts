/** Time is a port: whatever waits in src can be made to wait by a clock that a test moves. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const src = join(import.meta.dirname, '../../src');

const realTime = /\b(?:setTimeout|setInterval|AbortSignal\.timeout|Date\.now|performance\.now)\b/;

/** File -> why it goes by real time. */
const exceptions: Readonly<Record<string, string>> = {
  'cli/process/clock.ts': 'it is the clock',
  'web/page/script.ts': 'it runs in a browser',
};

it('fault H3 nothing goes by real time but the clock', async () => {
  const found: string[] = [];
  for await (const path of glob('**/*.ts', { cwd: src }))
    if (realTime.test(readFileSync(join(src, path), 'utf8'))) found.push(path);

  expect(found.toSorted()).toEqual(Object.keys(exceptions));
});
