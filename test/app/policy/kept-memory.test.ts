/** What policies remember between two processes, and what becomes of policies where that cannot be read. */
import { describe, expect, it } from 'vitest';
import { rehearsing } from '../../../src/app/rehearsal.ts';
import { PushCycles } from '../../../src/app/trigger/push-cycles.ts';
import { Triggers } from '../../../src/app/trigger/trigger.ts';
import type { World } from '../../../src/app/world.ts';
import { emptyMemory, printMemory, readMemory } from '../../../src/core/policy/memory/memory.ts';
import type { PolicyMemory } from '../../../src/ports/policy-memory.ts';
import { hourMs, makeScene, reasons } from './scene.ts';

/** A place that outlives the process. */
class Place implements PolicyMemory {
  readonly place = 'a file';
  text = '';
  isBroken = false;

  read() {
    return this.isBroken ? Promise.reject(new Error('no such disk')) : Promise.resolve(readMemory(this.text));
  }

  write(memory: Parameters<typeof printMemory>[0]) {
    this.text = printMemory(memory);
    return Promise.resolve(emptyMemory);
  }
}

const ages = { web: { 'min-age': '72h' } };

describe('memory in the cache directory', () => {
  it('ages count on in the next process', async () => {
    const place = new Place();
    const withPlace = (world: World): World => ({ ...world, cacheMemory: place });
    await makeScene(ages, withPlace).cycle();
    const next = makeScene(ages, withPlace);
    await next.clock.advance(73 * hourMs);

    expect((await next.cycle()).writes).toEqual({ web: 'committed' });
  });

  it('is read again where another replica led meanwhile', async () => {
    const place = new Place();
    let term = 1;
    const scene = makeScene(
      ages,
      (world) => ({ ...world, cacheMemory: place }),
      undefined,
      () => term,
    );
    await scene.cycle();
    const other = place.text.replace(/[0-9]+\n/, (seconds) => `${Number(seconds) - 73 * 3600}\n`);
    place.text = other;
    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });

    place.text = other;
    term += 1;

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
  });

  it('a rehearsal reads it and writes nothing', async () => {
    const place = new Place();
    const rehearsed = (world: World): World => rehearsing({ ...world, cacheMemory: place });

    await makeScene(ages, rehearsed).cycle();

    expect(place.text).toBe('');
  });

  it.each(['quarantine', 'max-commits-per-hour'])(
    'where it cannot be read, %s withholds its images, and no other',
    async (key) => {
      const place = new Place();
      place.isBroken = true;
      const value = key === 'quarantine' ? '15m' : '10';
      const scene = makeScene({ web: { [key]: value }, api: { 'skip-tags': '7' } }, (world) => ({
        ...world,
        cacheMemory: place,
      }));

      const { writes, report } = await scene.cycle();

      expect(writes).toEqual({ web: 'nothing', api: 'committed' });
      expect(reasons(report)).toEqual({
        web: `policy-unknown: what policies remember in a file cannot be read (annotation ${key}); ends with the next good read`,
      });
    },
  );
});

describe('the clock', () => {
  it('is compared with that of a registry where there is no cluster', async () => {
    const ahead = (world: World): World => ({
      ...world,
      // pushes are looked for in the answers of the same registry
      registry: new PushCycles(new Triggers()).watching({
        ...world.registry,
        clockReading: () => ({ theirsMs: 0, oursMs: 3 * hourMs, whose: 'the registry ghcr.io' }),
      }),
    });
    const scene = makeScene({ ...ages, api: {} }, ahead);

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing', api: 'committed' });
    expect(reasons(report)['web']).toMatch(
      /^policy-unknown: the clock here is 3h ahead of that of the registry ghcr\.io/,
    );
  });

  /** What time it is tells the API server; ours is set by the test. */
  const told = (world: World): World => {
    const { cluster, clock } = world;
    const clockReading = () => ({
      theirsMs: clock.monotonicMs(),
      oursMs: clock.now(),
      whose: 'the API server',
    });
    return { ...world, cluster: { openCycle: () => ({ ...cluster.openCycle(), clockReading }) } };
  };

  it.each([-30, 30])('AG-07: %i days off for a while make nothing older', async (days) => {
    const scene = makeScene(ages, told);
    await scene.cycle();

    scene.clock.jump(days * 24 * hourMs);
    scene.shelf.tags.set('acme/web', ['1.0.0', '1.1.0', '1.2.0']);
    await scene.cycle();
    await scene.clock.advance(hourMs);
    scene.clock.jump(-days * 24 * hourMs);

    expect((await scene.cycle()).writes).toEqual({ web: 'nothing' });
    await scene.clock.advance(71.5 * hourMs);
    await scene.cycle();
    expect(scene.tagOf('web')).toBe('1.1.0');
    await scene.clock.advance(hourMs);
    await scene.cycle();
    expect(scene.tagOf('web')).toBe('1.2.0');
  });

  it('LI-08: counts no commits while it is wrong', async () => {
    const scene = makeScene({ web: { 'max-commits-per-hour': '1' }, api: {} }, told);
    scene.clock.jump(-30 * 24 * hourMs);

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ web: 'nothing', api: 'committed' });
    expect(reasons(report)['web']).toMatch(/^policy-unknown: the clock here is 720h behind/);
  });
});
