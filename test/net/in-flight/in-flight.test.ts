/** Which answers wait for which. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InFlight, inFlightLimits, type Share } from '../../../src/net/in-flight/in-flight.ts';
import { makeManualClock } from '../../fakes/clock.ts';
import { generatedRuns } from '../../generated-runs.ts';

const { smallBytes, middleBytes, middleAtOnce, keptBytes } = inFlightLimits;
const none = (): void => undefined;

function begun(inFlight: InFlight): Share {
  const share = inFlight.open();
  share.begin(none);
  return share;
}

describe('answers in flight', () => {
  it.each([
    { others: 1, size: smallBytes, waits: false },
    { others: 1_000, size: smallBytes, waits: false },
    { others: middleAtOnce - 1, size: middleBytes, waits: false },
    { others: middleAtOnce, size: middleBytes, waits: true },
    { others: 0, size: middleBytes + 1, waits: false },
    { others: 1, size: middleBytes + 1, waits: true },
  ])('fault A6: beside $others others of $size bytes one waits: $waits', ({ others, size, waits }) => {
    const inFlight = new InFlight(makeManualClock());
    for (let index = 0; index < others; index += 1) void begun(inFlight).arrived(size);

    expect(begun(inFlight).arrived(size) !== undefined).toBe(waits);
  });

  it('fault A6: what is kept of a list counts until it is closed, and its next pages do not wait', async () => {
    const clock = makeManualClock();
    const inFlight = new InFlight(clock);
    const list = begun(inFlight);
    expect(list.keep(keptBytes + 1)).toBeUndefined();
    expect(list.begin(none)).toBeUndefined();
    expect(list.arrived(middleBytes * 2)).toBeUndefined();
    void list.keep(keptBytes + 2);
    let isThere = false;
    void begun(inFlight)
      .arrived(middleBytes * 2)
      ?.then(() => {
        isThere = true;
      });
    await clock.advance(0);
    expect(isThere).toBe(false);

    list.close();
    await clock.advance(0);
    expect(isThere).toBe(true);
  });

  it('fault A6: a list that drips loses its place, and is told so when it goes on', async () => {
    const clock = makeManualClock();
    const inFlight = new InFlight(clock);
    const list = begun(inFlight);
    void list.keep(keptBytes + 1);
    const told: string[] = [];
    list.begin((reason) => told.push(reason));
    const other = begun(inFlight).arrived(middleBytes * 2);
    await clock.advance(inFlightLimits.pace.everyMs);

    await expect(other).resolves.toBeUndefined();
    expect(told).toEqual([expect.stringContaining('while others waited')]);
    expect(list.begin(none)).toBe(told[0]);
  });

  it('fault A6: a body that lost its place may be asked for again', async () => {
    const clock = makeManualClock();
    const inFlight = new InFlight(clock);
    const [body, other] = [begun(inFlight), begun(inFlight)];
    void body.arrived(middleBytes * 2);
    void other.arrived(middleBytes * 2);
    await clock.advance(inFlightLimits.pace.everyMs);

    expect(body.begin(none)).toBeUndefined();
    expect(body.arrived(middleBytes * 2)).toBeInstanceOf(Promise);
  });

  it('fault A6: however they come, all get their turn', async () => {
    const answer = fc.record({ bytes: fc.integer({ min: 1, max: 3 * middleBytes }), isKept: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 60 }), async (answers) => {
        const clock = makeManualClock();
        const inFlight = new InFlight(clock);
        let done = 0;
        for (const { bytes, isKept } of answers)
          void (async () => {
            const share = begun(inFlight);
            for (let left = bytes; left > 0; left -= smallBytes)
              await share.arrived(Math.min(left, smallBytes));
            if (isKept) await share.keep(keptBytes + 1);
            share.begin(none);
            await share.arrived(bytes);
            share.close();
            done += 1;
          })();
        for (let turn = 0; turn < 20; turn += 1) await clock.advance(0);
        expect(done).toBe(answers.length);
      }),
      { numRuns: generatedRuns(50) },
    );
  });
});
