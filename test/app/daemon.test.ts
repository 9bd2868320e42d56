import { describe, expect, it } from 'vitest';
import { runDaemon, type Schedule } from '../../src/app/daemon.ts';
import { Progress } from '../../src/app/progress.ts';
import type { CycleReport } from '../../src/core/report/report.ts';
import { makeManualClock } from '../fakes/clock.ts';

function emptyReport(): CycleReport {
  const counters = { applications: 0, considered: 0, skipped: 0, updated: 0, errors: 0 };
  return {
    startedAtMs: 0,
    durationMs: 0,
    dryRun: false,
    applications: [],
    problems: [],
    warnings: [],
    counters,
  };
}

function start(schedule: Schedule, run: () => Promise<CycleReport> = () => Promise.resolve(emptyReport())) {
  const clock = makeManualClock();
  const stop = new AbortController();
  const startedAt: number[] = [];
  const crashes: unknown[] = [];
  const begun = clock.now();
  const ended = runDaemon({
    runCycle: () => {
      startedAt.push(clock.now() - begun);
      return run();
    },
    schedule,
    clock,
    progress: new Progress(1000, begun),
    onReport: () => undefined,
    onCrash: (cause) => crashes.push(cause),
    signal: stop.signal,
  });
  return { clock, stop, startedAt, crashes, ended };
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
});
