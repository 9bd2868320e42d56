import { expect, it } from 'vitest';
import { Turns } from '../../../src/app/repository/turns.ts';

it('runs at most so many at once, in the order of arrival', async () => {
  const turns = new Turns(2);
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = gates.map(({ promise }, i) =>
    turns.take(async () => {
      started.push(i);
      await promise;
    }),
  );
  const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  await tick();
  expect(started).toEqual([0, 1]);
  gates[1]?.resolve();
  await tick();
  expect(started).toEqual([0, 1, 2]);
  for (const { resolve } of gates) resolve();
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
});

it('frees the turn of work that fails', async () => {
  const turns = new Turns(1);

  await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(await turns.take(() => Promise.resolve('next'))).toBe('next');
});
