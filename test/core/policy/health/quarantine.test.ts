import { describe, expect, it } from 'vitest';
import { judgeQuarantine } from '../../../../src/core/policy/health/quarantine.ts';
import { type WatchFacts, watchWrite, type Written } from '../../../../src/core/policy/health/watch.ts';
import { emptyMemory, type Memory, withLines } from '../../../../src/core/policy/memory/memory.ts';
import { anAppAt, minuteMs, type Place, repository, tenMs } from './places.ts';

const commit = '3f2c1e8'.padEnd(40, '0');
const settings = { quarantineMs: { value: 15 * minuteMs, source: 'annotation web.quarantine' } };
const unknown: WatchFacts = { contains: () => undefined };

function written(more: Partial<Written> = {}): Written {
  const images = [{ repository, version: '1.1.0' }];
  const quarantineMs = 15 * minuteMs;
  return { app: 'argocd/shop', commit, atMs: tenMs - 10 * minuteMs, quarantineMs, images, ...more };
}

/** Synced from five before ten to ten, to the commit. */
const synced: Place = { name: 'shop', startedAt: -5, finishedAt: 0, revision: commit, reconciledAt: 1 };

function watch(place: Place, minutes: number, more: Partial<Written> = {}, facts = unknown) {
  return watchWrite(written(more), anAppAt({ ...synced, ...place }), facts, tenMs + minutes * minuteMs);
}

describe('after a write', () => {
  it('HE-19: Degraded within the time, and still so a minute later', () => {
    const place = { health: 'Degraded', healthAt: 9 };

    expect(watch(place, 9.5)).toEqual({ kind: 'watching' });
    expect(watch(place, 10.5)).toEqual({
      kind: 'bad',
      reason: 'ghcr.io/acme/web:1.1.0 made argocd/shop unhealthy: it became Degraded',
      lines: [
        {
          word: 'bad',
          repository,
          version: '1.1.0',
          app: 'argocd/shop',
          commit,
          atMs: tenMs + 10.5 * minuteMs,
        },
      ],
    });
  });

  it('HE-19: our own looks count where Argo CD does not say since when', () => {
    const place = { health: 'Degraded', healthAt: null };
    const facts = { ...unknown, degradedSinceMs: tenMs + 9 * minuteMs };

    expect(watch(place, 10.5, {}, facts).kind).toBe('bad');
    expect(watch(place, 10.5).kind).toBe('watching');
  });

  it('HE-20: Degraded for twenty seconds is nothing', () => {
    expect(watch({ health: 'Degraded', healthAt: 9 }, 9 + 1 / 3).kind).toBe('watching');
    expect(watch({ health: 'Healthy', healthAt: 9.4 }, 10.5).kind).toBe('watching');
  });

  it('HE-21: Degraded before the sync is not judged, and says so', () => {
    expect(watch({ health: 'Degraded', healthAt: -60 }, 10)).toEqual({
      kind: 'not-judged',
      reason: 'argocd/shop was Degraded before 3f2c1e8 was synced: it is not judged',
    });
  });

  it('HE-22: a failed hook, of which no Pod of the version is left', () => {
    const place = { phase: 'Failed', images: [`${repository}:1.0.0`] };

    expect(watch(place, 1)).toMatchObject({
      kind: 'bad',
      reason: 'ghcr.io/acme/web:1.1.0 made argocd/shop unhealthy: its sync failed',
    });
    expect(watch({ ...place, phase: 'Error' }, 1).kind).toBe('watching');
  });

  it.each([
    ['Degraded after the time', { health: 'Degraded', healthAt: 15.1 }, 15.5, 'watching'],
    ['Degraded after the time, a while later', { health: 'Degraded', healthAt: 15.1 }, 16.5, 'over'],
    ['Degraded at its very end', { health: 'Degraded', healthAt: 15 }, 16, 'bad'],
    ['healthy to the end', {}, 16.1, 'over'],
    [
      'a sync that goes on',
      { phase: 'Running', finishedAt: null, health: 'Degraded', healthAt: -4 },
      10,
      'watching',
    ],
    [
      'Degraded with the old version alone',
      { health: 'Degraded', healthAt: 9, images: [`${repository}:1.0.0`] },
      10.5,
      'watching',
    ],
  ])('%s', (_, place, minutes, kind) => {
    expect(watch(place, minutes).kind).toBe(kind);
  });

  it('forgets what is never synced after a day, and an Application that is gone at once', () => {
    const place = { startedAt: -60, finishedAt: -59, revision: 'a'.repeat(40) };

    expect(watch(place, 1000).kind).toBe('watching');
    expect(watch(place, 1431).kind).toBe('over');
    expect(watchWrite(written(), undefined, unknown, tenMs).kind).toBe('over');
  });

  describe('the sync of a write', () => {
    const degraded = { health: 'Degraded', healthAt: 9 } as const;
    const other = 'b'.repeat(40);

    it.each([
      ['to a later commit on top of it', { revision: other }, { contains: () => true }, 'bad'],
      ['to a commit that lacks it', { revision: other }, { contains: () => false }, 'watching'],
      ['to a commit that nobody knows, begun later', { revision: other }, unknown, 'bad'],
      [
        'to a commit that nobody knows, begun earlier',
        { revision: other, startedAt: -11 },
        unknown,
        'watching',
      ],
      ['to it, by a clock that is behind', { startedAt: -11 }, unknown, 'bad'],
      [
        'recorded, with another after it',
        {
          revision: other,
          startedAt: 12,
          finishedAt: 13,
          history: [{ startedAt: -5, at: 0, revision: commit }],
        },
        unknown,
        'bad',
      ],
    ])('%s', (_, place, facts, kind) => {
      expect(watch({ ...degraded, ...place }, 10.5, {}, facts).kind).toBe(kind);
    });

    it.each([
      [commit, 'bad'],
      [other, 'watching'],
    ])('of a hydrated one is told by the dry commit', (hydrated, kind) => {
      const facts = { contains: (revision: string) => revision === commit };

      expect(watch({ ...degraded, hydrated, revision: 'e'.repeat(40) }, 10.5, {}, facts).kind).toBe(kind);
    });

    it('of a live patch is told by time', () => {
      expect(watch(degraded, 10.5, { commit: '-' })).toMatchObject({ kind: 'bad', lines: [{ commit: '-' }] });
      expect(watch({ ...degraded, startedAt: -11 }, 10.5, { commit: '-' }).kind).toBe('watching');
    });
  });

  it('all images of the commit that run are suspects', () => {
    const images = [
      { repository, version: '1.1.0' },
      { repository: 'ghcr.io/acme/api', version: `7@sha256:${'a'.repeat(64)}` },
      { repository: 'ghcr.io/acme/job', version: '3' },
    ];
    const running = [`${repository}:1.1.0`, `ghcr.io/acme/api:7@sha256:${'a'.repeat(64)}`];

    const watched = watch({ health: 'Degraded', healthAt: 9, images: running }, 10.5, { images });

    expect(watched).toMatchObject({
      reason: expect.stringContaining('one of 3 images of 3f2c1e8'),
      lines: [{ version: '1.1.0' }, { version: `7@sha256:${'a'.repeat(64)}` }],
    });
  });
});

