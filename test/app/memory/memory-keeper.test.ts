import { describe, expect, it } from 'vitest';
import { type MemoryEvent, MemoryKeeper } from '../../../src/app/memory/memory-keeper.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import {
  emptyMemory,
  linesOf,
  type Memory,
  printMemory,
  readMemory,
} from '../../../src/core/policy/memory/memory.ts';
import type { PolicyMemory } from '../../../src/ports/policy-memory.ts';
import { memoryOf, seen } from '../../contracts/policy-memory.ts';
import { fakeClock, never } from '../../kube/fixtures.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 28, 10);
const nowS = nowMs / 1000;

/** A place in this process, which can be made to fail. */
class Place implements PolicyMemory {
  readonly place = 'a place';
  readonly writes: string[] = [];
  text: string;
  reads = 0;
  foreign: Memory = emptyMemory;
  fault: 'read' | 'write' | undefined;

  constructor(text = '') {
    this.text = text;
  }

  read() {
    this.reads += 1;
    return this.fault === 'read' ? Promise.reject(failed()) : Promise.resolve(readMemory(this.text));
  }

  write(memory: Memory) {
    if (this.fault !== undefined) return Promise.reject(failed());
    this.writes.push(printMemory(memory));
    return Promise.resolve(this.foreign);
  }
}

const failed = () => new Failed({ kind: 'kube', message: 'no', code: 'forbidden', resource: 'configmaps' });

function aKeeper(...places: readonly PolicyMemory[]) {
  const clock = fakeClock(nowMs);
  const told: MemoryEvent[] = [];
  const keeper = new MemoryKeeper({ places, clock, tell: (event) => told.push(event) });
  return { keeper, clock, told };
}

