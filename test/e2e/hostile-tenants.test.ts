/** One tenant tries everything at once: what the program does as a process, beside an honest Application. */
import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { tryTenants } from '../bench/tenants/trial.ts';
import { programPath, temporaryFolder } from '../cli/start-program.ts';

it('faults A1, A4 to A10, A12 to A14, A16, A17: a tenant who tries all of them gets nothing, and holds nobody up', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  const {
    output,
    attempts,
    longestMs: _,
    peakMiB,
    refusedInside,
    ...seen
  } = await tryTenants([programPath], folder);

  expect(attempts.length).toBeGreaterThan(60);
  expect(seen, output.slice(-4000)).toEqual({
    lost: 0,
    honest: '1.2.0',
    cycles: expect.any(Number) as number,
    leaked: [],
    strayFiles: [],
    complaints: '',
    touchedLocal: false,
  });
  expect(refusedInside.toSorted()).toEqual([
    'redirect-inside/web: the redirect to http://169.254.169.254 is refused',
    'token realm http://169.254.169.254 is refused',
  ]);
  expect(seen.cycles).toBeGreaterThanOrEqual(3);
  expect(peakMiB).toBeLessThan(384);
});
