import { describe, expect, it } from 'vitest';
import { runDaemon, type Schedule } from '../../src/app/daemon.ts';
import { everybody, type Trigger, Triggers } from '../../src/app/trigger/trigger.ts';
import { Progress } from '../../src/app/progress.ts';
import type { CycleReport } from '../../src/core/report/report.ts';
import { makeManualClock } from '../fakes/clock.ts';

function emptyReport(): CycleReport {
  const counters = { applications: 0, considered: 0, skipped: 0, updated: 0, errors: 0 };
  return {
    startedAtMs: 0,
    durationMs: 0,
    complete: true,
    applications: [],
    problems: [],
    warnings: [],
    counters,
  };
}

function start(schedule: Schedule, run: () => Promise<CycleReport> = () => Promise.resolve(emptyReport())) {
  const clock = makeManualClock(1_700_000_000_000);
  const stop = new AbortController();
  const startedAt: number[] = [];
  const crashes: unknown[] = [];
  const begun = clock.now();
  const progress = new Progress(1000, clock.monotonicMs());
  const triggers = new Triggers();
  const ran: Trigger[] = [];
  const ended = runDaemon({
    triggers,
    runCycle: (trigger) => {
      startedAt.push(clock.now() - begun);
      ran.push(trigger);
      return run();
    },
    schedule,
    clock,
    progress,
    onReport: () => undefined,
    onCrash: (cause) => crashes.push(cause),
    signal: stop.signal,
  });
  return { clock, stop, startedAt, crashes, ended, progress, triggers, ran };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the loop', () => {
  it('counts the interval from the end of a cycle', async () => {
    const { clock, stop, startedAt, ended } = start({ kind: 'interval', intervalMs: 1000 });

    await tick();
    await clock.advance(999);
    expect(startedAt).toEqual([0]);
    await clock.advance(1);
    expect(startedAt).toEqual([0, 1000]);
    stop.abort();
    await ended;
  });

  it('waits for the first planned time', async () => {
    const { clock, stop, startedAt, ended } = start({ kind: 'times', nextDelayMs: () => 500 });

    await tick();
    expect(startedAt).toEqual([]);
    await clock.advance(500);
    expect(startedAt).toEqual([500]);
    stop.abort();
    await ended;
  });

  it('runs a cycle for those who are asked for, beside its interval', async () => {
    const { clock, stop, startedAt, ended, triggers, ran } = start({ kind: 'interval', intervalMs: 1000 });
    const some = { kind: 'some', apps: new Set(['argocd/web']) } as const;

    await tick();
    await clock.advance(400);
    triggers.add({ reasons: ['signal'], scope: some });
    await tick();
    expect(startedAt).toEqual([0, 400]);
    await clock.advance(600);
    expect(startedAt).toEqual([0, 400, 1000]);
    expect(ran.map(({ scope }) => scope)).toEqual([everybody, some, everybody]);
    stop.abort();
    await ended;
  });

  it('counts the interval anew from a cycle for all', async () => {
    const { clock, stop, startedAt, ended, triggers } = start({ kind: 'interval', intervalMs: 1000 });

    await tick();
    await clock.advance(400);
    triggers.add({ reasons: ['signal'], scope: everybody });
    await tick();
    await clock.advance(999);
    expect(startedAt).toEqual([0, 400]);
    await clock.advance(1);
    expect(startedAt).toEqual([0, 400, 1400]);
    stop.abort();
    await ended;
  });

  it('runs one cycle for all that are asked for while another runs', async () => {
    const gate = Promise.withResolvers<CycleReport>();
    const { stop, startedAt, ended, triggers } = start(
      { kind: 'interval', intervalMs: 1000 },
      () => gate.promise,
    );

    await tick();
    for (let i = 0; i < 5; i += 1) triggers.add({ reasons: ['signal'], scope: everybody });
    expect(startedAt).toEqual([0]);
    gate.resolve(emptyReport());
    await tick();
    await tick();
    expect(startedAt).toEqual([0, 0]);
    stop.abort();
    await ended;
  });

  it('survives a cycle that throws', async () => {
    const { clock, stop, startedAt, crashes, ended } = start({ kind: 'interval', intervalMs: 10 }, () =>
      Promise.reject(new Error('bug')),
    );

    await tick();
    await clock.advance(10);
    stop.abort();
    await ended;

    expect(startedAt).toHaveLength(2);
    expect(crashes).toEqual([new Error('bug'), new Error('bug')]);
  });

  it('ends while it waits, without another cycle', async () => {
    const { stop, startedAt, ended } = start({ kind: 'interval', intervalMs: 1000 });

    await tick();
    stop.abort();
    await ended;

    expect(startedAt).toEqual([0]);
  });
});

