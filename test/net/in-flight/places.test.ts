/** Who gets a place, and who loses one. */
import { describe, expect, it } from 'vitest';
import { Places, type PlaceTaker } from '../../../src/net/in-flight/places.ts';
import { makeManualClock } from '../../fakes/clock.ts';

const pace = { leastBytes: 100, everyMs: 5_000, longestMs: 20_000 };

interface Taker extends PlaceTaker {
  arrivedBytes: number;
  isReceiving: boolean;
  lost: string;
}

function taker(): Taker {
  return {
    arrivedBytes: 0,
    isReceiving: true,
    lost: '',
    lose(reason) {
      this.lost = reason;
    },
  };
}

function start(count: number) {
  const clock = makeManualClock();
  const places = new Places(count, clock, pace);
  const order: string[] = [];
  const take = (name: string): Taker => {
    const each = taker();
    void (places.take(each) ?? Promise.resolve()).then(() => order.push(name));
    return each;
  };
  return { clock, places, order, take };
}

describe('places', () => {
  it('fault A6: are had at once while there are some, then in the order of asking', async () => {
    const { clock, places, order, take } = start(2);
    const [a, b] = [take('a'), take('b'), take('c'), take('d')];
    await clock.advance(0);
    expect(order).toEqual(['a', 'b']);

    places.giveBack(b);
    await clock.advance(0);
    expect(order).toEqual(['a', 'b', 'c']);
    places.giveBack(a);
    await clock.advance(0);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('who leaves before gets none, and one that is given back twice is one', async () => {
    const { clock, places, order, take } = start(1);
    const [a, b] = [take('a'), take('b'), take('c'), take('d')];
    places.giveBack(b);
    places.giveBack(a);
    places.giveBack(a);
    await clock.advance(0);

    expect(order).toEqual(['a', 'c']);
  });

  it.each([
    { what: 'nothing comes', bytes: 0, isWaited: true, afterMs: 5_000, lost: /less than 100 bytes .* in 5s/ },
    { what: 'it drips', bytes: 99, isWaited: true, afterMs: 5_000, lost: /less than 100 bytes .* in 5s/ },
    { what: 'enough comes', bytes: 100, isWaited: true, afterMs: 15_000, lost: /^$/ },
    {
      what: 'enough comes for ever',
      bytes: 100,
      isWaited: true,
      afterMs: 30_000,
      lost: /not done after 20s/,
    },
    { what: 'nothing comes and nobody waits', bytes: 0, isWaited: false, afterMs: 90_000, lost: /^$/ },
    { what: 'we read it', bytes: 0, isReading: true, isWaited: true, afterMs: 15_000, lost: /^$/ },
    {
      what: 'we read for ever',
      bytes: 0,
      isReading: true,
      isWaited: true,
      afterMs: 30_000,
      lost: /not done/,
    },
  ])('fault A6: where $what, $afterMs ms later', async ({ bytes, isWaited, isReading, afterMs, lost }) => {
    const { clock, order, take } = start(1);
    const first = take('first');
    first.isReceiving = isReading !== true;
    if (isWaited) take('second');
    for (let passedMs = 0; passedMs < afterMs; passedMs += 2_500) {
      first.arrivedBytes += bytes / 2;
      await clock.advance(2_500);
    }

    expect(first.lost).toMatch(lost);
    expect(order).toEqual(first.lost === '' ? ['first'] : ['first', 'second']);
  });

  it('what came before anybody waited does not count', async () => {
    const { clock, take } = start(1);
    const first = take('first');
    await clock.advance(60_000);
    first.arrivedBytes += 10_000;
    take('second');
    await clock.advance(5_000);

    expect(first.lost).not.toBe('');
  });
});
