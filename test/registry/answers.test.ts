/** The four questions, asked of the fake registry: answers and how many requests they cost. */
import { describe, expect, it } from 'vitest';
import { makeImage, ociIndex, sha256 } from '../fakes/image-content.ts';
import {
  aNeed,
  anyFilter,
  ask,
  datedQuery,
  digestQuery,
  platforms,
  startBench,
  tagsQuery,
} from './support.ts';

describe('tags', () => {
  it('#2 lists every page in order', async () => {
    const { registry, endpoint, openCycle } = await startBench({ pageSize: 2 });
    for (const tag of ['1.0', 'latest', '0.9', 'beta', '2.0']) registry.push('acme/api', tag, {});

    const answer = await ask(openCycle(), aNeed(endpoint));

    expect(answer).toEqual({ kind: 'tags', tags: ['1.0', 'latest', '0.9', 'beta', '2.0'] });
    expect(registry.counts()).toEqual({ 'GET tags/list': 3 });
    expect(registry.requests[0]?.query.get('n')).toBe('1000');
  });

  it('#4, 11-35 lists a repository once per cycle, whoever asks and whatever for', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', '1.0', { created: '2026-01-01T00:00:00Z' });
    const cycle = openCycle();
    const filtered = { kind: 'dated-tags', filter: { allow: '^1', ignore: [] }, platforms } as const;

    await Promise.all(
      [tagsQuery, datedQuery, filtered, tagsQuery].map((query) => ask(cycle, aNeed(endpoint, query))),
    );
    await ask(cycle, aNeed(endpoint));

    expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'GET manifests': 1, 'GET blobs': 1 });
  });

  it('asks again in the next cycle', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', '1.0', {});

    await ask(openCycle(), aNeed(endpoint));
    registry.push('acme/api', '2.0', {});

    expect(await ask(openCycle(), aNeed(endpoint))).toEqual({ kind: 'tags', tags: ['1.0', '2.0'] });
  });
});

describe('digest', () => {
  it('#17, 11-27, B-11 is that of the index, found by one HEAD once its platforms are known', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const digest = registry.push('acme/api', 'latest', {
      index: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
    });

    const first = await ask(openCycle(), aNeed(endpoint, digestQuery('latest')));
    const firstCounts = registry.counts();
    registry.clearLog();
    const second = await ask(openCycle(), aNeed(endpoint, digestQuery('latest')));

    expect([first, second]).toEqual([
      { kind: 'digest', digest },
      { kind: 'digest', digest },
    ]);
    expect(firstCounts).toEqual({ 'HEAD manifests': 1, 'GET manifests': 1 });
    expect(registry.counts()).toEqual({ 'HEAD manifests': 1 });
  });

  it('11-28, D-07 of a single image is checked against the platform in its config, without needing a date', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const digest = registry.push('acme/api', 'latest', { platform: 'linux/arm64' });
    const cycle = openCycle();

    expect(await ask(cycle, aNeed(endpoint, digestQuery('latest', ['linux/arm64'])))).toEqual({
      kind: 'digest',
      digest,
    });
    expect(await ask(cycle, aNeed(endpoint, digestQuery('latest')))).toEqual({
      kind: 'digest',
      digest: null,
      reason: 'tag latest: no image for linux/amd64',
    });
    expect(registry.counts()).toEqual({ 'HEAD manifests': 1, 'GET manifests': 1, 'GET blobs': 1 });
  });

  it('of a missing tag is null with a reason', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', '1.0', {});

    expect(await ask(openCycle(), aNeed(endpoint, digestQuery('latest')))).toEqual({
      kind: 'digest',
      digest: null,
      reason: 'tag latest does not exist',
    });
  });

  it('of a repository that the registry does not know is a failure', async () => {
    const { endpoint, openCycle } = await startBench();

    await expect(ask(openCycle(), aNeed(endpoint, digestQuery('latest')))).rejects.toThrow(
      'read manifest of registry.example.test/acme/api:latest: 404 not found (NAME_UNKNOWN: repository name not known to registry)',
    );
  });

  it('comes from a GET where HEAD is refused, and HEAD is not tried again', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const digest = registry.push('acme/api', 'latest', {});
    registry.fault = ({ method }, response) => {
      if (method === 'HEAD') response.writeHead(405).end();
      return method === 'HEAD';
    };

    const answers = [
      await ask(openCycle(), aNeed(endpoint, digestQuery('latest'))),
      await ask(openCycle(), aNeed(endpoint, digestQuery('latest'))),
    ];

    expect(answers).toEqual([
      { kind: 'digest', digest },
      { kind: 'digest', digest },
    ]);
    expect(registry.counts()).toEqual({ 'HEAD manifests': 1, 'GET manifests': 2, 'GET blobs': 1 });
  });

  it('#16, 11-26, D-08 ignores the tag order of the endpoint', async () => {
    const { registry, endpoint, openCycle } = await startBench({}, {}, { tagSort: 'latest-first' });
    const digest = registry.push('acme/api', 'latest', {});

    expect(await ask(openCycle(), aNeed(endpoint, digestQuery('latest')))).toEqual({
      kind: 'digest',
      digest,
    });
  });
});

