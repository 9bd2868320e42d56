import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../src/core/config/application.ts';
import { judgePromotion, type SourceFacts, type Wanted } from '../../../../src/core/policy/health/promote.ts';
import type { MemoryLine } from '../../../../src/core/policy/memory/line.ts';
import {
  emptyMemory,
  linesOf,
  type Memory,
  withLines,
  withoutLines,
} from '../../../../src/core/policy/memory/memory.ts';
import { order } from '../../../../src/core/policy/order.ts';
import { anAppAt, lookedAt, minuteMs, repository, tenMs } from './places.ts';

const source = { namespace: 'argocd', name: 'staging' };
const settings = { promoteFrom: [{ value: [source], source: 'annotation web.promote-from' }] };
const sha = (letter: string): string => `sha256:${letter.repeat(64)}`;

function wanted(tag: string, more: Partial<Wanted> = {}): Wanted {
  return {
    version: { tag },
    needsDigest: false,
    repository,
    order: (a, b) => order({ kind: 'semver' }, a, b),
    ...more,
  };
}

const factsOf = (application: Application | undefined, more: Partial<SourceFacts> = {}): SourceFacts => ({
  repository,
  ...more,
  ...(application === undefined ? {} : { application }),
});

/** At `minutes` after ten. */
function judge(
  application: Application | undefined,
  memory: Memory,
  what = wanted('1.1.0'),
  minutes = 0,
  facts: Partial<SourceFacts> = {},
) {
  return judgePromotion(
    settings,
    what,
    () => factsOf(application, facts),
    memory,
    tenMs + minutes * minuteMs,
  );
}

const proven = (version = '1.1.0', minutesAgo = 60): MemoryLine => ({
  word: 'proven',
  app: 'argocd/staging',
  repository,
  version,
  atMs: tenMs - minutesAgo * minuteMs,
});

/** Looked at every two minutes since 11 minutes ago. */
function soaked(application: Application, before = emptyMemory): Memory {
  return lookedAt(
    [
      [-11, application],
      [-2, application],
      [0, application],
    ],
    before,
  );
}

