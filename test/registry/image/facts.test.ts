/** Facts about images that outlive a process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeRegistry } from '../../../src/registry/client.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { aNeed, anEndpoint, ask, datedQuery, makeHastyClock, secretsFrom } from '../support.ts';

async function startShared() {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'tidewaiter-facts-'));
  const registry = await startFakeRegistry();
  onTestFinished(async () => {
    await registry.close();
    rmSync(cacheDirectory, { recursive: true, force: true });
  });
  const warnings: string[] = [];
  const startClient = () =>
    makeRegistry({
      environment: {},
      clock: makeHastyClock(),
      userAgent: 'test',
      cacheDirectory,
      onWarning: (message) => warnings.push(message),
    });
  const need = aNeed(anEndpoint(registry.url), datedQuery);
  return { registry, startClient, need, warnings, file: join(cacheDirectory, 'registry-facts.json') };
}

it('are read by the next process: no manifest is got twice', async () => {
  const { registry, startClient, need, file } = await startShared();
  for (const tag of ['1.0.0', '1.1.0']) registry.push('acme/api', tag, { created: '2026-01-01T00:00:00Z' });
  registry.push('acme/api', 'multi', {
    index: [{ created: '2026-01-03T00:00:00Z' }, { platform: 'linux/arm64' }],
  });
  const first = startClient();
  const before = await ask(first.openCycle(secretsFrom()), need);
  first.close();
  registry.clearLog();

  const second = startClient();
  const after = await ask(second.openCycle(secretsFrom()), need);
  second.close();

  expect(after).toEqual(before);
  expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'HEAD manifests': 3 });
  expect(readFileSync(file, 'utf8')).toMatch(/^\{"version":1,/);
});

it.each(['', 'garbage', '{"version":2}', '{"version":1,"manifests":[["sha256:x",{}]],"tags":[]}'])(
  'that cannot be read (%j) are told of and found out anew',
  async (text) => {
    const { registry, startClient, need, warnings, file } = await startShared();
    registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    writeFileSync(file, text);

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(warnings).toEqual([expect.stringContaining('cannot read the cache of image facts')]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
  },
);
