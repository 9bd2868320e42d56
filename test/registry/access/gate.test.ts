/** The pace of one origin, on a time that only the test moves. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registryFailed } from '../../../src/registry/access/error.ts';
import { Gate } from '../../../src/registry/access/gate.ts';
import { defaultLimits } from '../../../src/registry/access/limits.ts';
import { failureOf, makeHastyClock } from '../support.ts';

const purpose = { action: 'list tags of r/a', host: 'r', repository: 'a' };
const never = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function startGate() {
  const clock = makeHastyClock();
  const gate = new Gate(clock, defaultLimits);
  let started = 0;
  const run = (count: number) =>
    Array.from({ length: count }, () =>
      gate.run(purpose, never, async () => {
        started += 1;
      }),
    );
  return { clock, gate, run, started: () => started };
}

it('#19 starts no more than the limit in any second', async () => {
  const { gate, run, started } = startGate();
  gate.limitTo(5);
  const work = run(12);

  await vi.advanceTimersByTimeAsync(999);
  expect(started()).toBe(5);
  await vi.advanceTimersByTimeAsync(1);
  expect(started()).toBe(10);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(started()).toBe(12);
  await Promise.all(work);
});

it('#19 keeps to the lowest of several limits', async () => {
  const { gate, run, started } = startGate();
  for (const limit of [20, 2, 10]) gate.limitTo(limit);
  const work = run(4);

  await vi.advanceTimersByTimeAsync(999);
  expect(started()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(work);
});

it('waits for a short pause and refuses while a long one lasts', async () => {
  const { clock, gate, run } = startGate();
  gate.pause(clock.now() + 20_000);
  await Promise.all(run(1));
  expect(clock.slept).toEqual([20_000]);

  gate.pause(clock.now() + 600_000);
  expect(await failureOf(gate.run(purpose, never, async () => undefined))).toMatchObject({
    code: 'rate-limited',
    message: 'list tags of r/a: not asked, the registry wants a pause, retry in 10m',
    retryAfterMs: 600_000,
  });
});

it('#18, #19 starts requests a second apart while hardly any are left', async () => {
  const { clock, gate, run, started } = startGate();
  gate.answered(11);
  await Promise.all(run(3));
  expect(clock.slept).toEqual([]);

  gate.answered(10);
  await Promise.all(run(3));
  gate.answered();
  await Promise.all(run(1));
  expect([clock.slept, started()]).toEqual([[1_000, 1_000, 1_000], 7]);

  gate.answered(100);
  await Promise.all(run(3));
  expect(clock.slept).toHaveLength(3);
});

it('rests after three silences in a row, not after three that an answer parts', async () => {
  const { clock, gate, run } = startGate();
  const silence = registryFailed(purpose, 'network', 'ECONNREFUSED');
  for (const isAnswer of [false, false, true, false, false]) {
    if (isAnswer) gate.answered();
    else gate.silent(silence);
  }
  await Promise.all(run(1));
  gate.silent(silence);

  expect(await failureOf(gate.run(purpose, never, async () => undefined))).toMatchObject({
    code: 'network',
    message:
      'list tags of r/a: not asked, the host gave no answer several times in a row; the last: list tags of r/a: ECONNREFUSED',
  });
  clock.pass(30_000);
  await Promise.all(run(1));
});

it('gives up its place when the signal comes', async () => {
  const { gate } = startGate();
  gate.limitTo(1);
  const stop = new AbortController();
  const waiting = [1, 2].map(() => gate.run(purpose, stop.signal, async () => 'done'));
  await vi.advanceTimersByTimeAsync(0);
  stop.abort(new Error('enough'));

  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});
