import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/cli/process/clock.ts';
import { inPieces, Pace } from '../../src/core/base/pieces.ts';

const never = new AbortController().signal;

describe('the clock of the process', () => {
  it('fault A6: lets others have their turn even where no time is to pass', async () => {
    const turns: string[] = [];
    setTimeout(() => turns.push('others'), 0);
    await systemClock.sleep(0, never);
    turns.push('sleeper');
    expect(turns).toEqual(['others', 'sleeper']);
  });

  it('fault A6: rests in long work so that timers go on', async () => {
    let stretches = 0;
    const pacer = { ...systemClock, monotonicMs: () => (stretches += 10) };
    const seen: number[] = [];
    const timer = setInterval(() => seen.push(stretches), 0);
    await new Pace(pacer, never).run(inPieces(Array(200), () => undefined));
    clearInterval(timer);
    expect(seen.length).toBeGreaterThan(5);
  });

  it('sleeps no more once it is told to stop', async () => {
    await expect(systemClock.sleep(0, AbortSignal.abort(new Error('stop')))).rejects.toThrow();
  });
});