describe('promote-from', () => {
  it('HE-01: names the health that proves nothing', () => {
    const application = anAppAt({ health: 'Progressing', healthAt: -1 });

    expect(judge(application, soaked(application)).verdict).toEqual({
      code: 'promote',
      kind: 'waiting',
      reason: 'argocd/staging is Progressing',
      ends: 'this version in sync and healthy there for 10m',
    });
  });

  it.each(['Suspended', 'Missing', 'Unknown', 'Degraded'])('%s is not Healthy', (health) => {
    const application = anAppAt({ health });

    expect(judge(application, soaked(anAppAt())).verdict?.reason).toBe(`argocd/staging is ${health}`);
  });

  it('HE-02: says how long it still waits', () => {
    const application = anAppAt({ healthAt: -5 });

    const { verdict } = judge(application, lookedAt([[-5, application]]));

    expect(verdict?.reason).toBe('argocd/staging has run 1.1.0 healthily for 5m of 10m');
    expect(verdict?.untilMs).toBe(tenMs + 5 * minuteMs);
  });

  it('HE-03: lets what is proven pass, and remembers it, though there is something newer', () => {
    const application = anAppAt();
    const memory = soaked(application);

    expect(judge(application, memory)).toEqual({
      remember: [{ word: 'proven', app: 'argocd/staging', repository, version: '1.1.0', atMs: tenMs }],
      forget: [],
    });
    expect(judge(application, memory, wanted('1.2.0')).verdict).toMatchObject({
      code: 'promote',
      reason: 'argocd/staging runs 1.1.0, not 1.2.0',
    });
  });

  it('HE-03: remembers it once a day', () => {
    const application = anAppAt();

    expect(judge(application, soaked(application, withLines(emptyMemory, [proven()]))).remember).toEqual([]);
    const old = withLines(emptyMemory, [proven('1.1.0', 1441)]);
    expect(judge(application, soaked(application, old)).remember).toHaveLength(1);
  });

  it('HE-04: healthy for days with another version counts from the first sight of this one', () => {
    const before = anAppAt({ images: [`${repository}:1.0.0`] });
    const application = anAppAt();

    const { verdict } = judge(
      application,
      lookedAt([
        [-30, before],
        [-1, application],
      ]),
    );

    expect(verdict?.untilMs).toBe(tenMs + 9 * minuteMs);
  });

  it('HE-05: without lastTransitionTime our own looks count', () => {
    const application = anAppAt({ healthAt: null });

    expect(judge(application, soaked(application)).verdict).toBeUndefined();
  });

  it('HE-06: a restart changes nothing while memory is kept, and begins anew where it is lost', () => {
    const application = anAppAt({ healthAt: null });

    expect(judge(application, soaked(application)).verdict).toBeUndefined();
    expect(judge(application, lookedAt([[0, application]])).verdict?.untilMs).toBe(tenMs + 10 * minuteMs);
  });

  it('HE-07: one look that finds it unhealthy begins anew, as does what Argo CD saw between two looks', () => {
    const application = anAppAt({ healthAt: null });
    const memory = lookedAt([
      [-20, application],
      [-8, anAppAt({ health: 'Degraded' })],
      [-7, application],
    ]);

    expect(judge(application, memory).verdict?.untilMs).toBe(tenMs + 3 * minuteMs);
    const again = anAppAt({ healthAt: -1 });
    expect(judge(again, soaked(application)).verdict?.untilMs).toBe(tenMs + 9 * minuteMs);
  });

  it('a version that comes back begins anew', () => {
    const application = anAppAt();
    const memory = lookedAt([
      [-60, application],
      [-30, anAppAt({ images: [`${repository}:1.0.0`] })],
      [-4, application],
    ]);

    expect(judge(application, memory).verdict?.untilMs).toBe(tenMs + 6 * minuteMs);
  });

  it.each([
    ['HE-08', { sync: 'OutOfSync' }, 'is OutOfSync'],
    ['HE-09', { phase: 'Running', finishedAt: null }, 'has a sync that is Running'],
    ['a failed sync', { phase: 'Failed' }, 'has a sync that is Failed'],
    ['a sync that is asked for', { hasOperation: true }, 'is about to be synced'],
    ['an old look of Argo CD', { reconciledAt: -31 }, 'has not been compared since its last sync'],
  ])('%s: does not prove', (_, place, words) => {
    const { verdict } = judge(anAppAt(place), soaked(anAppAt()));

    expect(verdict).toMatchObject({ code: 'promote', kind: 'waiting', reason: `argocd/staging ${words}` });
  });

  it('HE-10: of several versions each has its own proof', () => {
    const application = anAppAt({
      images: [`${repository}:1.1.0`, `${repository}:1.0.0`, 'docker.io/other/web:1.2.0'],
    });
    const memory = soaked(application);

    expect(judge(application, memory).verdict).toBeUndefined();
    expect(judge(application, memory, wanted('1.2.0')).verdict?.reason).toBe(
      'argocd/staging runs 1.1.0 and 1.0.0, not 1.2.0',
    );
  });

  it.each([
    ['HE-11: no images', anAppAt({ images: [] }), 'argocd/staging reports no image of ghcr.io/acme/web'],
    ['HE-17: gone', undefined, 'argocd/staging is not there, or cannot be read'],
    ['HE-17: going', anAppAt({ isDeleting: true }), 'argocd/staging is being deleted'],
  ])('%s: cannot be proven, even where it was before', (_, application, reason) => {
    const memory = withLines(soaked(anAppAt()), [proven()]);

    expect(judge(application, memory).verdict).toMatchObject({
      code: 'promote-unproven',
      kind: 'waiting',
      reason,
    });
  });

  it('cannot be proven by a manifest, which has no status', () => {
    const { state: _, ...application } = anAppAt();

    expect(judge(application, emptyMemory).verdict).toMatchObject({
      code: 'promote-unproven',
      reason: 'nothing tells how argocd/staging is',
    });
  });

  it.each([
    ['now', { images: [`${repository}:1.2.0`] }],
    ['with Pods of both versions', { images: [`${repository}:1.1.0`, `${repository}:1.2.0`] }],
  ])('HE-13: proven stays proven once something newer has begun, %s', (_, place) => {
    const application = anAppAt({ ...place, health: 'Progressing' });
    const memory = lookedAt([[0, application]], withLines(emptyMemory, [proven()]));

    expect(judge(application, memory).verdict).toBeUndefined();
    expect(judge(application, memory, wanted('1.2.0')).verdict?.code).toBe('promote');
  });

  it('HE-14: proven ends where the source goes back', () => {
    const application = anAppAt({ images: [`${repository}:1.0.0`] });
    const memory = soaked(application, withLines(emptyMemory, [proven()]));

    const { verdict, forget } = judge(application, memory);

    expect(verdict).toMatchObject({ code: 'promote', reason: 'argocd/staging runs 1.0.0, not 1.1.0' });
    expect(forget).toEqual([proven()]);
    const after = withoutLines(memory, forget);
    expect(judge(anAppAt({ images: [`${repository}:1.2.0`] }), after).verdict?.code).toBe('promote');
  });

  it('proven ends where the version is taken back there, or turns out to be bad', () => {
    const application = anAppAt({ images: [`${repository}:1.2.0`] });
    const memory = soaked(application, withLines(emptyMemory, [proven()]));
    const bad: MemoryLine = {
      word: 'bad',
      repository,
      version: '1.1.0',
      app: 'argocd/other',
      commit: '-',
      atMs: tenMs,
    };

    const takenBack = judge(application, memory, wanted('1.1.0'), 0, { isTakenBack: true });
    expect(takenBack.verdict?.reason).toBe('1.1.0 was taken back at argocd/staging');
    const quarantined = judge(application, withLines(memory, [bad]));
    expect(quarantined.verdict?.reason).toBe('1.1.0 made argocd/other unhealthy');
    expect([takenBack.forget, quarantined.forget]).toEqual([[proven()], [proven()]]);
  });

  it('is not proven while it still runs there and is not healthy, though it was before', () => {
    const application = anAppAt({ health: 'Degraded' });

    expect(judge(application, withLines(emptyMemory, [proven()])).verdict?.code).toBe('promote');
  });

  it('HE-15: the tag carries over from an image of another repository', () => {
    const place = 'dev.example.com/web';
    const application = anAppAt({ images: [`${place}:1.1.0`] });
    const memory = lookedAt(
      [
        [-11, application],
        [0, application],
      ],
      emptyMemory,
      'argocd/staging',
      place,
    );

    expect(judge(application, memory, wanted('1.1.0'), 0, { repository: place }).verdict).toBeUndefined();
  });

  it('says that the source has no image of the alias', () => {
    const sources = [{ value: [{ ...source, alias: 'api' }], source: 'annotation web.promote-from' }];

    const { verdict } = judgePromotion(
      { promoteFrom: sources },
      wanted('1.1.0'),
      () => ({ application: anAppAt() }),
      emptyMemory,
      tenMs,
    );

    expect(verdict).toMatchObject({ code: 'promote-unproven', reason: 'argocd/staging has no image api' });
  });

  describe('of a consumer that needs digests', () => {
    const what = wanted('1.1.0', { version: { tag: '1.1.0', digest: sha('a') }, needsDigest: true });

    it.each([
      ['the same digest', `${repository}:1.1.0@${sha('a')}`, undefined, undefined],
      ['HE-18: a tag alone', `${repository}:1.1.0`, 'promote-unproven', 'give it write-format: tag@digest'],
      ['another digest', `${repository}:1.1.0@${sha('b')}`, 'promote', 'runs another image of the tag 1.1.0'],
      ['another tag of the digest', `${repository}:latest@${sha('a')}`, undefined, undefined],
    ])('%s', (_, image, code, words) => {
      const application = anAppAt({ images: [image] });

      const { verdict } = judge(application, soaked(application), what);

      expect(verdict?.code).toBe(code);
      expect(verdict?.reason ?? '').toContain(words ?? '');
    });
  });

  it.each([
    ['after it was taken', -5, 'promote-unproven'],
    ['before it was taken', -30, undefined],
  ])('a tag that moved %s', (_, minutes, code) => {
    const application = anAppAt();
    const sight = (letter: string, ago: number): MemoryLine => ({
      word: 'seen',
      repository,
      tag: '1.1.0',
      digest: `sha256:${letter.repeat(32)}`,
      atMs: tenMs + ago * minuteMs,
    });

    const memory = withLines(soaked(application), [sight('a', -90), sight('b', minutes)]);

    expect(judge(application, memory).verdict?.code).toBe(code);
  });

  it('a tag that names another image than the one that runs there by digest', () => {
    const application = anAppAt({ images: [`${repository}:1.1.0@${sha('a')}`] });
    const seen: MemoryLine = {
      word: 'seen',
      repository,
      tag: '1.1.0',
      digest: `sha256:${'b'.repeat(32)}`,
      atMs: tenMs,
    };

    expect(judge(application, withLines(soaked(application), [seen])).verdict?.code).toBe('promote-unproven');
  });

  it('of several sources all have to prove: the last one decides when', () => {
    const [one, other] = [anAppAt({ healthAt: -5 }), anAppAt({ name: 'qa', healthAt: -3 })];
    const memory = lookedAt([[-11, other]], lookedAt([[-11, one]]), 'argocd/qa');
    const sources = [
      { value: [source], source: '--default-promote-from' },
      { value: [{ ...source, name: 'qa' }], source: 'annotation web.promote-from' },
    ];

    const { verdict } = judgePromotion(
      { promoteFrom: sources, minHealthyMs: { value: 1000, source: 'annotation min-healthy' } },
      wanted('1.1.0'),
      ({ name }) => factsOf(name === 'qa' ? other : one),
      memory,
      tenMs - 150_000,
    );
    const { verdict: longer } = judgePromotion(
      { promoteFrom: sources },
      wanted('1.1.0'),
      ({ name }) => factsOf(name === 'qa' ? other : one),
      memory,
      tenMs,
    );

    expect(verdict?.reason).toBe('argocd/qa has run 1.1.0 healthily for 30s of 60s');
    expect(longer?.reason).toBe(
      'argocd/staging has run 1.1.0 healthily for 5m of 10m; and 1 more to prove it',
    );
    expect(longer?.untilMs).toBe(tenMs + 7 * minuteMs);
  });

  it('is not asked for: nothing is judged', () => {
    expect(judgePromotion({}, wanted('1.1.0'), () => factsOf(undefined), emptyMemory, tenMs)).toEqual({
      remember: [],
      forget: [],
    });
  });

  it('keeps one line for each version that is seen', () => {
    const application = anAppAt({ images: [`${repository}:1.1.0`, `${repository}:1.0.0`] });

    const lines = linesOf(soaked(application), 'soak', ['argocd/staging', repository]);

    expect(lines.map(({ version, atMs }) => [version, (atMs - tenMs) / minuteMs])).toEqual([
      ['1.1.0', -11],
      ['1.0.0', -11],
    ]);
  });
});
