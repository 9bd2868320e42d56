import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/git/mirror/lock.ts';
import { makeManualClock, makeRealClock } from '../fakes/clock.ts';
import { never, temporaryFolder } from './builders.ts';

const clock = makeRealClock();
const held = new Set<string>();
const atOnce = { clock, held, waitMs: 0, signal: never };

async function lockPath(content?: object | string): Promise<string> {
  const path = join(await temporaryFolder(), 'cache', 'x.lock');
  if (content === undefined) return path;
  await (await takeLock(path, atOnce))?.release(); // makes the folder
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the lock of a mirror', () => {
  it('is held by one, and free after', async () => {
    const path = await lockPath();
    const first = await takeLock(path, atOnce);

    expect(await takeLock(path, atOnce)).toBeNull();
    await first?.release();
    const second = await takeLock(path, atOnce);

    expect(second).not.toBeNull();
    expect(await readdir(join(path, '..'))).toEqual(['x.lock']);
  });

  it('is had by one of many who want it at the same time', async () => {
    const path = await lockPath({ pid: 999_999_999, start: '1', host: hostname() });

    const taken = await Promise.all(Array.from({ length: 20 }, () => takeLock(path, atOnce)));

    expect(taken.filter((lock) => lock !== null)).toHaveLength(1);
  });

  it.each([
    ['a dead process', { pid: 999_999_999, start: '1', host: hostname() }, true],
    ['an earlier process of the same number', { pid: process.pid, start: '1', host: hostname() }, true],
    ['nobody who can be read', 'garbage', true],
    ['another machine', { pid: 1, start: '1', host: 'elsewhere' }, false],
  ])('of %s is taken over: %s', async (_, holder, isTaken) => {
    expect((await takeLock(await lockPath(holder), atOnce)) !== null).toBe(isTaken);
  });

  it.each([
    [50, false],
    [70, true],
  ])(
    'fault B4: of another machine, which nobody touched for %s s, is taken over: %s',
    async (ageS, isTaken) => {
      const path = await lockPath({ pid: 1, start: '1', host: 'elsewhere' });
      const old = Date.now() / 1000 - ageS;
      await utimes(path, old, old);

      expect((await takeLock(path, atOnce)) !== null).toBe(isTaken);
    },
  );

  it('fault B4: is touched every few seconds while it is held, and not after', async () => {
    const path = await lockPath();
    const manual = makeManualClock();
    const lock = await takeLock(path, { ...atOnce, clock: manual });
    const ageOf = async () => Date.now() - (await stat(path)).mtimeMs;
    const long = Date.now() / 1000 - 3600;

    for (const _ of [1, 2]) {
      await utimes(path, long, long);
      await manual.advance(10_000);
      await expect.poll(ageOf).toBeLessThan(600_000);
    }
    await lock?.release();
    await writeFile(path, 'theirs');
    await utimes(path, long, long);
    await manual.advance(10_000);

    expect(await ageOf()).toBeGreaterThan(3_000_000);
  });

  it.each([
    ['cut', (text: string) => text.slice(0, text.indexOf('"id"') + 8)],
    ['overwritten at its end', (text: string) => `${text.slice(0, -12)}xxxxxxxxxxxx`],
    ['with text behind it', (text: string) => `${text}garbage`],
  ])('fault B5: of our own that was found %s does not lock us out once it is released', async (_, harm) => {
    const path = await lockPath();
    const lock = await takeLock(path, atOnce);
    await writeFile(path, harm(await readFile(path, 'utf8')));
    await lock?.release();

    expect(await takeLock(path, atOnce)).not.toBeNull();
  });

  it('fault B5: of our own is kept from others of this process while it is held', async () => {
    const path = await lockPath();
    await takeLock(path, atOnce);

    expect(await takeLock(path, { ...atOnce, held })).toBeNull();
  });

  it("is not released when it has become somebody else's", async () => {
    const path = await lockPath();
    const lock = await takeLock(path, atOnce);
    await writeFile(path, 'theirs');

    await lock?.release();

    expect(await readFile(path, 'utf8')).toBe('theirs');
  });

  it('is given up by an abort', async () => {
    const path = await lockPath();
    await takeLock(path, atOnce);
    const abort = new AbortController();
    const waiting = takeLock(path, { ...atOnce, waitMs: 60_000, signal: abort.signal });

    abort.abort();

    await expect(waiting).rejects.toThrow();
  });
});
