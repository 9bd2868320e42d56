/** What time registries say it is: for whoever runs without a cluster that could tell. */
import { expect, it } from 'vitest';
import { aNeed, ask, startBench } from './support.ts';

const date = 'Sat, 28 Nov 2026 10:00:00 GMT';

it('AG-07: a cycle knows what time the first registry said it is', async () => {
  const { registry, endpoint, openCycle, clock, clockReading } = await startBench();
  registry.push('acme/api', 'a', {});
  registry.fault = (_, response) => {
    response.setHeader('date', date);
    return false;
  };
  const cycle = openCycle();
  expect(clockReading()).toBeUndefined();

  await ask(cycle, aNeed(endpoint));

  expect(clockReading()).toEqual({
    theirsMs: Date.UTC(2026, 10, 28, 10),
    oursMs: clock.now(),
    whose: `the registry ${registry.host}`,
  });
  openCycle();
  expect(clockReading()).toBeUndefined();
});

it('what a cache had kept does not tell the time', async () => {
  const { registry, endpoint, openCycle, clockReading } = await startBench();
  registry.push('acme/api', 'a', {});
  registry.fault = (_, response) => {
    response.setHeader('date', date).setHeader('age', '86400');
    return false;
  };

  await ask(openCycle(), aNeed(endpoint));

  expect(clockReading()).toBeUndefined();
});
