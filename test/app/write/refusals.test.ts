/** Commits that a server refuses, cycle after cycle, on plain ports. */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/core/decide/needs.ts';
import { app, setUp, values } from '../../fakes/memory-world.ts';

const url = 'https://git.test/good';
const usual: Answer = { kind: 'tags', tags: ['1.0.0', '1.1.0'] };

function countPushes({ git }: ReturnType<typeof setUp>): () => number {
  let pushes = 0;
  git.onCall((call) => {
    pushes += call === 'push' ? 1 : 0;
  });
  return () => {
    const counted = pushes;
    pushes = 0;
    return counted;
  };
}

describe('fault A4: refused commits', () => {
  it('are remembered by what is wanted: another version is tried with the others again', async () => {
    const world = setUp(['a', 'bad', 'c'].map((name) => app(name, 'good')));
    const pushes = countPushes(world);
    world.git.refuse((message) => message.includes('of bad\n') && message.includes("to '1.1.0'"));

    const { writes } = await world.cycle();
    expect(writes).toMatchObject({ a: 'committed', bad: 'push main: hook declined', c: 'committed' });
    pushes();
    expect((await world.cycle()).writes).toMatchObject({ a: 'unchanged', bad: 'push main: hook declined' });
    expect(pushes()).toBe(1);

    world.answers(() => Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0', '1.2.0'] }));
    expect((await world.cycle()).writes).toEqual({ a: 'committed', bad: 'committed', c: 'committed' });
    expect(pushes()).toBe(1);
  });

  it('of a branch that takes nothing cost three pushes a cycle, in turn, and none is forgotten', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `app${i}`);
    const world = setUp(names.map((name) => app(name, 'good')));
    const pushes = countPushes(world);
    const tried: string[] = [];
    world.git.refuse((message) => {
      tried.push(message.split('\n')[0] ?? '');
      return true;
    });

    const { writes } = await world.cycle();
    for (const name of names) expect(writes[name]).toBe('push main: hook declined');
    expect(pushes()).toBeLessThanOrEqual(5 * 7 + 1);

    tried.length = 0;
    for (let cycle = 0; cycle < 14; cycle += 1) {
      await world.cycle();
      expect(pushes()).toBe(3);
    }
    expect(new Set(tried).size).toBe(40);
    world.git.refuse(() => false);
    expect(new Set(Object.values((await world.cycle()).writes))).toEqual(new Set(['committed']));
    expect(world.git.file(url, 'app39/values.yaml')).toBe(values('app39', '1.1.0'));
  });

  it('are written above the others once the server takes them', async () => {
    const world = setUp([app('a', 'good'), app('bad', 'good')]);
    world.answers(() => Promise.resolve(usual));
    world.git.refuse((message) => message.includes('of bad\n'));
    await world.cycle();
    world.git.refuse(() => false);

    expect((await world.cycle()).writes).toEqual({ a: 'unchanged', bad: 'committed' });
    expect(world.git.messages(url).map((message) => message.split('\n')[0])).toEqual([
      'build: automatic update of bad',
      'build: automatic update of a',
      'initial',
    ]);
  });
});
