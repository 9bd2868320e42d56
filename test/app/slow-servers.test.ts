/** Servers that take longer than a cycle: they delay nobody else, and are never used by two at once. */
import { describe, expect, it } from 'vitest';
import { Failed } from '../../src/core/base/outcome.ts';
import type { Answer } from '../../src/core/decide/needs.ts';
import { app, cycleTimeoutMs, setUp, values } from '../fakes/memory-world.ts';

describe('fault A7: a Git server that takes longer than a cycle', () => {
  it('is left behind, has one writer at a time, and is told when it is done', async () => {
    const { clock, git, cycle, told, events } = setUp([app('web', 'slow'), app('api', 'good')]);
    const push = git.hold('https://git.test/slow', 'push');

    const first = await cycle();

    expect(first.writes['api']).toBe('committed');
    expect(first.writes['web']).toMatch(
      /git\.test\/slow: not done within 5m0s \(--cycle-timeout\); it goes on/,
    );
    expect(first.tookMs).toBeLessThanOrEqual(cycleTimeoutMs + 5000);
    const second = await cycle();
    expect(second.tookMs).toBeLessThan(10_000);
    expect(second.writes['web']).toMatch(/an earlier cycle still works on it/);
    expect(git.opened('https://git.test/slow')).toBe(1);

    told.length = 0;
    push.release();
    await clock.advance(1);
    expect(told).toMatchObject([{ app: 'argocd/web', write: { kind: 'committed' } }]);
    expect(events).toEqual(['api', 'web']);
    const third = await cycle();
    expect(third.writes['web']).toBe('unchanged');
    expect(git.file('https://git.test/slow', 'web/values.yaml')).toBe(values('web', '1.1.0'));
    expect(git.mostOpenAtOnce('https://git.test/slow')).toBe(1);
  });

  it('does not keep turns from others for longer than half a minute', async () => {
    const names = ['a', 'b'];
    const { git, cycle } = setUp([...names.map((name) => app(name, `slow`)), app('api', 'good')]);
    git.hold('https://git.test/slow', 'push');
    git.hold('https://git.test/slow', 'heads');

    const { writes } = await cycle();

    expect(writes['api']).toBe('committed');
  });
});

describe('fault A7: a registry that does not answer', () => {
  it('is not waited for by the next cycle, nor asked again, and its late answer counts', async () => {
    const { clock, cycle, answers, asked } = setUp([app('web', 'good'), app('api', 'good')]);
    const late = Promise.withResolvers<Answer>();
    const usual: Answer = { kind: 'tags', tags: ['1.0.0', '1.1.0'] };
    answers((repository) => (repository === 'acme/web' ? late.promise : Promise.resolve(usual)));

    const first = await cycle();
    expect(first.writes).toMatchObject({
      api: 'committed',
      web: expect.stringMatching(/ghcr\.io\/acme\/web: not answered within 5m0s/) as string,
    });
    const second = await cycle();
    expect(second.tookMs).toBeLessThan(10_000);
    expect(second.writes['web']).toMatch(/is not answered yet/);

    late.resolve(usual);
    await clock.advance(1);
    expect((await cycle()).writes['web']).toBe('committed');
    expect(asked.filter((repository) => repository === 'acme/web')).toHaveLength(1);
  });

  it('that fails late is asked again by the cycle after', async () => {
    const { clock, cycle, answers, asked } = setUp([app('web', 'good')]);
    const late = Promise.withResolvers<Answer>();
    answers(() => late.promise);
    await cycle();
    late.reject(
      new Failed({
        kind: 'registry',
        code: 'network',
        host: 'ghcr.io',
        repository: 'acme/web',
        message: 'gone',
      }),
    );
    await clock.advance(1);
    answers(() => Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] }));

    expect((await cycle()).writes['web']).toBe('gone');
    expect((await cycle()).writes['web']).toBe('committed');
    expect(asked).toHaveLength(2);
  });

  it('of an Application that claims the keys of others holds those back for seconds only', async () => {
    const victims = Array.from({ length: 20 }, (_, i) => `v${i}`);
    const applications = [
      ...victims.map((name) => app(name, 'good')),
      ...victims.map((name) => ({ ...app('tenant', 'good', `${name}/values.yaml`), name: `tenant-${name}` })),
    ];
    const { git, cycle, answers, clock } = setUp(applications);
    const startMs = clock.monotonicMs();
    const begunMs: number[] = [];
    answers((repository) =>
      repository === 'acme/tenant'
        ? new Promise<never>(() => undefined)
        : Promise.resolve({ kind: 'tags', tags: ['1.0.0', '1.1.0'] }),
    );
    git.onCall((call) => {
      if (call === 'heads') begunMs.push(clock.monotonicMs());
    });

    const { writes } = await cycle();

    for (const name of victims) expect(writes[name]).toBe('committed');
    expect(Math.max(...begunMs) - startMs).toBeLessThanOrEqual(8000);
  });
});
