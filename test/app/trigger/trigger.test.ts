import { describe, expect, it } from 'vitest';
import { everybody, Triggers } from '../../../src/app/trigger/trigger.ts';

const some = (...apps: readonly string[]) => ({ kind: 'some', apps: new Set(apps) }) as const;

describe('triggers that wait', () => {
  it('become one, for all whom any of them names', async () => {
    const triggers = new Triggers();
    triggers.add({ reasons: ['signal'], scope: some('a/x') });
    triggers.add({ reasons: ['signal'], scope: some('a/y') });

    await triggers.arrived;
    expect(triggers.take()).toEqual({ reasons: ['signal'], scope: some('a/x', 'a/y') });
    expect(triggers.take()).toBeUndefined();
  });

  it('are for everybody as soon as one of them is', () => {
    const triggers = new Triggers();
    triggers.add({ reasons: ['signal'], scope: some('a/x') });
    triggers.add({ reasons: ['schedule'], scope: everybody });

    expect(triggers.take()).toEqual({ reasons: ['signal', 'schedule'], scope: everybody });
  });
});
