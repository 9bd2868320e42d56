import { describe, expect, it } from 'vitest';
import { Batches } from '../../../src/app/write/batches.ts';
import { makeManualClock } from '../../fakes/clock.ts';

function setUp(expected: readonly string[], bound: Readonly<Record<string, readonly string[]>> = {}) {
  const clock = makeManualClock();
  const written: (readonly string[])[] = [];
  const lingered: number[] = [];
  const batches = new Batches<string, string>({
    expected,
    bound: new Map(Object.entries(bound).map(([app, others]) => [app, new Set(others)])),
    lingerMs: 2000,
    clock,
    signal: new AbortController().signal,
    unitOf: (item) => item.split(' ')[1] ?? item,
    comesAgain: (result) => result === 'AGAIN done',
    write: (items, lingeredMs) => {
      written.push(items);
      lingered.push(...lingeredMs);
      return Promise.resolve(items.map((item) => `${item} done`));
    },
  });
  return { clock, written, lingered, batches };
}

describe('batches of one repository', () => {
  it('writes once as soon as every application is known', async () => {
    const { batches, written } = setUp(['a', 'b', 'c']);

    const a = batches.add('a', 'A');
    batches.pass('b');
    expect(written).toEqual([]);
    const c = batches.add('c', 'C');

    expect(await Promise.all([a, c])).toEqual(['A done', 'C done']);
    expect(written).toEqual([['A', 'C']]);
  });

  it('has all of a commit, or none', async () => {
    const { batches, clock, written } = setUp(['a', 'b', 'x'], { a: ['x'] });

    const both = batches.addAll([
      { app: 'a', item: 'A release' },
      { app: 'b', item: 'B release' },
    ]);
    await clock.advance(2000);
    expect(written).toEqual([]); // b waits for a, which waits for x
    batches.pass('x');

    expect(await both).toEqual(['A release done', 'B release done']);
    expect(written).toEqual([['A release', 'B release']]);
  });

  it('waits once more for those who come again', async () => {
    const { batches, written } = setUp(['a', 'b']);
    await Promise.all([batches.add('a', 'AGAIN'), batches.add('b', 'B')]);

    const late = batches.add('c', 'C');
    expect(written).toHaveLength(1);
    batches.pass('a');

    expect(await late).toBe('C done');
  });

  it('waits no longer than the linger, and writes latecomers in another batch', async () => {
    const { batches, clock, written } = setUp(['a', 'b']);

    const a = batches.add('a', 'A');
    await clock.advance(2000);
    expect(await a).toBe('A done');
    expect(await batches.add('b', 'B')).toBe('B done');

    expect(written).toEqual([['A'], ['B']]);
  });

  it('holds back an application whose scalar another one may set, until that one is known', async () => {
    const { batches, clock, written } = setUp(['a', 'b', 'c'], { a: ['b'], b: ['a'] });

    const a = batches.add('a', 'A');
    const c = batches.add('c', 'C');
    await clock.advance(2000);
    expect(await c).toBe('C done');
    expect(written).toEqual([['C']]);
    const b = batches.add('b', 'B');

    expect(await Promise.all([a, b])).toEqual(['A done', 'B done']);
    expect(written).toEqual([['C'], ['A', 'B']]);
  });

  it('tells how long each waited for others', async () => {
    const { batches, clock, lingered } = setUp(['a', 'b', 'c']);

    void batches.add('a', 'A');
    await clock.advance(500);
    void batches.add('b', 'B');
    await clock.advance(700);
    batches.pass('c');

    expect(lingered).toEqual([1200, 700]);
  });

  it('writes nothing where nobody has something to write', () => {
    const { batches, written } = setUp(['a', 'b']);

    batches.pass('a');
    batches.pass('b');

    expect(written).toEqual([]);
  });
});