describe('memory between two cycles', () => {
  it('is read once from every place, and written to every place', async () => {
    const [maps, file] = [
      new Place(`${seen('2.1.5', 12)}\n`),
      new Place(`${seen('2.1.5', 10)}\n${seen('2.9.0', 5)}\n`),
    ];
    const { keeper } = aKeeper(maps, file);

    const first = await keeper.close(await keeper.open(emptyMemory, never), never, true);
    await keeper.close(await keeper.open(first, never), never, true);

    const both = `${seen('2.1.5', 10)}\n${seen('2.9.0', 5)}\n`;
    expect([maps.reads, file.reads]).toEqual([1, 1]);
    expect(maps.writes).toEqual([both, both]);
    expect(file.writes).toEqual([both, both]);
    expect(keeper.unread).toBeUndefined();
  });

  it.each([-30, 100])('AG-07: stays as it is while the clock is %i days wrong', async (days) => {
    const place = new Place();
    const { keeper, clock } = aKeeper(place);
    const lines = [seen('2.1.5'), `bad ghcr.io/acme/web 2.1.5 argocd/shop - ${nowS}`];
    const memory = await keeper.close(await keeper.open(memoryOf(...lines), never), never, true);

    clock.pass(days * dayMs);
    const wrong = await keeper.close(await keeper.open(memory, never), never, false);
    clock.pass(-days * dayMs);

    expect(printMemory(wrong)).toBe(printMemory(memory));
    expect(printMemory(await keeper.close(wrong, never, true))).toBe(printMemory(memory));
  });

  it('is read again where another process may have written', async () => {
    const place = new Place();
    const { keeper } = aKeeper(place);
    const memory = await keeper.open(memoryOf(seen('2.1.5')), never);
    place.text = `${seen('2.1.6')}\n`;

    keeper.readAgain();
    const again = await keeper.open(memory, never);

    expect(printMemory(again)).toBe(`${seen('2.1.5')}\n${seen('2.1.6')}\n`);
  });

  it('takes what somebody else has written meanwhile', async () => {
    const place = new Place();
    place.foreign = memoryOf(seen('2.1.6'), `spent * 0 ${nowS - 9}`, `spent argocd/b 0 ${nowS - 9}`);
    const { keeper } = aKeeper(place);

    const after = await keeper.close(await keeper.open(memoryOf(`spent * 3 ${nowS}`), never), never, true);

    expect(printMemory(after)).toBe(`${seen('2.1.6')}\nspent * 3 ${nowS}\nspent argocd/b 0 ${nowS - 9}\n`);
  });

  it('stays in the process where a place fails, which is told once until it works again', async () => {
    const place = new Place();
    const { keeper, told } = aKeeper(place);
    let memory = await keeper.open(memoryOf(seen('2.1.5')), never);
    const cycle = async (fault?: 'write') => {
      place.fault = fault;
      memory = await keeper.close(await keeper.open(memory, never), never, true);
    };

    await cycle('write');
    await cycle('write');
    expect(told).toEqual([
      { kind: 'unwritten', place: 'a place', failure: expect.objectContaining({ code: 'forbidden' }) },
    ]);
    await cycle();
    await cycle('write');

    expect(place.writes).toEqual([`${seen('2.1.5')}\n`]);
    expect(told).toHaveLength(2);
    expect(printMemory(memory)).toBe(`${seen('2.1.5')}\n`);
  });

  it('is not whole until every place was read, which is tried each cycle and told once', async () => {
    const place = new Place(`${seen('2.1.5')}\n`);
    place.fault = 'read';
    const { keeper, told } = aKeeper(place);

    let memory = await keeper.close(await keeper.open(emptyMemory, never), never, true);
    memory = await keeper.close(await keeper.open(memory, never), never, true);
    expect([keeper.unread, told.map(({ kind }) => kind)]).toEqual(['a place', ['unread']]);
    place.fault = undefined;
    memory = await keeper.open(memory, never);

    expect([keeper.unread, printMemory(memory)]).toEqual([undefined, `${seen('2.1.5')}\n`]);
  });

  it('tells once of lines that nobody can read', async () => {
    const { keeper, told } = aKeeper(new Place('seen by nobody\nseen by none\n'));

    await keeper.open(await keeper.open(emptyMemory, never), never);

    expect(told).toEqual([{ kind: 'unreadable', place: 'a place', count: 2, first: 'seen by nobody' }]);
  });

  it('says nothing of a cycle that was stopped', async () => {
    const place = new Place();
    place.fault = 'read';
    const { keeper, told } = aKeeper(place);

    await keeper.close(await keeper.open(emptyMemory, AbortSignal.abort()), AbortSignal.abort(), true);

    expect(told).toEqual([]);
  });

  it('is written at last where the cycle was stopped', async () => {
    const place = new Place();
    const { keeper } = aKeeper({
      place: place.place,
      read: () => place.read(),
      write: (memory, signal) => (signal.aborted ? Promise.reject(failed()) : place.write(memory)),
    });

    await keeper.close(await keeper.open(memoryOf(seen('2.1.5')), never), AbortSignal.abort(), true);

    expect(place.writes).toEqual([`${seen('2.1.5')}\n`]);
  });

  it('does not keep the process from ending', async () => {
    const hanging = Promise.withResolvers<Memory>();
    const begun = Promise.withResolvers<void>();
    const { keeper, clock, told } = aKeeper({
      place: 'a place that hangs',
      read: () => Promise.resolve(readMemory('')),
      write: (_, signal) => {
        if (signal.aborted) return Promise.reject(failed());
        signal.addEventListener('abort', () => hanging.reject(failed()));
        begun.resolve();
        return hanging.promise;
      },
    });

    const closed = keeper.close(await keeper.open(memoryOf(seen('2.1.5')), never), AbortSignal.abort(), true);
    await begun.promise;
    clock.pass(5_000);

    expect(printMemory(await closed)).toBe(`${seen('2.1.5')}\n`);
    expect(told).toEqual([]);
  });

  it('AG-06: corrects what a wrong clock has stored', async () => {
    const { keeper } = aKeeper(new Place('seen ghcr.io/acme/web 2.1.5 - 1924992000\n'));

    const memory = await keeper.close(await keeper.open(emptyMemory, never), never, true);

    expect(printMemory(memory)).toBe(`seen ghcr.io/acme/web 2.1.5 - ${nowS}\n`);
  });

  it('drops lines that nobody asked for in seven days, and keeps those that somebody did', async () => {
    const place = new Place(`${seen('2.1.5')}\n${seen('2.1.6')}\n`);
    const { keeper, clock } = aKeeper(place);
    let memory = await keeper.close(await keeper.open(emptyMemory, never), never, true);
    clock.pass(3 * dayMs);
    memory = await keeper.open(memory, never);
    linesOf(memory, 'seen', ['ghcr.io/acme/web', '2.1.6']);

    memory = await keeper.close(memory, never, true);
    clock.pass(5 * dayMs);
    memory = await keeper.close(await keeper.open(memory, never), never, true);
    expect(printMemory(memory)).toBe(`${seen('2.1.6')}\n`);
    clock.pass(3 * dayMs);
    memory = await keeper.close(await keeper.open(memory, never), never, true);

    expect(printMemory(memory)).toBe('');
    expect(place.writes.at(-1)).toBe('');
  });
});
