/** Facts about images that outlive a process. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/ports/clock.ts';
import { makeRegistry } from '../../../src/registry/client.ts';
import { PrivateFile } from '../../../src/net/disk/private-file.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { aNeed, anEndpoint, ask, datedQuery, makeHastyClock, secretsFrom } from '../support.ts';

async function startShared() {
  const root = mkdtempSync(join(tmpdir(), 'tidewaiter-facts-'));
  const cacheDirectory = join(root, 'cache', 'registry');
  mkdirSync(cacheDirectory, { recursive: true });
  const registry = await startFakeRegistry();
  onTestFinished(async () => {
    await registry.close();
    rmSync(root, { recursive: true, force: true });
  });
  const warnings: string[] = [];
  const startClient = (clock: Clock = makeHastyClock()) =>
    makeRegistry({
      environment: {},
      clock,
      userAgent: 'test',
      cacheDirectory,
      limits: { headerTimeoutMs: 120_000 },
      onWarning: (message) => warnings.push(message),
    });
  const need = aNeed(anEndpoint(registry.url), datedQuery);
  return {
    registry,
    startClient,
    need,
    warnings,
    root,
    cacheDirectory,
    file: join(cacheDirectory, 'registry-facts.json'),
  };
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
  expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'HEAD manifests': 2 });
  expect(readFileSync(file, 'utf8')).toMatch(/^\{"version":1,/);
});

it.each([
  '',
  'garbage',
  '{"version":2}',
  '{"version":1,"manifests":[["sha256:x",{}]],"tags":[]}',
  '{"version":1',
])('that cannot be read (%j) are told of and found out anew', async (text) => {
  const { registry, startClient, need, warnings, file } = await startShared();
  registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });
  writeFileSync(file, text);

  const client = startClient();
  await ask(client.openCycle(secretsFrom()), need);
  client.close();

  expect(warnings).toEqual([expect.stringContaining('cannot read the cache of image facts')]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
});

describe('what is known', () => {
  async function startFilled() {
    const shared = await startShared();
    for (let i = 0; i < 60; i += 1) {
      shared.registry.push('acme/api', `b${i}`, {
        created: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
      });
    }
    const client = shared.startClient();
    await ask(client.openCycle(secretsFrom()), shared.need);
    client.close();
    shared.registry.clearLog();
    return shared;
  }

  it('fault R7: one broken entry among sixty is left out, the others stand', async () => {
    const { registry, startClient, need, warnings, file } = await startFilled();
    const [, first = ''] = /\n\["(sha256:[0-9a-f]{64})"/.exec(readFileSync(file, 'utf8')) ?? [];
    writeFileSync(file, readFileSync(file, 'utf8').replace(`["${first}"`, '["sha256:zz"'));

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(warnings).toEqual(['cannot read the cache of image facts: 1 entries are broken and left out']);
    expect(registry.counts()['GET manifests']).toBe(1);
  });

  it('fault R7: outlives a change of the registry entry that changes neither who is asked nor who asks', async () => {
    const { registry, startClient, need } = await startFilled();
    const endpoint = { ...need.endpoint, name: 'renamed', limitPerSecond: 50 };

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), aNeed(endpoint, datedQuery));
    client.close();

    expect(registry.counts()).toMatchObject({ 'GET tags/list': 1 });
    expect(registry.counts()['GET manifests']).toBeUndefined();
  });

  it('fault R7: a tag whose digest is forgotten is asked by HEAD first', async () => {
    const { registry, startClient, need, file } = await startFilled();
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), tags: [] }));

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'HEAD manifests': 60 });
  });

  it('fault R7: a file in which only times of checks would differ is not written again', async () => {
    const { startClient, need, file } = await startFilled();
    const { ino } = statSync(file);

    const client = startClient();
    for (let i = 0; i < 3; i += 1) await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(statSync(file).ino).toBe(ino);
  });

  it('fault R7: what is found out last is on disk at the end, though an earlier text is still being written', async () => {
    const { registry, startClient, need, file } = await startShared();
    registry.push('acme/api', 'one', { created: '2026-01-01T00:00:00Z' });
    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.openCycle(secretsFrom()); // starts to write what the first cycle found out
    client.close();
    const atEnd = readFileSync(file, 'utf8');
    const drafts = () => readdirSync(dirname(file)).filter((name) => name !== basename(file));
    // The earlier text has been begun, and is over.
    let seen = false;
    for (let turns = 0; turns < 10_000 && !(seen && drafts().length === 0); turns += 1) {
      seen ||= drafts().length > 0;
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(atEnd).toContain('"one"');
    expect(readFileSync(file, 'utf8')).toBe(atEnd);
  });

  it('fault R10: after a restart costs one list and at most ten HEADs', async () => {
    const { registry, startClient, need } = await startFilled();
    const later = makeHastyClock(1_800_000_000_000 + 7 * 24 * 3_600_000);
    const client = startClient(later);
    for (let i = 0; i < 12; i += 1) {
      later.pass(6 * 3_600_000);
      await ask(client.openCycle(secretsFrom()), need);
    }
    client.close();
    registry.clearLog();

    const last = startClient(makeHastyClock(later.now() + 24 * 3_600_000));
    await ask(last.openCycle(secretsFrom()), need);
    last.close();

    expect(registry.counts()['GET tags/list']).toBe(1);
    expect(registry.counts()['HEAD manifests']).toBeLessThanOrEqual(10);
    expect(registry.counts()['GET manifests']).toBeUndefined();
  });

  it('fault R7: is on disk half a minute into a long cycle, so that a process that is killed worked for something', async () => {
    const { registry, startClient, need, file } = await startShared();
    for (let i = 0; i < 40; i += 1) registry.push('acme/api', `b${i}`, { created: '2026-01-01T00:00:00Z' });
    const clock = makeHastyClock();
    const client = startClient(clock);
    const stalled = Promise.withResolvers<void>();
    let manifests = 0;
    registry.fault = ({ path }) => {
      if (!path.includes('/manifests/')) return false;
      manifests += 1;
      if (manifests > 30) stalled.resolve();
      return manifests > 30;
    };
    const stop = new AbortController();
    const cycle = client.openCycle(secretsFrom()).answer(need, stop.signal);
    await stalled.promise;
    await clock.advance(30_000);
    while (!existsSync(file)) await clock.advance(0);
    const known = JSON.parse(readFileSync(file, 'utf8')).manifests.length as number;
    registry.fault = undefined;
    registry.clearLog();

    const next = startClient(); // the first one is never closed: it was killed
    await ask(next.openCycle(secretsFrom()), need);
    next.close();

    expect(known).toBeGreaterThan(10);
    expect(registry.counts()['GET manifests']).toBe(40 - known);
    stop.abort(new Error('over'));
    await expect(cycle).rejects.toThrow('cancelled');
    client.close();
  });
});

describe('the place of the file', () => {
  it('fault R7: a symlink is neither read nor followed', async () => {
    const { registry, startClient, need, warnings, file, root } = await startShared();
    registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    const victim = join(root, 'victim');
    writeFileSync(victim, '{"version":1,"manifests":[],"tags":[]}');
    symlinkSync(victim, file);

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(readFileSync(victim, 'utf8')).toBe('{"version":1,"manifests":[],"tags":[]}');
    expect(lstatSync(file).isFile()).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('cannot read the cache of image facts')]);
  });

  it('fault R7: is made for us alone, and nothing is left beside the file', async () => {
    const { registry, startClient, need, cacheDirectory, file } = await startShared();
    rmSync(cacheDirectory, { recursive: true });
    registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect([statSync(cacheDirectory).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readdirSync(cacheDirectory)).toEqual(['registry-facts.json']);
  });

  it('fault A16: a folder that everybody may write to is not believed', async () => {
    const { registry, startClient, need, warnings, cacheDirectory } = await startShared();
    registry.push('acme/api', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    const first = startClient();
    await ask(first.openCycle(secretsFrom()), need);
    first.close();
    chmodSync(cacheDirectory, 0o777);
    registry.clearLog();

    const client = startClient();
    await ask(client.openCycle(secretsFrom()), need);
    client.close();

    expect(warnings[0]).toMatch(/cannot read the cache of image facts: .* may be written to by everybody/);
    expect(registry.counts()['GET manifests']).toBe(1);
  });

  it('fault A16: what belongs to another user is neither read nor written', async () => {
    const { cacheDirectory } = await startShared();
    const ownUid = statSync(cacheDirectory).uid;
    new PrivateFile(cacheDirectory, 'own', 100, ownUid).writeNow(['own']);
    const stranger = new PrivateFile(cacheDirectory, 'own', 100, ownUid + 1);

    expect(() => stranger.read()).toThrow('belongs to another user');
    expect(() => stranger.writeNow(['new'])).toThrow('belongs to another user');
    await expect(stranger.write(['new'])).rejects.toThrow('belongs to another user');
    expect(readFileSync(join(cacheDirectory, 'own'), 'utf8')).toBe('own');
    expect(readdirSync(cacheDirectory)).toEqual(['own']);
  });
});