describe('quarantine', () => {
  const bad: Memory = withLines(emptyMemory, [
    { word: 'bad', repository, version: '1.1.0', app: 'argocd/shop', commit, atMs: tenMs },
  ]);
  const candidate = { app: 'argocd/other', alias: 'web', repository, tag: '1.1.0' };

  it('HE-19: withholds the version from all others', () => {
    expect(judgeQuarantine(settings, candidate, bad)).toEqual({
      code: 'quarantine',
      kind: 'held',
      reason: '1.1.0 made argocd/shop unhealthy after commit 3f2c1e8',
      ends: 'a version newer than 1.1.0, or tidewaiter resume argocd/other web',
      sinceMs: tenMs,
      by: commit,
      resume: { version: '1.1.0', quarantine: true },
    });
  });

  it.each([
    ['HE-23: a newer version', { tag: '1.1.1' }],
    ['HE-24: an older version that was not bad', { tag: '1.0.9' }],
    ['the same tag of another repository', { repository: 'ghcr.io/acme/api' }],
  ])('%s passes', (_, other) => {
    expect(judgeQuarantine(settings, { ...candidate, ...other }, bad)).toBeUndefined();
  });

  it('of a digest is not about another image behind the tag', () => {
    const version = `1.1.0@sha256:${'a'.repeat(64)}`;
    const memory = withLines(emptyMemory, [
      { word: 'bad', repository, version, app: 'argocd/shop', commit: '-', atMs: tenMs },
    ]);
    const judge = (letter: string) =>
      judgeQuarantine(settings, { ...candidate, digest: `sha256:${letter.repeat(64)}` }, memory);

    expect(judge('a')).toMatchObject({ code: 'quarantine', by: 'argocd/shop' });
    expect(judge('b')).toBeUndefined();
    expect(judgeQuarantine(settings, candidate, memory)?.code).toBe('quarantine');
  });

  it('ends where somebody let the version go on, and is nothing where nobody asked for it', () => {
    const resumed = [{ version: '1.1.0', quarantine: true }];

    expect(judgeQuarantine({ ...settings, resumed }, candidate, bad)).toBeUndefined();
    expect(judgeQuarantine({ ...settings, resumed: [{ version: '1.1.0' }] }, candidate, bad)).toBeDefined();
    expect(judgeQuarantine({}, candidate, bad)).toBeUndefined();
  });
});
