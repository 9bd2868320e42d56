/** What every `Lease` promises that an API server keeps. */
import { describe, expect, it } from 'vitest';
import type { Lease, LeaseRecord } from '../../src/ports/lease.ts';

const never = new AbortController().signal;

const record: LeaseRecord = {
  holder: 'pod-1_9d7c',
  durationSeconds: 15,
  acquiredAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  renewedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  transitions: 0,
};

/** `make`: a new Lease at each call of `name`, in a cluster that lasts for all tests. */
export function leaseContract(name: string, make: (leaseName: string) => Lease | Promise<Lease>): void {
  let made = 0;
  const fresh = async () => {
    made += 1;
    const leaseName = `lease-${made}.example.com`;
    return { one: await make(leaseName), other: await make(leaseName) };
  };

  describe(`a Lease of ${name}`, () => {
    it('is not there before it is made', async () => {
      const { one } = await fresh();

      expect(await one.read(never)).toBeNull();
    });

    it('is read as it was written', async () => {
      const { one, other } = await fresh();

      const created = await one.create(record, never);

      expect(created?.record).toEqual(record);
      expect(await other.read(never)).toEqual(created);
    });

    it('is made once', async () => {
      const { one, other } = await fresh();
      await one.create(record, never);

      expect(await other.create({ ...record, holder: 'pod-2' }, never)).toBeNull();
      expect((await other.read(never))?.record.holder).toBe('pod-1_9d7c');
    });

    it('is replaced only by one who has seen its last version', async () => {
      const { one, other } = await fresh();
      const created = await one.create(record, never);
      const version = created?.version ?? '';

      const taken = await other.replace(version, { ...record, holder: 'pod-2', transitions: 1 }, never);
      const late = await one.replace(version, { ...record, renewedAtMs: record.renewedAtMs + 2000 }, never);

      expect(taken?.record).toMatchObject({ holder: 'pod-2', transitions: 1 });
      expect(late).toBeNull();
      expect(await one.read(never)).toEqual(taken);
    });

    it('is given back', async () => {
      const { one } = await fresh();
      const created = await one.create(record, never);

      await one.replace(created?.version ?? '', { ...record, holder: '', durationSeconds: 1 }, never);

      expect((await one.read(never))?.record).toEqual({ ...record, holder: '', durationSeconds: 1 });
    });

    it('that is gone is not replaced', async () => {
      const { one } = await fresh();

      expect(await one.replace('1', record, never)).toBeNull();
    });
  });
}
