/** What every place promises that keeps what policies remember. */
import { describe, expect, it } from 'vitest';
import { printMemory, readMemory } from '../../src/core/policy/memory/memory.ts';
import type { PolicyMemory } from '../../src/ports/policy-memory.ts';

const never = new AbortController().signal;

export const seen = (tag: string, at = 1_764_370_800): string =>
  `seen ghcr.io/acme/web ${tag} sha256:5c ${at}`;

export function memoryOf(...lines: readonly string[]) {
  return readMemory(lines.map((line) => `${line}\n`).join('')).memory;
}

export async function textIn(place: PolicyMemory): Promise<string> {
  return printMemory((await place.read(never)).memory);
}

/** `fresh`: a new place, and each time that it is called again what another process sees of the same place. */
export function policyMemoryContract(name: string, fresh: () => Promise<() => PolicyMemory>): void {
  describe(`memory of policies in ${name}`, () => {
    it('is empty at first, and names its place', async () => {
      const place = (await fresh())();

      expect(await place.read(never)).toMatchObject({ unreadable: { count: 0, first: '' } });
      expect(await textIn(place)).toBe('');
      expect(place.place).toContain('memory');
    });

    it('is read as it was written, by the next process too', async () => {
      const open = await fresh();
      const one = open();
      await one.read(never);

      const foreign = await one.write(memoryOf(seen('2.1.5'), 'later x y'), never);

      expect(printMemory(foreign)).toBe('');
      expect(await textIn(one)).toBe(`later x y\n${seen('2.1.5')}\n`);
      expect(await textIn(open())).toBe(`later x y\n${seen('2.1.5')}\n`);
    });

    it('takes the place of what was there, line by line', async () => {
      const open = await fresh();
      await open().write(memoryOf(seen('2.1.5'), 'spent * 1 12'), never);
      const next = open();
      await next.read(never);

      await next.write(memoryOf('spent * 9 13'), never);

      expect(await textIn(open())).toBe('spent * 9 13\n');
    });
  });
}
