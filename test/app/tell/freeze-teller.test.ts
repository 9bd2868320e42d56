import { expect, it } from 'vitest';
import { FreezeTeller } from '../../../src/app/tell/freeze-teller.ts';

const never = new AbortController().signal;

it('1.2: a freeze is told once on the ConfigMap of holds, and so is its end', async () => {
  const events: unknown[] = [];
  const teller = new FreezeTeller();
  const cluster = {
    recordWithheld: (
      about: unknown,
      { reason, type, message }: { reason: string; type: string; message: string },
    ) => {
      events.push([about, type, reason, message]);
      return Promise.resolve();
    },
  };
  const freeze = { reason: 'incident 7', untilMs: Date.UTC(2026, 10, 28, 6) };

  for (const now of [undefined, freeze, freeze, { ...freeze, reason: 'incident 8' }, undefined, undefined])
    await teller.tell(now, cluster, never);

  const until = 'nothing is written until 2026-11-28T06:00:00Z';
  expect(events).toEqual([
    ['holds', 'Normal', 'ImageHeld', `${until}: incident 7`],
    ['holds', 'Normal', 'ImageHeld', `${until}: incident 8`],
    ['holds', 'Normal', 'ImageReleased', 'the freeze is over: writes go on'],
  ]);
});

it('an Event that cannot be written is tried again', async () => {
  const teller = new FreezeTeller();
  const refused = { recordWithheld: () => Promise.reject(new Error('no')) };
  expect(await teller.tell({}, refused, never)).toEqual(['no Event tells of the freeze: no']);
  let count = 0;
  const cluster = {
    recordWithheld: () => {
      count += 1;
      return Promise.resolve();
    },
  };

  expect(await teller.tell({}, cluster, never)).toEqual([]);
  expect(count).toBe(1);
});
