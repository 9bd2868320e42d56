/** `--refresh-after-push`: who is asked for, and what a refusal does. */
import { describe, expect, it } from 'vitest';
import { rehearsing } from '../../../src/app/rehearsal.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import type { Application } from '../../../src/core/config/application.ts';
import { lastErrorAnnotation, lastUpdateAnnotation } from '../../../src/core/report/notices.ts';
import { app, setUp } from '../../fakes/memory-world.ts';

const asked = { refreshAfterPush: true };

describe('operate 2.0, refresh after push', () => {
  it('asks once for each Application whose commit landed, also where one push had several', async () => {
    const { cycle, refreshed } = setUp(
      [app('a', 'good'), app('b', 'good'), app('c', 'slow')],
      undefined,
      asked,
    );

    const { writes } = await cycle();
    expect(writes).toEqual({ a: 'committed', b: 'committed', c: 'committed' });
    expect(refreshed.toSorted()).toEqual(['a', 'b', 'c']);

    await cycle();
    expect(refreshed).toHaveLength(3);
  });

  it.each([
    ['nobody asks for it', {}, 'main', undefined],
    ['it is a write branch, which Argo CD does not follow', asked, 'main:image-updates', undefined],
    ['it is a dry run', asked, 'main', rehearsing],
  ] as const)('asks for nothing where %s', async (_, options, branch, as) => {
    const web = app('web', 'good', undefined, branch);
    const { cycle, refreshed } = setUp([web], undefined, options, as);

    const { writes } = await cycle();

    expect(writes['web']).toBe(as === undefined ? 'committed' : 'dry-run');
    expect(refreshed).toEqual([]);
  });

  it('asks for nothing where nothing landed', async () => {
    const { cycle, refreshed, git } = setUp([app('web', 'good')], undefined, asked);
    git.refuse(() => true);

    const { report } = await cycle();

    expect(report.applications[0]?.write?.kind).toBe('failed');
    expect(refreshed).toEqual([]);
  });

  it('asks for what lands after its cycle too', async () => {
    const { cycle, refreshed, git, clock } = setUp([app('web', 'slow')], undefined, asked);
    const push = git.hold('https://git.test/slow', 'push');
    await cycle();
    expect(refreshed).toEqual([]);

    push.release();
    await clock.advance(1);

    expect(refreshed).toEqual(['web']);
  });

  it('never fails the write: a refusal is a warning that says what to do', async () => {
    const { cycle, refreshes, events } = setUp([app('web', 'good')], undefined, asked);
    const message = 'ask Argo CD to refresh Applications in namespace argocd: 403 forbidden';
    refreshes(() =>
      Promise.reject(
        new Failed({ kind: 'kube', code: 'forbidden', resource: 'x', message, advice: 'allow patch' }),
      ),
    );

    const { report, writes } = await cycle();

    expect(writes).toEqual({ web: 'committed' });
    expect(report.counters).toMatchObject({ updated: 1, errors: 0 });
    expect(report.applications[0]?.warnings).toContainEqual({
      message: `the update is done, but Argo CD finds it only when it looks by itself: ${message}`,
      advice: 'allow patch; or switch --refresh-after-push off',
    });
    expect(events).toEqual(['web']);
  });

  it('asks for few at once', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `app-${i}`);
    const { cycle, refreshes, refreshed } = setUp(
      names.map((name) => app(name, 'good')),
      undefined,
      asked,
    );
    let open = 0;
    let most = 0;
    refreshes(async () => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
    });

    await cycle();

    expect(refreshed).toHaveLength(30);
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe('operate 2.0, annotations for Argo CD Notifications', () => {
  const own = { notificationAnnotations: 'own' } as const;
  const refused = (code: 'unauthorized' | 'network' | 'timeout' | 'cancelled') => () =>
    Promise.reject(
      new Failed({
        kind: 'registry',
        code,
        host: 'ghcr.io',
        repository: 'acme/web',
        message: `says ${code}`,
      }),
    );
  const annotated = (
    base: Application,
    annotations: Readonly<Record<string, string | null>>,
  ): Application => {
    const all: Record<string, string> = { ...base.annotations };
    for (const [key, value] of Object.entries(annotations)) {
      if (value === null) delete all[key];
      else all[key] = value;
    }
    return { ...base, annotations: all };
  };

  /** A world whose cluster stores what is annotated. */
  function stored(application: Application, options: Parameters<typeof setUp>[2] = own) {
    const world = setUp([application], undefined, options);
    let now = application;
    return {
      ...world,
      /** What was written in one more cycle. */
      next: async () => {
        world.notices.length = 0;
        const { report } = await world.cycle();
        for (const { annotations } of world.notices) now = annotated(now, annotations);
        world.list([now]);
        return { notices: world.notices.map(({ annotations }) => annotations), report };
      },
    };
  }

  it('tell of an update once, with its commit', async () => {
    const { next } = stored(app('web', 'good'));

    const { notices, report } = await next();

    const [write] = report.applications.map((one) => one.write);
    expect(notices).toHaveLength(1);
    expect(Object.keys(notices[0] ?? {})).toEqual([lastUpdateAnnotation]);
    const text = notices[0]?.[lastUpdateAnnotation] ?? '';
    expect(text.slice(7, 27)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(JSON.parse(text)).toMatchObject({
      images: [{ alias: 'web', image: 'ghcr.io/acme/web', old: '1.0.0', new: '1.1.0' }],
      commit: write?.kind === 'committed' ? write.sha : 'none',
      branch: 'main',
    });
    const second = await next();
    expect(second.notices).toEqual([]);
    expect(
      second.report.applications[0]?.warnings.filter(({ annotation }) => annotation === 'last-update'),
    ).toEqual([]);
  });

  it('tell that something began to fail, fails otherwise, and ended failing, and nothing in between', async () => {
    const { next, answers } = stored(app('web', 'good'));
    const reasonsOf = ({ notices }: Awaited<ReturnType<typeof next>>): unknown =>
      notices.map((notice) => {
        const text = notice[lastErrorAnnotation];
        return typeof text === 'string' ? (JSON.parse(text) as { reasons: unknown }).reasons : text;
      });

    answers(refused('unauthorized'));
    expect(reasonsOf(await next())).toEqual([['web registry/unauthorized']]);
    expect(reasonsOf(await next())).toEqual([]);
    answers(refused('network'));
    expect(reasonsOf(await next())).toEqual([['web registry/silence']]);
    answers(refused('timeout'));
    expect(reasonsOf(await next())).toEqual([]);
    answers(refused('cancelled'));
    expect(reasonsOf(await next())).toEqual([]);
    answers(() => Promise.resolve({ kind: 'tags', tags: ['1.0.0'] }));
    expect(reasonsOf(await next())).toEqual([null]);
    expect(reasonsOf(await next())).toEqual([]);
  });

  it('are not put back where an ApplicationSet takes them away', async () => {
    const generated = { ...app('web', 'good'), applicationSet: 'fleet' };
    const { cycle, notices, answers, list } = setUp([generated], undefined, {
      notificationAnnotations: 'all',
    });
    answers(refused('unauthorized'));

    for (let i = 0; i < 3; i += 1) {
      await cycle();
      list([generated]);
    }

    expect(notices).toHaveLength(1);
  });

  it.each([
    ['nobody asks for them', {}, {}, undefined],
    ['an ApplicationSet owns the Application', own, { applicationSet: 'fleet' }, undefined],
    ['it is a dry run', own, {}, rehearsing],
  ] as const)('are not written where %s', async (_, options, parts, as) => {
    const { cycle, notices } = setUp([{ ...app('web', 'good'), ...parts }], undefined, options, as);

    await cycle();

    expect(notices).toEqual([]);
  });

  it.each([
    ['forbidden', 'not tried again in each cycle', 1],
    ['server-error', 'tried again', 2],
  ] as const)('that cannot be written (%s) are a warning, and %s', async (code, _, times) => {
    const { cycle, notices, annotates, answers } = setUp([app('web', 'good')], undefined, own);
    answers(refused('unauthorized'));
    annotates(() =>
      Promise.reject(new Failed({ kind: 'kube', code, resource: 'x', message: '403', advice: 'allow it' })),
    );

    const { report } = await cycle();
    await cycle();

    expect(report.applications[0]?.warnings).toContainEqual({
      message: 'Argo CD Notifications is not told: 403',
      advice: 'allow it; or switch --notification-annotations off',
    });
    expect(notices).toHaveLength(times);
  });
});
