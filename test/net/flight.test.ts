import { describe, expect, it } from 'vitest';
import { SharedWork } from '../../src/net/flight.ts';

const staying = new AbortController().signal;

/** Work that ends when the test says so. */
function aFlight(keep: 'results' | 'nothing') {
  const shared = new SharedWork<string>(keep);
  const starts: { readonly end: PromiseWithResolvers<string>; readonly signal: AbortSignal }[] = [];
  const ask = (signal: AbortSignal = staying, key = 'a') =>
    shared.run(key, signal, (stop) => {
      const end = Promise.withResolvers<string>();
      starts.push({ end, signal: stop });
      return end.promise;
    });
  return { shared, starts, ask };
}

describe('shared work', () => {
  it('is done once for all who ask while it runs, and by key', async () => {
    const { starts, ask } = aFlight('nothing');
    const asked = [ask(), ask(), ask(staying, 'b')];
    starts[0]?.end.resolve('one');
    starts[1]?.end.resolve('two');

    expect(await Promise.all(asked)).toEqual(['one', 'one', 'two']);
    expect(starts).toHaveLength(2);
  });

  it('tells a failure to all who waited for it', async () => {
    const { starts, ask } = aFlight('nothing');
    const asked = [ask(), ask()];
    starts[0]?.end.reject(new Error('no'));

    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it.each([
    { keep: 'results', ends: 1 },
    { keep: 'nothing', ends: 2 },
  ] as const)(
    'with $keep kept is begun $ends times for two who ask one after the other',
    async ({ keep, ends }) => {
      const { starts, ask } = aFlight(keep);
      const first = ask();
      starts[0]?.end.reject(new Error('no'));
      await expect(first).rejects.toThrow('no');
      const second = ask();
      starts[1]?.end.resolve('better');

      if (keep === 'results') await expect(second).rejects.toThrow('no');
      else expect(await second).toBe('better');
      expect(starts).toHaveLength(ends);
    },
  );

  it('lets go at once who leaves, and goes on for the others', async () => {
    const { starts, ask } = aFlight('results');
    const leaving = new AbortController();
    const [left, stays] = [ask(leaving.signal), ask()];
    leaving.abort(new Error('bye'));

    await expect(left).rejects.toThrow('bye');
    expect(starts[0]?.signal.aborted).toBe(false);
    starts[0]?.end.resolve('done');
    expect(await stays).toBe('done');
  });

  it('is stopped and forgotten when the last one left', async () => {
    const { starts, ask } = aFlight('results');
    const leaving = new AbortController();
    const asked = [ask(leaving.signal), ask(leaving.signal)];
    leaving.abort(new Error('bye'));
    await Promise.allSettled(asked);

    expect(starts[0]?.signal.aborted).toBe(true);
    const anew = ask();
    starts[1]?.end.resolve('anew');
    expect(await anew).toBe('anew');
  });

  it('is begun anew for who asks after a result was dropped', async () => {
    const { shared, starts, ask } = aFlight('results');
    const first = ask();
    starts[0]?.end.resolve('long');
    await first;
    shared.drop('a');
    const second = ask();
    starts[1]?.end.resolve('anew');

    expect(await second).toBe('anew');
  });

  it('is not begun for who has left already', async () => {
    const { starts, ask } = aFlight('nothing');

    await expect(ask(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(starts).toHaveLength(0);
  });
});