describe('liveness', () => {
  it.each([
    { periodMs: 1000, lateMs: 600_000, stalled: false },
    { periodMs: 1000, lateMs: 600_001, stalled: true },
    { periodMs: 3_600_000, lateMs: 3 * 3_600_000, stalled: false },
    { periodMs: 3_600_000, lateMs: 3 * 3_600_000 + 1, stalled: true },
  ])('a loop of period $periodMs that is $lateMs late: stalled $stalled', ({ periodMs, lateMs, stalled }) => {
    const progress = new Progress(periodMs, 0);

    progress.dueAt(5000);

    expect(progress.isStalled(5000 + lateMs)).toBe(stalled);
  });

  const hourMs = 3_600_000;

  it('is not asked of one who has nothing to do, whatever outlived its last cycle', () => {
    const progress = new Progress(1000, 0);
    progress.turned(1000);
    progress.dueAt(Number.POSITIVE_INFINITY); // another replica leads, or webhooks alone start cycles

    progress.itemDone(2000);

    expect(progress.standing(hourMs)).toMatchObject({ kind: 'resting' });
  });

  it('is asked of a cycle that somebody asked for before it was due', async () => {
    const { clock, stop, progress, triggers } = start(
      { kind: 'never' },
      () => new Promise(() => undefined), // it hangs
    );
    await tick();
    await clock.advance(hourMs);
    expect(progress.isStalled(clock.monotonicMs())).toBe(false);

    triggers.add({ reasons: ['webhook'], scope: everybody });
    await tick();
    await clock.advance(hourMs);

    expect(progress.isStalled(clock.monotonicMs())).toBe(true);
    stop.abort();
  });
});

describe('a wall clock that jumps (fault A15)', () => {
  const minuteMs = 60_000;
  const dayMs = 24 * 60 * minuteMs;

  it.each([
    { name: 'back by a year', jumpMs: -365 * dayMs },
    { name: 'back by a day', jumpMs: -dayMs },
    { name: 'forward by 30 minutes', jumpMs: 30 * minuteMs },
  ])('$name while the loop sleeps: fault A15, neither late nor never late', async ({ jumpMs }) => {
    const { clock, stop, startedAt, ended, progress } = start(
      { kind: 'interval', intervalMs: 2 * minuteMs },
      () => (startedAt.length < 2 ? Promise.resolve(emptyReport()) : new Promise(() => undefined)),
    );
    await tick();

    clock.jump(jumpMs);
    expect(progress.isStalled(clock.monotonicMs())).toBe(false);
    await clock.advance(2 * minuteMs);
    expect(startedAt).toHaveLength(2);
    await clock.advance(11 * minuteMs);

    expect(progress.isStalled(clock.monotonicMs())).toBe(true);
    stop.abort();
    void ended;
  });

  /** The hour is full 46 minutes and 40 seconds after the start. */
  it.each([
    { name: 'forward past the planned time', jumpMs: 3 * 60 * minuteMs, minutes: 1 },
    { name: 'back by half an hour', jumpMs: -30 * minuteMs, minutes: 17 },
    { name: 'back by a day', jumpMs: -dayMs, minutes: 47 },
    { name: 'not at all', jumpMs: 0, minutes: 47 },
  ])(
    '$name: fault A15, a cycle starts when the wall clock shows a full hour',
    async ({ jumpMs, minutes }) => {
      const hourly = (nowMs: number): number => 60 * minuteMs - (nowMs % (60 * minuteMs));
      const { clock, stop, startedAt, ended } = start({ kind: 'times', nextDelayMs: hourly });
      await tick();

      clock.jump(jumpMs);
      let passed = 0;
      for (; startedAt.length === 0 && passed < 200; passed += 1) await clock.advance(minuteMs);

      expect(passed).toBe(minutes);
      stop.abort();
      await ended;
    },
  );
});
