import { describe, expect, it } from 'vitest';
import { oncePerKey } from '../../../src/core/base/once.ts';

describe('asked once', () => {
  it('each key has one answer, for those who ask while it is sought and for those who ask later', async () => {
    const once = oncePerKey<string>();
    const asked: string[] = [];
    const ask = (key: string) => once(key, async () => (asked.push(key), `answer to ${key}`));

    expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual([
      'answer to a',
      'answer to b',
      'answer to a',
    ]);
    expect(await ask('a')).toBe('answer to a');
    expect(asked).toEqual(['a', 'b']);
  });

  it('a failure is an answer too', async () => {
    const once = oncePerKey<string>();
    let tries = 0;
    const ask = () =>
      once('a', async () => {
        tries += 1;
        throw new Error('no');
      });

    await expect(ask()).rejects.toThrow('no');
    await expect(ask()).rejects.toThrow('no');
    expect(tries).toBe(1);
  });
});
