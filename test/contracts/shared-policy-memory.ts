/** What a place promises beside, that several replicas may write to at once. */
import { describe, expect, it } from 'vitest';
import { printMemory } from '../../src/core/policy/memory/memory.ts';
import type { PolicyMemory } from '../../src/ports/policy-memory.ts';
import { memoryOf, seen, textIn } from './policy-memory.ts';

const never = new AbortController().signal;

export function sharedPolicyMemoryContract(name: string, fresh: () => Promise<() => PolicyMemory>): void {
  describe(`memory of policies that replicas share in ${name}`, () => {
    it('AG-11: of two first sights the first stays, whoever writes last', async () => {
      const open = await fresh();
      const [one, other] = [open(), open()];
      await Promise.all([one.read(never), other.read(never)]);
      await one.write(memoryOf(seen('2.1.5', 100), seen('2.1.6', 100)), never);

      const foreign = await other.write(memoryOf(seen('2.1.5', 102), seen('2.1.7', 102)), never);

      const all = [seen('2.1.5', 100), seen('2.1.6', 100), seen('2.1.7', 102)];
      expect(await textIn(open())).toBe(all.map((line) => `${line}\n`).join(''));
      expect(printMemory(foreign)).toBe(`${seen('2.1.5', 100)}\n${seen('2.1.6', 100)}\n`);
    });

    it('what somebody else left as it was does not come back, nor count again', async () => {
      const open = await fresh();
      await open().write(memoryOf('spent * 0 100', seen('2.1.5')), never);
      const [one, other] = [open(), open()];
      await Promise.all([one.read(never), other.read(never)]);
      await one.write(memoryOf('spent * 0 100', seen('2.1.5'), seen('2.1.6')), never);

      const foreign = await other.write(memoryOf('spent * 7 4000'), never);

      expect(await textIn(open())).toBe(`${seen('2.1.6')}\nspent * 7 4000\n`);
      expect(printMemory(foreign)).toBe(`${seen('2.1.6')}\n`);
    });

    it('is emptied, and filled again', async () => {
      const open = await fresh();
      const one = open();
      await one.write(memoryOf(seen('2.1.5')), never);

      await one.write(memoryOf(), never);
      await one.write(memoryOf(seen('2.1.6')), never);

      expect(await textIn(open())).toBe(`${seen('2.1.6')}\n`);
    });

    it('moves into more objects as it grows, and is whole at every moment', async () => {
      const open = await fresh();
      const one = open();
      await one.write(memoryOf(seen('2.1.5')), never);
      const lines = Array.from(
        { length: 12_000 },
        (_, index) =>
          `seen registry.example.com/acme/service-${index} 2.1.5 sha256:${'5c'.repeat(16)} 1764370800`,
      );
      const large = memoryOf(seen('2.1.5'), ...lines);

      await one.write(large, never);

      expect(await textIn(open())).toBe(printMemory(large));
      const reader = open();
      await reader.read(never);
      await reader.write(memoryOf(seen('2.1.6')), never);
      expect(await textIn(open())).toBe(`${seen('2.1.6')}\n`);
    });
  });
}