describe('dated tags', () => {
  const seconds = (text: string) => ({ seconds: Date.parse(text) / 1000, nanos: 0 });

  it('#13, 11-34, B-04, B-05 have the newest date of the platforms that each question wants', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const index = [
      { platform: 'linux/amd64', created: '2026-01-05T00:00:00Z' },
      { platform: 'linux/arm64', created: '2026-01-09T00:00:00Z' },
    ];
    const digest = registry.push('acme/api', 'a', { index });
    const cycle = openCycle();
    const both = {
      kind: 'dated-tags',
      filter: anyFilter,
      platforms: ['linux/amd64', 'linux/arm64'],
    } as const;

    expect(await ask(cycle, aNeed(endpoint, datedQuery))).toEqual({
      kind: 'dated-tags',
      listed: 1,
      tags: [{ tag: 'a', digest, created: seconds('2026-01-05T00:00:00Z') }],
      dropped: [],
    });
    expect(await ask(cycle, aNeed(endpoint, both))).toMatchObject({
      tags: [{ tag: 'a', created: seconds('2026-01-09T00:00:00Z') }],
    });
  });

  it('B-03, B-08, #33 drop what is certain: filtered, signature, no image, no date, no platform, no manifest', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const created = '2026-01-05T00:00:00Z';
    const digest = registry.push('acme/api', 'good', { created });
    registry.push('acme/api', 'ignored', { created });
    registry.push('acme/api', `sha256-${'a'.repeat(64)}.sig`, {});
    registry.push('acme/api', 'undated', {});
    registry.push('acme/api', 'windows', { created, platform: 'windows/amd64' });
    const chart = { mediaType: 'application/vnd.oci.image.manifest.v1+json', body: '{"schemaVersion":2}' };

    registry.load('acme/api', { tags: { lost: `sha256:${'0'.repeat(64)}` }, manifests: {}, blobs: {} });
    registry.load('acme/api', {
      tags: { chart: sha256(chart.body) },
      manifests: { [sha256(chart.body)]: chart },
      blobs: {},
    });

    const query = { kind: 'dated-tags', filter: { ignore: ['ign*'] }, platforms } as const;
    expect(await ask(openCycle(), aNeed(endpoint, query))).toEqual({
      kind: 'dated-tags',
      listed: 7,
      tags: [{ tag: 'good', digest, created: seconds(created) }],
      dropped: [
        { tag: 'ignored', reason: 'ignore-tags' },
        { tag: `sha256-${'a'.repeat(64)}.sig`, reason: 'signature' },
        { tag: 'undated', reason: 'no creation date' },
        { tag: 'windows', reason: 'no wanted platform' },
        { tag: 'lost', reason: 'no manifest' },
        { tag: 'chart', reason: 'not an image' },
      ],
    });
  });

  it('11-32, B-06 trust the index about the platform of a child', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const child = makeImage({ created: '2026-01-05T00:00:00Z', platform: 'linux/arm64' });
    const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: [{ digest: child.digest, platform }],
    });
    registry.load('acme/api', child);
    registry.load('acme/api', {
      tags: { a: sha256(body) },
      manifests: { [sha256(body)]: { mediaType: ociIndex, body } },
      blobs: {},
    });

    const query = { kind: 'dated-tags', filter: anyFilter, platforms: ['linux/arm64/v8'] } as const;
    expect(await ask(openCycle(), aNeed(endpoint, query))).toMatchObject({
      tags: [{ tag: 'a', created: seconds('2026-01-05T00:00:00Z') }],
    });
    // Not every registry decodes %3A.
    expect(registry.requests.map(({ path }) => path)).toContain(`/v2/acme/api/manifests/${child.digest}`);
  });

  it('cost one HEAD each in a window, and new tags two requests, once all is known', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    for (let minor = 0; minor < 30; minor += 1) {
      registry.push('acme/api', `v1.${minor}.0`, { created: `2026-01-01T00:00:${10 + minor}Z` });
    }
    registry.push('acme/api', 'latest', { created: '2025-01-01T00:00:00Z' });

    await ask(openCycle(), aNeed(endpoint, datedQuery));
    const first = registry.counts();
    registry.clearLog();
    registry.push('acme/api', 'v1.30.0', { created: '2026-01-02T00:00:00Z' });
    await ask(openCycle(), aNeed(endpoint, datedQuery));

    expect(first).toEqual({ 'GET tags/list': 1, 'GET manifests': 31, 'GET blobs': 31 });
    expect(registry.counts()).toEqual({
      'GET tags/list': 1,
      'HEAD manifests': 3,
      'GET manifests': 1,
      'GET blobs': 1,
    });
  });

  it('#13, 11-34 notice that a tag moved', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'latest', { created: '2026-01-01T00:00:00Z' });
    await ask(openCycle(), aNeed(endpoint, datedQuery));
    registry.push('acme/api', 'latest', { created: '2026-03-01T00:00:00Z' });

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'latest', created: seconds('2026-03-01T00:00:00Z') }],
    });
  });

  it.each([
    { tagSort: 'latest-first', dates: [3, 2, 1] },
    { tagSort: 'latest-last', dates: [0, 1, 2] },
  ] as const)('under $tagSort are dated by position without any manifest', async ({ tagSort, dates }) => {
    const { registry, endpoint, openCycle } = await startBench({}, {}, { tagSort });
    for (const tag of ['a', 'b', 'c']) registry.push('acme/api', tag, {});

    const answer = await ask(openCycle(), aNeed(endpoint, datedQuery));

    expect(answer).toMatchObject({
      tags: dates.map((at, i) => ({ tag: 'abc'[i], created: { seconds: at, nanos: 0 } })),
    });
    expect(registry.counts()).toEqual({ 'GET tags/list': 1 });
  });

  it('#1, 11-17, B-01 fail as a whole when one tag cannot be read', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
    registry.push('acme/api', 'b', { created: '2026-01-02T00:00:00Z' });
    registry.fault = ({ path }, response) => {
      const isB = path.endsWith('/manifests/b');
      if (isB) response.writeHead(500).end();
      return isB;
    };

    await expect(ask(openCycle(), aNeed(endpoint, datedQuery))).rejects.toThrow(
      'read manifest of registry.example.test/acme/api:b: 500 internal server error',
    );
  });

  it('#1, B-02 fail when none of the tags can be read', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    for (const tag of ['a', 'b', 'c']) registry.push('acme/api', tag, { created: '2026-01-01T00:00:00Z' });
    registry.fault = ({ path }, response) => {
      const isManifest = path.includes('/manifests/');
      if (isManifest) response.writeHead(429).end();
      return isManifest;
    };

    await expect(ask(openCycle(), aNeed(endpoint, datedQuery))).rejects.toThrow('429 too many requests');
  });

  it('#15 are at most looked up by HEAD again where a tag has no wanted platform or is no image', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const chart = { mediaType: 'application/vnd.oci.image.manifest.v1+json', body: '{"schemaVersion":2}' };
    registry.push('acme/api', 'v1.0.0', { created: '2026-01-05T00:00:00Z', platform: 'windows/amd64' });
    registry.load('acme/api', {
      tags: { 'v2.0.0': sha256(chart.body) },
      manifests: { [sha256(chart.body)]: chart },
      blobs: {},
    });
    const first = await ask(openCycle(), aNeed(endpoint, datedQuery));
    registry.clearLog();

    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toEqual(first);
    expect(registry.counts()).toEqual({ 'GET tags/list': 1, 'HEAD manifests': 1 });
  });

  it('need two cycles to believe that a tag lost its manifest', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    registry.push('acme/api', 'a', { created: '2026-01-01T00:00:00Z' });
    registry.push('acme/api', 'b', { created: '2026-01-02T00:00:00Z' });
    await ask(openCycle(), aNeed(endpoint, datedQuery));
    registry.load('acme/api', { tags: { b: `sha256:${'0'.repeat(64)}` }, manifests: {}, blobs: {} });

    await expect(ask(openCycle(), aNeed(endpoint, datedQuery))).rejects.toThrow('its manifest is gone');
    expect(await ask(openCycle(), aNeed(endpoint, datedQuery))).toMatchObject({
      tags: [{ tag: 'a' }],
      dropped: [{ tag: 'b', reason: 'no manifest' }],
    });
  });
});

describe('labels', () => {
  it('are those of the first wanted platform', async () => {
    const { registry, endpoint, openCycle } = await startBench();
    const digest = registry.push('acme/api', 'a', {
      index: [
        { platform: 'linux/amd64', labels: { of: 'amd64' } },
        { platform: 'linux/arm64', labels: { of: 'arm64' } },
      ],
    });
    const cycle = openCycle();
    const labels = (tag: string, wanted: readonly string[]) =>
      ({ kind: 'labels', tag, platforms: wanted }) as const;

    expect(await ask(cycle, aNeed(endpoint, labels('a', ['linux/arm64', 'linux/amd64'])))).toEqual({
      kind: 'labels',
      labels: { of: 'arm64' },
    });
    expect(await ask(cycle, aNeed(endpoint, { ...labels('', ['linux/amd64']), digest }))).toEqual({
      kind: 'labels',
      labels: { of: 'amd64' },
    });
  });
});
