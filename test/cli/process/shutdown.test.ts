/** What the signals of the process come to, by the clock. */
import { expect, it } from 'vitest';
import type { StopSignal } from '../../../src/cli/process/program-io.ts';
import { watchSignals } from '../../../src/cli/process/shutdown.ts';
import { makeManualClock } from '../../fakes/clock.ts';

function watched(graceMs: number) {
  const clock = makeManualClock();
  const told: string[] = [];
  const listeners = new Set<(signal: StopSignal) => void>();
  const shutdown = watchSignals({
    clock,
    graceMs,
    tell: (message) => told.push(message),
    onStop: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  let isOverdue = false;
  void shutdown.overdue.then(() => {
    isOverdue = true;
  });
  const send = (signal: StopSignal): void => {
    for (const listener of listeners) listener(signal);
  };
  return { clock, told, listeners, shutdown, send, isOverdue: () => isOverdue };
}

it('fault H3 the grace and the time after it go by the clock', async () => {
  const { clock, told, shutdown, send, isOverdue } = watched(30_000);

  send('SIGTERM');
  await clock.advance(29_999);
  expect([shutdown.stop.aborted, shutdown.abort.aborted]).toEqual([true, false]);
  await clock.advance(1);
  expect(shutdown.abort.aborted).toBe(true);
  await clock.advance(2_999);
  expect(isOverdue()).toBe(false);
  await clock.advance(1);

  expect(isOverdue()).toBe(true);
  expect(told).toEqual([
    'SIGTERM received, nothing new is begun',
    'The shutdown grace is over, running work is given up',
  ]);
});

it('a second signal gives up what runs, once', async () => {
  const { clock, told, shutdown, send } = watched(30_000);

  send('SIGTERM');
  send('SIGINT');
  await clock.advance(30_000);

  expect(shutdown.abort.aborted).toBe(true);
  expect(told).toEqual([
    'SIGTERM received, nothing new is begun',
    'SIGINT received again, running work is given up',
  ]);
});

it('nothing is told any more after the end', async () => {
  const { clock, told, listeners, shutdown, send, isOverdue } = watched(30_000);

  send('SIGTERM');
  shutdown.dispose();
  await clock.advance(60_000);

  expect([listeners.size, told.length, shutdown.abort.aborted, isOverdue()]).toEqual([0, 1, false, false]);
});
