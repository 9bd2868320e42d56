/** Cycles for some Applications: the others are not asked about, and neither forgotten nor walked over. */
import { describe, expect, it } from 'vitest';
import { cycleLines } from '../../src/cli/log/cycle-log.ts';
import type { Answer } from '../../src/core/decide/needs.ts';
import { app, setUp, values } from '../fakes/memory-world.ts';

const only = (...names: readonly string[]) =>
  ({ kind: 'some', apps: new Set(names.map((name) => `argocd/${name}`)) }) as const;

const tags = (...list: readonly string[]): Promise<Answer> => Promise.resolve({ kind: 'tags', tags: list });

describe('a cycle for some', () => {
  it('asks about them alone, writes them alone and says that it is not complete', async () => {
    const { cycle, asked, git } = setUp([app('web', 'good'), app('api', 'good')]);

    const { writes, report } = await cycle(only('web'));

    expect(writes).toEqual({ web: 'committed' });
    expect(asked).toEqual(['acme/web']);
    expect(report.complete).toBe(false);
    expect(git.file('https://git.test/good', 'api/values.yaml')).toBe(values('api', '1.0.0'));
    expect((await cycle()).report.complete).toBe(true);
  });

  it('may be for those whose names fit, who are shown everybody that is listed', async () => {
    const { cycle, asked } = setUp([app('web', 'good'), app('api', 'good')]);
    const shown: string[] = [];
    const matches = (key: string) => {
      shown.push(key);
      return key === 'argocd/api';
    };

    const { writes, report } = await cycle({ kind: 'matching', matches });

    expect(writes).toEqual({ api: 'committed' });
    expect(asked).toEqual(['acme/api']);
    expect(report.complete).toBe(false);
    expect(new Set(shown)).toEqual(new Set(['argocd/web', 'argocd/api']));
  });

  it('does not resolve the problems of the others', async () => {
    const { cycle, answers } = setUp([app('web', 'good'), app('api', 'good')]);
    answers((repository) => (repository === 'acme/api' ? Promise.reject(new Error('down')) : tags('1.0.0')));
    const first = cycleLines((await cycle()).report, new Map());

    const second = cycleLines((await cycle(only('web'))).report, first.repeats);

    expect(first.lines.map(({ message }) => message)).toContain('down');
    expect(second.lines).toHaveLength(1);
    expect(second.repeats).toEqual(first.repeats);
  });

  it('forgets nothing of the others: the next full cycle reads no more than usual', async () => {
    const { cycle, git } = setUp([app('web', 'slow'), app('api', 'good')]);
    await cycle();
    let reads = 0;
    git.onCall((call) => {
      reads += call === 'fetch' || call === 'read' ? 1 : 0;
    });
    await cycle();
    expect(reads).toBe(0);

    await cycle(only('web'));
    await cycle();

    expect(reads).toBe(0);
  });

  it('holds them to what the others wanted last', async () => {
    const shared = 'shared/values.yaml';
    const { cycle, answers, asked, git } = setUp([app('web', 'good', shared), app('api', 'good', shared)]);
    answers((repository) => tags('1.0.0', repository === 'acme/web' ? '1.1.0' : '1.2.0'));
    expect((await cycle()).writes['web']).toMatch(/argocd\/api wants .*nothing is written for them/);
    asked.length = 0;

    const { writes } = await cycle(only('web'));

    expect(writes['web']).toMatch(/argocd\/api wants/);
    expect(asked).toEqual(['acme/web']);
    expect(git.messages('https://git.test/good')).toEqual(['initial']);
  });

  it('decides those too whom they may meet and whose claims nobody knows yet', async () => {
    const shared = 'shared/values.yaml';
    const { cycle, answers, asked } = setUp([
      app('web', 'good', shared),
      app('api', 'good', shared),
      app('other', 'good'),
    ]);
    answers((repository) => tags('1.0.0', repository === 'acme/web' ? '1.1.0' : '1.2.0'));

    const { writes } = await cycle(only('web'));

    expect(writes['web']).toMatch(/argocd\/api wants/);
    expect(asked.toSorted()).toEqual(['acme/api', 'acme/web']);
  });
});
