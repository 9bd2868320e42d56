/** `--refresh-after-push`: who is asked for, and what a refusal does. */
import { describe, expect, it } from 'vitest';
import { rehearsing } from '../../../src/app/rehearsal.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
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
