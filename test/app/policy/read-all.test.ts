/** The policies of very many images are read without holding up everybody else. */
import { expect, it } from 'vitest';
import { readAllPolicies } from '../../../src/app/policy/facts/read-all.ts';
import { Pace } from '../../../src/core/base/pieces.ts';
import { readConfig } from '../../../src/core/config/annotations.ts';
import { HoldsBook } from '../../../src/core/policy/holds/holds-book.ts';
import { readPolicyDefaults } from '../../../src/core/policy/read/defaults.ts';
import { Zones } from '../../../src/core/policy/words/zone.ts';
import { app } from '../../fakes/memory-world.ts';

it('rests between Applications, and tells of each of them', async () => {
  const zones = new Zones();
  const administration = {
    defaults: readPolicyDefaults('', new Map()),
    holds: new HoldsBook({}, zones),
    warnings: [],
  };
  const pin = { pin: '1.0.0' };
  const reading = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };
  const configs = Array.from({ length: 100 }, (_, i) =>
    readConfig(app(`shop-${i}`, 'good', 'values.yaml', 'main', pin), reading),
  );
  let atMs = 0;
  let rests = 0;
  const clock = {
    monotonicMs: () => (atMs += 5),
    sleep: async (): Promise<void> => void (rests += 1),
  };

  const times = { zones, nowMs: 0, cycleMs: 120_000 };
  const work = readAllPolicies(configs, administration, times);
  const { byApp } = await new Pace(clock, new AbortController().signal).run(work);

  expect(byApp.size).toBe(100);
  expect(rests).toBeGreaterThan(10);
});
