/** `rollback: respect` where others write between our read of a branch and our push to it. */
import { describe, expect, it } from 'vitest';
import { values } from '../../fakes/memory-world.ts';
import { makeScene, reasons, url } from './scene.ts';

const respects = { rollback: 'respect' };

describe('another instance that writes, and a person who takes it back, between our read and our push', () => {
  const line = 'Image-Updater-Change: main web/values.yaml image.tag 1.0.0 -> 1.1.0';

  it.each([
    ['with lines', `update\n\nImage-Updater-Application: argocd/web\n${line}\n`],
    ['without lines', 'update web from 1.0.0 to 1.1.0'],
  ])('RB-22: %s: the old value is the one that was judged, and stays nevertheless', async (_, message) => {
    const scene = makeScene({ web: respects, api: {} });
    let isOver = false;
    scene.git.onCall((call) => {
      if (call !== 'push' || isOver) return;
      isOver = true;
      scene.git.commit(url, message, { 'web/values.yaml': values('web', '1.1.0') });
      scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });
    });

    const { writes, report } = await scene.cycle();

    expect([scene.tagOf('web'), scene.tagOf('api')]).toEqual(['1.0.0', '1.1.0']);
    expect(writes).toEqual({ web: 'nothing', api: 'committed' });
    expect(reasons(report)['web']).toMatch(/^rollback: 1\.1\.0 was taken back to 1\.0\.0 \(commit /);
  });

  it('RB-22: whoever does not respect rollbacks is written', async () => {
    const scene = makeScene({ web: { rollback: 'override', 'skip-tags': '0.9.0' } });
    let isOver = false;
    scene.git.onCall((call) => {
      if (call !== 'push' || isOver) return;
      isOver = true;
      scene.git.commit(url, 'update', { 'web/values.yaml': values('web', '1.1.0') });
      scene.git.commit(url, 'Revert "update"', { 'web/values.yaml': values('web', '1.0.0') });
    });

    expect((await scene.cycle()).writes).toEqual({ web: 'committed' });
    expect(scene.tagOf('web')).toBe('1.1.0');
  });
});
