import { describe, expect, it } from 'vitest';
import { PushQueue } from '../../../src/app/trigger/push-queue.ts';
import type { PushEvent } from '../../../src/ports/push-event.ts';
import { makeManualClock, type ManualClock } from '../../fakes/clock.ts';

const api: PushEvent = { registry: 'reg.test', repository: 'acme/api', tag: '1.1.0' };

interface Scene {
  readonly clock: ManualClock;
  readonly queue: PushQueue;
  /** What each look was about, with the millisecond it began at. */
  readonly looks: { readonly atMs: number; readonly events: readonly PushEvent[] }[];
  /** Tags that the registry shows. */
  readonly shown: Set<string>;
  readonly advance: (ms: number, stepMs?: number) => Promise<void>;
}

function start(perHour = 0): Scene {
  const clock = makeManualClock();
  const startedMs = clock.monotonicMs();
  const looks: Scene['looks'] = [];
  const shown = new Set<string>();
  const queue = new PushQueue({
    clock,
    perHour,
    look: async (events) => {
      looks.push({ atMs: clock.monotonicMs() - startedMs, events });
      return events.filter(({ tag }) => tag !== undefined && !shown.has(tag));
    },
  });
  const advance = async (ms: number, stepMs = 100) => {
    for (let passed = 0; passed < ms; passed += stepMs) await clock.advance(stepMs);
  };
  return { clock, queue, looks, shown, advance };
}

describe('equal events', () => {
  it('issue 10, 3: a thousand over a second are one look, and a single one waits no longer than it has to', async () => {
    const { queue, looks, shown, advance } = start();
    shown.add('1.1.0');
    for (let i = 0; i < 1000; i += 1) {
      queue.accept([api]);
      await advance(1, 1);
    }
    await advance(60_000);
    queue.accept([api]);
    await advance(60_000);

    expect(looks.map(({ atMs }) => atMs)).toEqual([1_200, 61_300]);
  });

  it('are looked at as soon as the process wakes, where it slept over their time', async () => {
    const delays: number[] = [];
    const clock = makeManualClock();
    const after: ManualClock['after'] = (ms, act) => {
      delays.push(ms);
      return clock.after(ms, act);
    };
    let nowMs = 0;
    const queue = new PushQueue({
      clock: { ...clock, after, monotonicMs: () => nowMs },
      perHour: 0,
      look: async () => [],
    });
    queue.accept([api]);
    nowMs = 5_000;
    queue.accept([api]);

    expect(delays).toEqual([300, 0]);
  });

  it('that never end are looked at every 1.2 seconds', async () => {
    const { queue, looks, shown, advance } = start();
    shown.add('1.1.0');
    for (let i = 0; i < 100; i += 1) {
      queue.accept([api]);
      await advance(100);
    }

    expect(looks.map(({ atMs }) => atMs).slice(0, 3)).toEqual([1_200, 2_400, 3_600]);
  });

  it('that come at once are one look', async () => {
    const { queue, looks, shown, advance } = start();
    shown.add('1.1.0');
    for (let i = 0; i < 1000; i += 1) expect(queue.accept([api])).toBe(true);

    await advance(60_000);

    expect(looks).toEqual([{ atMs: 300, events: [api] }]);
  });

  it('for several repositories are one look for all of them', async () => {
    const { queue, looks, shown, advance } = start();
    for (const tag of ['1.1.0', '2']) shown.add(tag);
    const web = { registry: 'reg.test', repository: 'acme/web', tag: '2' };
    queue.accept([api, web]);
    queue.accept([{ ...api, digest: 'sha256:aa' }]);

    await advance(60_000);

    expect(looks).toEqual([{ atMs: 300, events: [api, web] }]);
  });
});

describe('a tag that the list does not show', () => {
  it('is looked for after 2, 10 and 30 seconds more, and then left to polling', async () => {
    const { queue, looks, advance } = start();
    queue.accept([api]);

    await advance(300_000);

    // 0.3 s for others like it, each time.
    expect(looks.map(({ atMs }) => atMs)).toEqual([300, 2_600, 12_900, 43_200]);
  });

  it('is not looked for once it is there', async () => {
    const { queue, looks, shown, advance } = start();
    queue.accept([api]);
    await advance(1_000);
    shown.add('1.1.0');

    await advance(300_000);

    expect(looks).toHaveLength(2);
  });

  it('starts anew with a new event', async () => {
    const { queue, looks, advance } = start();
    queue.accept([api]);
    await advance(60_000);
    queue.accept([{ ...api, tag: '1.2.0' }]);

    await advance(300_000);

    expect(looks).toHaveLength(8);
  });
});

describe('what waits', () => {
  it('is bounded by repositories, and nothing of a delivery that does not fit is taken', async () => {
    const { queue, looks, shown, advance } = start();
    shown.add('1.1.0');
    const events = Array.from({ length: 10_000 }, (_, i) => ({ ...api, repository: `acme/r${i}` }));
    expect(queue.accept(events)).toBe(true);
    expect(queue.accept([events[0]!, api])).toBe(false);
    expect(queue.accept([events[0]!])).toBe(true);

    await advance(1_000);

    expect(looks[0]?.events).toHaveLength(10_000);
    expect(queue.accept([api])).toBe(true);
  });

  it('keeps a few tags of a repository: its list is one, however many were pushed', async () => {
    const { queue, looks, advance } = start();
    for (let i = 0; i < 1000; i += 1) queue.accept([{ ...api, tag: `1.${i}` }]);

    await advance(500);

    expect(looks[0]?.events).toHaveLength(16);
  });
});

describe('a rate limit', () => {
  it('lets ten looks through at once, then so many an hour', async () => {
    const { queue, looks, shown, advance } = start(60);
    shown.add('1.1.0');
    for (let second = 0; second < 1_200; second += 1) {
      queue.accept([api]);
      await advance(1_000, 500);
    }

    // Ten saved up, and one a minute in the twenty minutes.
    expect(looks.length).toBeGreaterThanOrEqual(29);
    expect(looks.length).toBeLessThanOrEqual(31);
    expect(looks[9]!.atMs).toBeLessThan(30_000);
  });
});
